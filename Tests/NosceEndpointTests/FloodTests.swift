#if HTTP
import Foundation
import NosceCore
import NosceEndpoint
import NosceFormats
import NosceTestSupport
import Synchronization
import Testing

@Suite("Many requests through many faults", .serialized)
struct FloodTests {
  private static let count = 10_000

  /// A server that fails in every way there is, as drawn, and answers otherwise.
  private final class Faulty: Sendable {
    private let state = Mutex<(generator: TestGenerator, answered: [Data: Int], faults: Int)>(
      (TestGenerator(seed: 20), [:], 0))

    var answered: [Data: Int] { state.withLock(\.answered) }
    var faults: Int { state.withLock(\.faults) }

    @Sendable func act(_ seen: SeenRequest) async -> ServerAct {
      if seen.method == "GET" { return .json(.object([("version", .string("1"))])) }
      let whole = Data(saying(seen).text(indent: 0).utf8)
      let draw = state.withLock { state in
        let draw = Int.random(in: 0..<200, using: &state.generator)
        if draw < 12 { state.faults += 1 } else { state.answered[seen.body, default: 0] += 1 }
        return draw
      }
      return switch draw {
      case 0: .error(429, "slow down")
      case 1: .error(429, "slow down", headers: ["retry-after-ms": "5"])
      case 2: .error(503, "loading")
      case 3: .error(500, "failed")
      case 4: .reset
      case 5: .part(whole.prefix(9), of: whole.count, then: .reset)
      case 6: .part(whole.prefix(9), of: whole.count, then: .close)
      case 7: .reply(200, [:], whole.dropLast(3))
      case 8: .reply(200, [:], Data("{\"said\": nu".utf8))
      case 9: .stall
      case 10: .part(whole.prefix(9), of: whole.count, then: .stall)
      case 11: .json(.object([("model", .string("toy")), ("said", .null)]))
      default: .reply(200, [:], whole)
      }
    }
  }

  @Test("10,000 requests at 64 at a time: nothing is lost, nothing wrong is kept, memory stays")
  func flood() async throws {
    let faulty = Faulty()
    try await withFolder("flood", inMemory: true) { folder in
      try await withServer(faulty.act) { server in
        let journal = try AnswerJournal(in: folder)
        let client = try client(
          server,
          settings: quickSettings {
            $0.waits.firstByte = 2
            $0.waits.silence = 2
            $0.waits.first = 0.002
            $0.concurrency = .init(least: 16, most: 64)
            $0.attempts.connection = 20
            $0.attempts.silence = 20
            $0.attempts.malformed = 20
          }, journal: journal)
        try await ask(0..<1000, client)
        let before = try Self.residentBytes()
        try await ask(1000..<Self.count, client)
        let after = try Self.residentBytes()
        #expect(after - before < 64 << 20, "\((after - before) >> 20) MiB more")
        #expect(try await journal.count() == Self.count)
        #expect(client.throttle.peak <= 64 && client.throttle.peak > 16)
        #expect(faulty.faults > 300)
        // What was answered whole was not asked again.
        #expect(faulty.answered.count == Self.count)
        #expect(faulty.answered.values.allSatisfy { $0 == 1 })
        let sent = client.sent
        #expect(sent == Self.count + faulty.faults)
        // Every answer is there, and is the one to its own question.
        try await ask(0..<Self.count, client)
        #expect(client.sent == sent)
      }
    }
  }

  private func ask(_ numbers: Range<Int>, _ client: EndpointClient) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      var waiting = numbers.makeIterator()
      func startNext() {
        guard let number = waiting.next() else { return }
        group.addTask {
          let text = try await say("number \(number)", client)
          if text != "echo of number \(number)" { throw Missing(text: "\(number): \(text)") }
        }
      }
      for _ in 0..<64 { startNext() }
      while try await group.next() != nil { startNext() }
    }
  }

  private static func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * 4096
  }
}
#endif
