import Foundation
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("A bad checkpoint")
  struct BadModelTests {
    @Test(
      "It is refused by the name of the file, before anything is written",
      arguments: Damage.allCases)
    func refused(_ damage: Damage) async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let model = try Damage.copyOfOrganism(in: folder)
        try damage.apply(to: model)
        let outcome = try await nosce(["run", "quick.yaml", "--subject", "model"], in: folder)
        #expect(outcome.ending == .exit(65))
        #expect(outcome.errors.hasPrefix("nosce: "))
        #expect(outcome.errors.contains(model.path + damage.place))
        #expect(outcome.errors.contains("found "))
        #expect(outcome.errors.count < 1000)
        #expect(outcome.output.isEmpty)
        #expect(names(in: folder) == ["model", "quick.yaml"])
      }
    }

    @Test("A run whose model was damaged keeps its measurements, and goes on with the whole model")
    func damagedLater() async throws {
      try await withFolder { folder in
        // Long enough that it is still under way when the signal comes, whatever else runs.
        try QuickExperiment.write(to: folder, replacing: "steps: 3", with: "steps: 60")
        let model = try Damage.copyOfOrganism(in: folder)
        let weights = model.appending(path: "model.safetensors")
        let whole = try Data(contentsOf: weights)
        let command = try RunningCommand(
          ["run", "quick.yaml", "--subject", "model"], in: folder)
        #expect(
          try await command.wait {
            QuickExperiment.begun(in: folder).map {
              !names(in: $0.appending(path: "adapters")).isEmpty
            } ?? false
          })
        command.send(SIGINT)
        #expect(try await command.finish().ending == .exit(130))
        let run = try #require(QuickExperiment.begun(in: folder))
        let before = try contents(of: run)

        // From another folder: the run knows where its model is.
        try Damage.truncatedWeights.apply(to: model)
        let damaged = try await nosce(["run", "--resume", run.path])
        #expect(damaged.ending == .exit(65))
        #expect(damaged.errors.contains(weights.path))
        var other = whole
        other[other.count - 1] ^= 1
        try other.write(to: weights)
        let changed = try await nosce(["run", "--resume", run.path])
        #expect(changed.ending == .exit(65))
        #expect(changed.errors.contains("allowed: the same model"))
        #expect(try contents(of: run) == before)

        try whole.write(to: weights)
        #expect(try await nosce(["run", "--resume", run.path]).ending == .exit(0))
      }
    }
  }
}
