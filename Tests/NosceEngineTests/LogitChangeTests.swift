import NosceEngine
import Testing

@Suite("What a training has moved")
struct LogitChangeTests {
  /// A trained adapter, and another whose factors B are all `value`, unless nil.
  private func adapters(
    _ model: LanguageModel, b value: Float?
  ) throws -> (start: LoRAAdapter, end: LoRAAdapter) {
    let trainer = try AdapterTrainer(
      model, configuration: AdapterConfiguration(rank: 2, alpha: 4, targets: .allLinear), seed: 3,
      optimizer: OptimizerSettings(learningRate: 0.1))
    let start = trainer.adapter
    _ = try trainer.step(TrainingTests.examples(4))
    var checkpoint = trainer.adapter.checkpoint
    if let value {
      for path in checkpoint.modules.keys.sorted() {
        let count = checkpoint.modules[path]?.b.count ?? 0
        checkpoint.modules[path]?.b = [Float](repeating: value, count: count)
      }
    }
    return (start, try LoRAAdapter(checkpoint, model: model.configuration))
  }

  private func tokens(_ seed: Int32) -> [Int32] { (0..<50).map { ($0 * 7 + seed) % 37 } }

  @Test("It is the largest over the first 32 tokens of the first two sequences, and of no others")
  func bounded() throws {
    let model = try TrainingTests.tiny()
    let (start, end) = try adapters(model, b: nil)
    let sequences = [tokens(1), tokens(2), tokens(3)]
    var expected: Float = 0
    for sequence in sequences.prefix(2) {
      let read = Array(sequence.prefix(32))
      let rows = zip(try model.logits(read, adapter: start), try model.logits(read, adapter: end))
      for (before, after) in rows {
        for (one, other) in zip(before, after) { expected = max(expected, abs(one - other)) }
      }
    }
    #expect(expected > 0.1)
    #expect(try model.largestLogitChange(from: start, to: end, on: sequences) == expected)
    // What is not read may even be no token of the model.
    let others = [tokens(1).prefix(32) + [999], tokens(2).prefix(32) + [999], [999]].map(Array.init)
    #expect(try model.largestLogitChange(from: start, to: end, on: others) == expected)
    #expect(try model.largestLogitChange(from: end, to: end, on: sequences) == 0)
    #expect(try model.largestLogitChange(from: nil, to: start, on: sequences) == 0)
  }

  @Test("A logit that is no number is an error, and no quiet adapter")
  func unfinite() throws {
    let model = try TrainingTests.tiny()
    let (start, end) = try adapters(model, b: 3e38)
    let error = #expect(throws: EngineError.self) {
      try model.largestLogitChange(from: start, to: end, on: [tokens(1)])
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains("allowed: finite numbers"))
  }
}
