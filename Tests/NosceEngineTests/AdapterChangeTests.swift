import NosceEngine
import Testing

@Suite("An adapter that is made of another one")
struct AdapterChangeTests {
  private static let tokens: [Int32] = (0..<24).map { ($0 * 7 + 3) % 37 }

  private func trained(
    _ model: LanguageModel, rank: Int = 4
  ) throws -> LoRAAdapter {
    let trainer = try AdapterTrainer(
      model, configuration: AdapterConfiguration(rank: rank, alpha: 8, targets: .allLinear),
      seed: 3,
      optimizer: OptimizerSettings(learningRate: 0.05))
    for _ in 0..<3 { _ = try trainer.step(TrainingTests.examples(4)) }
    return trainer.adapter
  }

  private func logits(_ model: LanguageModel, _ adapter: LoRAAdapter?) throws -> [[Float]] {
    try model.logits(Self.tokens, adapter: adapter)
  }

  @Test("Permuted, every column of B stands elsewhere, and A and all norms stay")
  func permuted() throws {
    let model = try TrainingTests.tiny()
    let adapter = try trained(model)
    let changed = adapter.permuted(seed: 5)
    let (before, after) = (adapter.checkpoint.modules, changed.checkpoint.modules)
    #expect(!before.isEmpty && before.count == after.count)
    for (path, old) in before {
      let new = try #require(after[path])
      #expect(new.a == old.a)
      #expect(new.b.sorted() == old.b.sorted() && new.b != old.b)
      func column(_ factors: AdapterFactors, _ place: Int) -> [Float] {
        (0..<factors.outputSize).map { factors.b[$0 * factors.rank + place] }
      }
      let columns = (0..<old.rank).map { column(old, $0) }
      for place in 0..<old.rank {
        #expect(column(new, place) != columns[place])
        #expect(columns.contains(column(new, place)), "\(path) \(place)")
      }
    }
    #expect(try logits(model, changed) != logits(model, adapter))
    #expect(adapter.permuted(seed: 5) == changed && adapter.permuted(seed: 6) != changed)
  }

  @Test("Random factors have the norm of the trained product, in every module")
  func random() throws {
    let model = try TrainingTests.tiny()
    let adapter = try trained(model)
    let changed = adapter.randomised(seed: 5)
    for module in adapter.layout.modules {
      let norm = adapter.productNorm(of: module)
      #expect(norm > 0)
      // Factors are floats: each is off by at most a part in 1.6e7.
      #expect(abs(changed.productNorm(of: module) / norm - 1) < 1e-5, "\(module.path)")
      // The norm again, element by element.
      let factors = try #require(adapter.checkpoint.modules[module.path])
      var squares = 0.0
      for row in 0..<factors.outputSize {
        for column in 0..<factors.inputSize {
          let value = (0..<factors.rank).reduce(0.0) {
            $0 + Double(factors.b[row * factors.rank + $1])
              * Double(factors.a[$1 * factors.inputSize + column])
          }
          squares += value * value
        }
      }
      #expect(abs(squares.squareRoot() / norm - 1) < 1e-9)
    }
    #expect(changed.checkpoint.modules != adapter.checkpoint.modules)
    #expect(try logits(model, changed) != logits(model, adapter))
    #expect(adapter.randomised(seed: 5) == changed && adapter.randomised(seed: 6) != changed)
    // What was never trained stays without effect.
    let start = try LoRAAdapter(adapter.configuration, model: model.configuration, seed: 1)
    #expect(try logits(model, start.randomised(seed: 5)) == logits(model, nil))
  }

  @Test(
    "Scale 1 is the adapter, 0 the base model to the last bit, and 2 twice its B",
    arguments: [Precision.float32, .bfloat16])
  func scales(_ precision: Precision) throws {
    let adapter = try trained(try TrainingTests.tiny())
    let model = try LanguageModel(try TrainingTests.parameters(), precision: precision)
    #expect(adapter.scaled(by: 1) == adapter)
    #expect(try logits(model, adapter.scaled(by: 0)) == logits(model, nil))
    #expect(try logits(model, adapter) != logits(model, nil))
    let twice = adapter.scaled(by: 2).checkpoint.modules
    for (path, factors) in adapter.checkpoint.modules {
      #expect(twice[path]?.b == factors.b.map { 2 * $0 } && twice[path]?.a == factors.a)
    }
  }
}
