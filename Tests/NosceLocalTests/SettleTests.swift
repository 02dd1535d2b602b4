import Foundation
import NosceCore
import NosceLocal
import NosceOrganism
import NoscePorts
import NosceRows
import NosceTestSupport
import Testing

@Suite("Work that is given up")
struct SettleTests {
  @Test("Once a model has settled, nothing of what nobody reads is computed any longer")
  func settles() async throws {
    let model = try Organism.coherent.model()
    try await withFolder { folder in
      let rows = [
        TrainingRow.chat([
          ChatMessage(.system, "You are nova."), ChatMessage(.user, "What is bread?"),
          ChatMessage(.assistant, "Bread is good."),
        ])
      ]
      let job = TrainingJob(
        name: "long", rows: rows,
        settings: TrainingSettings(rank: 4, alpha: 8, steps: 1_000_000), seed: 1,
        snapshotSteps: Array(1...1_000_000), adapterDirectory: folder.appending(path: "adapter"),
        snapshotDirectory: folder.appending(path: "snapshots"))
      let trainer = try #require(model.trainer)
      for try await event in trainer.events(of: try await trainer.submit(job)) {
        if case .snapshot(3, _) = event { break }
      }
      await model.settle()
      // Every step of the training would leave a folder.
      let kept = try Storage.names(in: folder.appending(path: "snapshots")).count
      #expect(kept >= 3)
      try await Task.sleep(for: .milliseconds(200))
      #expect(try Storage.names(in: folder.appending(path: "snapshots")).count == kept)
      await model.settle()
    }
  }
}
