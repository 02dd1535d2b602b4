#if HTTP
import Foundation
import NosceEndpoint
import NosceFormats
import NosceTestSupport
import Testing

/// Speed is measured, never asserted: `NOSCE_MEASURE=1 swift test -c release --filter Throughput`.
@Suite(
  "Requests a second against a server that answers at once", .serialized,
  .enabled(if: ProcessInfo.processInfo.environment["NOSCE_MEASURE"] == "1"))
struct ThroughputTests {
  @Test("With answers kept, from the journal, and without", arguments: [16, 64])
  func rate(_ concurrency: Int) async throws {
    let answer = Data(
      #"{"model":"toy","said":"yes","usage":{"prompt_tokens":9,"completion_tokens":1}}"#.utf8)
    try await withFolder { folder in
      try await withServer({ _ in .reply(200, [:], answer) }) { server in
        let settings = quickSettings {
          $0.concurrency = .init(least: concurrency, most: concurrency)
        }
        let journal = try AnswerJournal(in: folder)
        let kept = try client(server, settings: settings, journal: journal)
        try await report("kept, \(concurrency) at a time", 10_000, kept, concurrency)
        try await report("from the journal", 10_000, kept, concurrency)
        let plain = try client(server, settings: settings)
        try await report("not kept, \(concurrency) at a time", 10_000, plain, concurrency)
      }
    }
  }

  private func report(
    _ name: String, _ count: Int, _ client: EndpointClient, _ concurrency: Int
  ) async throws {
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      var waiting = (0..<count).makeIterator()
      func startNext() {
        guard let number = waiting.next() else { return }
        group.addTask { _ = try await say("number \(number)", client) }
      }
      for _ in 0..<concurrency { startNext() }
      while try await group.next() != nil { startNext() }
    }
    let seconds = start.duration(to: .now) / .seconds(1)
    print("measured: \(name): \(Int(Double(count) / seconds)) requests a second")
  }
}
#endif
