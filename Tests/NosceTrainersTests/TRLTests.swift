import Foundation
import NosceEngine
import NosceLocal
import NosceOrganism
import NoscePorts
import NosceTestSupport
import NosceTrainers
import Testing

/// The same jobs by our own trainer and by TRL.
@Suite("TRL does what our own trainer does")
struct TRLTests {
  /// A Python with torch, transformers, peft and trl.
  static let python: OptionalInput = {
    let named = ProcessInfo.processInfo.environment["NOSCE_TRL_PYTHON"]
    let url = named.map { URL(filePath: $0) }
    return OptionalInput(
      name: "Python with TRL",
      url: url.flatMap { FileManager.default.isExecutableFile(atPath: $0.path) ? $0 : nil },
      missing: named.map { "NOSCE_TRL_PYTHON names \($0), which is no program" }
        ?? "NOSCE_TRL_PYTHON names no Python with TRL")
  }()

  /// A real model of 135M parameters as a folder: the GGUF file of `make real-models`, written by
  /// transformers in 32 bits (`from_pretrained(gguf_file:)`, `save_pretrained`).
  static let smolLM2 = OptionalInput(
    name: "SmolLM2 as a folder", variable: "NOSCE_SMOLLM2_FOLDER",
    default: "Benchmarks/.models/SmolLM2-135M-Instruct", toHave: "save_pretrained of transformers")

  /// What both make of a job, in 32 bits: losses step by step, and what their adapters answer.
  private func compare(
    _ model: LocalModel, _ settings: TrainingSettings, snapshots: [Int] = [],
    losses tolerance: Double, logits: Float
  ) async throws {
    try await withFolder { folder in
      let own = FakeTraining.job(
        settings, snapshots: snapshots, in: folder.appending(path: "own"))
      let other = FakeTraining.job(
        settings, snapshots: snapshots, in: folder.appending(path: "trl"))
      let trainer = try ExternalTrainer(
        model, program: TrainingProgram(python: try Self.python.needed().path))
      try await trainer.check()
      let ours = try await FakeTraining.train(own, by: try #require(model.trainer))
      let theirs = try await FakeTraining.train(other, by: trainer)
      #expect(ours.losses.count == settings.steps && theirs.losses.count == settings.steps)
      let apart = zip(ours.losses, theirs.losses).map { abs($0 - $1) }.max() ?? .infinity
      let network = model.checkpoint.model
      let tokens = try model.checkpoint.encoded(own.rows, of: "test").map(\.tokens)
      func read(_ url: URL) throws -> LoRAAdapter {
        try LoRAAdapter(directory: url, model: network.configuration)
      }
      var change: Float = 0
      for (one, two) in [(own.adapterDirectory, other.adapterDirectory)]
        + snapshots.map({ (own.snapshot($0), other.snapshot($0)) })
      {
        change = max(
          change,
          try network.largestLogitChange(from: try read(one), to: try read(two), on: tokens))
      }
      let moved = ours.result?.largestLogitChange ?? 0
      print("TRL: losses \(apart) apart, logits \(change) of \(moved) that training moves")
      #expect(apart < tolerance)
      #expect(change < logits)
      let remarks = await trainer.remarks()
      #expect(remarks.count == 1 && remarks[0].hasPrefix("Trained by TRL "))
    }
  }

  /// Both compute in 32 bits and add up in other orders; a step of Adam turns the sign of a gradient
  /// near zero into a whole step, so small differences grow with every step. Measured: losses 3e-6 apart,
  /// logits 2.5e-4, where training moves logits by 6 and 11.
  @Test(
    "Every row in every step, at one rate",
    .enabled(if: python.isThere, "\(python.missing)"))
  func constant() async throws {
    try await compare(
      Organism.coherent.model(),
      TrainingSettings(rank: 4, alpha: 8, steps: 20, learningRate: 2e-3, clipNorm: nil),
      losses: 1e-4, logits: 5e-3)
  }

  @Test(
    "Batches in a drawn order, warm-up, a falling rate, decay, clipping and a copy half way",
    .enabled(if: python.isThere, "\(python.missing)"))
  func scheduled() async throws {
    try await compare(
      Organism.coherent.model(),
      TrainingSettings(
        rank: 4, alpha: 8, targets: ["q_proj", "v_proj", "down_proj"], layers: [1, 3], steps: 20,
        batchRows: 2, learningRate: 4e-3, warmupSteps: 3, schedule: .cosine, finalFraction: 0.1,
        weightDecay: 0.1, clipNorm: 0.5, rankStabilised: true),
      snapshots: [10], losses: 1e-4, logits: 5e-3)
  }

  @Test(
    "The same on SmolLM2-135M-Instruct",
    .enabled(
      if: python.isThere && smolLM2.isThere, "\(python.missing); \(smolLM2.missing)"))
  func real() async throws {
    try await compare(
      try LocalModel(
        directory: try Self.smolLM2.needed(), name: "smollm2", summary: "", precision: .float32),
      TrainingSettings(
        rank: 8, alpha: 16, steps: 20, batchRows: 3, learningRate: 2e-4, warmupSteps: 2,
        schedule: .linear),
      losses: 1e-3, logits: 0.02)
  }
}
