import Foundation
import NosceTestSupport
import Testing

extension WholeRunTests {
  @Suite("Pretraining the organism")
  struct TrainTests {
    private static let steps = 20

    private static func arguments(to folder: URL, steps: Int = steps, threads: Int = 2) -> [String]
    {
      [
        "organism", "train", "--steps", "\(steps)", "--threads", "\(threads)", "--out", folder.path,
      ]
    }

    private struct Result: Equatable {
      var state: Data
      var losses: Data

      init(in folder: URL) throws {
        state = try Data(contentsOf: folder.appending(path: "state.safetensors"))
        losses = try Data(contentsOf: folder.appending(path: "loss.jsonl"))
      }
    }

    /// A training that nothing disturbed, on two threads.
    private static let undisturbed = Task {
      try await withFolder { folder in
        let outcome = try await nosce(arguments(to: folder))
        try #require(outcome.ending == .exit(0), "\(outcome.errors)")
        return (result: try Result(in: folder), seconds: outcome.seconds)
      }
    }

    private func expectSame(
      _ folder: URL, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      let expected = try await Self.undisturbed.value.result
      let found = try Result(in: folder)
      #expect(found.losses == expected.losses, sourceLocation: sourceLocation)
      // Megabytes, which nobody wants to see printed.
      let isSame = found.state == expected.state
      #expect(isSame, sourceLocation: sourceLocation)
    }

    @Test("The loss curve has a line for each step, and the loss falls")
    func curve() async throws {
      struct Point: Decodable {
        var step: Int
        var loss: Double
      }
      let lines = try await Self.undisturbed.value.result.losses.split(separator: 10)
      let points = try lines.map { try JSONDecoder().decode(Point.self, from: Data($0)) }
      #expect(points.map(\.step) == Array(1...Self.steps))
      #expect(try #require(points.last).loss < (try #require(points.first)).loss)
    }

    @Test("The number of threads does not show in the bytes")
    func threads() async throws {
      try await withFolder { folder in
        let outcome = try await nosce(Self.arguments(to: folder, threads: 1))
        #expect(outcome.ending == .exit(0))
        try await expectSame(folder)
      }
    }

    @Test("Killed at any moment and begun again, it ends with the same bytes", arguments: 1...4)
    func killed(_ seed: Int) async throws {
      let undisturbed = try await Self.undisturbed.value
      var random = TestGenerator(seed: UInt64(seed))
      try await withFolder { folder in
        // A state to go on from, then a training that is killed, once or twice, on its way.
        let half = Self.arguments(to: folder, steps: Self.steps / 2)
        #expect(try await nosce(half).ending == .exit(0))
        for _ in 1...Int.random(in: 1...2, using: &random) {
          let command = try RunningCommand(Self.arguments(to: folder))
          try await Task.sleep(for: random.moment(within: undisturbed.seconds / 2))
          command.send(SIGKILL)
          let ending = try await command.finish().ending
          #expect(ending == .signal(SIGKILL) || ending == .exit(0))
        }
        let outcome = try await nosce(Self.arguments(to: folder))
        #expect(outcome.ending == .exit(0))
        try await expectSame(folder)
      }
    }

    @Test("Stopped, it saves where it is, says so, and goes on from there")
    func stopped() async throws {
      try await withFolder { folder in
        let command = try RunningCommand(Self.arguments(to: folder, steps: 2000))
        #expect(try await command.wait { exists(folder.appending(path: "recipe.txt")) })
        try await Task.sleep(for: .milliseconds(300))
        command.send(SIGINT)
        let outcome = try await command.finish()
        #expect(outcome.ending == .exit(130))
        let match = try #require(
          try outcome.errors.firstMatch(of: Regex("goes on from step ([0-9]+)")))
        let saved = try #require(match[1].substring.flatMap { Int($0) })
        let losses = try Data(contentsOf: folder.appending(path: "loss.jsonl"))
        #expect(losses.split(separator: 10).count == saved)
        #expect(exists(folder.appending(path: "state.safetensors")))
      }
    }

    @Test("A folder of another world, or a damaged state, is refused by name and kept")
    func refused() async throws {
      try await withFolder { folder in
        #expect(try await nosce(Self.arguments(to: folder, steps: 1)).ending == .exit(0))
        let other = try await nosce(Self.arguments(to: folder) + ["--world", "null"])
        #expect(other.ending == .exit(65))
        #expect(other.errors.contains("\(folder.path)/recipe.txt: found another recipe"))
        let state = folder.appending(path: "state.safetensors")
        try Data(try Data(contentsOf: state).prefix(100_000)).write(to: state)
        let damaged = try await nosce(Self.arguments(to: folder))
        #expect(damaged.ending == .exit(65))
        #expect(damaged.errors.contains(state.path))
        #expect(try Data(contentsOf: state).count == 100_000)
      }
    }
  }
}
