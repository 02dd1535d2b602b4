#if HTTP
import Foundation
import NosceCore
import NosceEndpoint
import NosceFormats
import NosceTestSupport
import Synchronization
import Testing

@Suite("A run on an endpoint that is killed", .serialized)
struct KilledRunTests {
  /// Fails before it answers a chat, as drawn; what it answers is whole.
  private final class Faults: Sendable {
    private let state = Mutex<(generator: TestGenerator, count: Int)>((TestGenerator(seed: 21), 0))
    var count: Int { state.withLock(\.count) }

    func drawn(_ seen: SeenRequest) -> ServerAct? {
      guard seen.json?["messages"] != nil else { return nil }
      let draw = state.withLock { state in
        let draw = Int.random(in: 0..<100, using: &state.generator)
        if draw < 6 { state.count += 1 }
        return draw
      }
      return switch draw {
      case 0: .error(429, "slow down", headers: ["retry-after-ms": "5"])
      case 1: .error(503, "loading", headers: ["retry-after-ms": "5"])
      case 2: .error(500, "failed", headers: ["retry-after-ms": "5"])
      case 3: .reset
      case 4: .part(Data("{\"mod".utf8), of: 400, then: .reset)
      case 5: .reply(200, [:], Data("{\"choices\": nu".utf8))
      default: nil
      }
    }
  }

  /// How often it is asked, with which faults, and after how many chats it is killed.
  struct Case: Sendable, CustomTestStringConvertible {
    var samples: Int
    var isFaulty: Bool
    var kills: [Int]
    var least: Int
    var testDescription: String { "\(samples) samples\(isFaulty ? ", faults" : "")" }
  }

  static let cases = [
    Case(samples: 1, isFaulty: false, kills: [110, 190, 270], least: 300),
    // 17 subjects, of which each is asked 590 times.
    Case(samples: 590, isFaulty: true, kills: [2_000, 5_000, 8_000], least: 10_000),
  ]

  @Test(
    "It is gone on with; what is asked again is what was under way, and nothing is paid for twice",
    arguments: cases)
  func killed(_ kind: Case) async throws {
    let toy = ToyServer(Dialect(jobs: true, recipes: true))
    let faults = Faults()
    try await withFolder("killed") { folder in
      let text = smallFile.replacing("count: 4}", with: "count: 10}")
        .replacing(
          "grade: {names: \"{word}\"}",
          with: "samples: \(kind.samples)\n    temperature: 1\n    maximum_tokens: 2\n"
            + "    grade: {names: \"{word}\"}")
      try Storage.write(text, to: folder.appending(path: "small.yaml"))
      try await withServer({ seen in
        if kind.isFaulty, let fault = faults.drawn(seen) { return fault }
        return await toy.act(seen)
      }) { server in
        var arguments = [
          "run", "small.yaml", "--subject", "openai:toy@\(server.url)", "--materials", "miniature",
        ]
        var kills = 0
        for goal in kind.kills {
          let process = try NosceProgram.start(arguments, in: folder)
          while process.isRunning, toy.chats < goal {
            try await Task.sleep(for: .milliseconds(2))
          }
          if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            kills += 1
          }
          try await NosceProgram.ended(process)
          let run = try #require(
            names(in: folder.appending(path: "runs")).first { !$0.hasPrefix(".") })
          arguments = ["run", "--resume", "runs/\(run)"]
        }
        let process = try NosceProgram.start(arguments, in: folder)
        try await NosceProgram.ended(process)
        let errors = try String(
          contentsOf: folder.appending(path: "errors"), encoding: .utf8)
        #expect(process.terminationStatus == 0, "\(errors.suffix(2000))")
        #expect(kills >= 2)
        // What a server can do is asked anew by each command.
        let probes = ["Name three colours", "the alphabet", "17 times 23"].map { Data($0.utf8) }
        let own = toy.bodies.filter { body in
          probes.allSatisfy { body.key.range(of: $0) == nil }
        }
        let again = own.values.filter { $0 > 1 }.count
        #expect(own.count > kind.least, "\(own.count)")
        #expect(!kind.isFaulty || faults.count > 300)
        #expect(again <= kills * 64, "\(again) of \(own.count) were asked again")
        #expect(toy.jobs.ordered.count { !$0.isCancelled } == 15)
        // A file that is there and not yet written down goes up again; nobody pays for it.
        #expect(toy.jobs.uploads.count <= 15 + kills * 4)
      }
    }
  }
}
#endif
