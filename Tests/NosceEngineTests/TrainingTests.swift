import Foundation
import NosceEngine
import NosceTestSupport
import Testing

@Suite("Training")
struct TrainingTests {
  static func parameters(tied: Bool = true) throws -> ModelParameters {
    var shape = Llama.Shape(
      vocabularySize: 37, hiddenSize: 24, intermediateSize: 40, layerCount: 2, headCount: 4,
      keyValueHeadCount: 2, headDimension: 6, maximumPositions: 64)
    shape.tiedEmbeddings = tied
    shape.initializerRange = 0.3
    return ModelParameters(configuration: try shape.configuration(), seed: 5)
  }

  static func tiny() throws -> LanguageModel { try LanguageModel(parameters()) }

  static func examples(_ count: Int, seed: UInt64 = 1) -> [TrainingExample] {
    var noise = Noise(seed)
    return (0..<count).map { index in
      let tokens = (0..<(3 + index * 5 % 29)).map { _ in Int32((noise.next() + 1) * 18) }
      return TrainingExample(tokens: tokens, isTarget: tokens.indices.map { $0 % 3 != 1 })
    }
  }

  /// The state of an otherwise fresh trainer whose weights are `values` in the one tensor.
  private func loss(
    _ model: ModelParameters, _ name: String, _ index: Int, _ change: Float,
    _ examples: [TrainingExample]
  ) throws -> Double {
    try withFolder { folder in
      try model.save(to: folder)
      let url = folder.appendingPathComponent("model.safetensors")
      let file = try SafetensorsFile(contentsOf: url)
      let tensors = try file.names.map { tensor in
        var values = try file.floats(tensor)
        if tensor == name { values[index] += change }
        return NamedTensor(name: tensor, shape: try file.shape(of: tensor), values: values)
      }
      try SafetensorsWriter.write(tensors, to: url)
      let changed = try ModelParameters(directory: folder)
      return try FullTrainer(changed, optimizer: OptimizerSettings(learningRate: 0))
        .loss(of: examples)
    }
  }

  @Test("all gradients agree with finite differences", arguments: [false, true])
  func finiteDifferences(_ tied: Bool) throws {
    let model = try Self.parameters(tied: tied)
    let examples = Self.examples(4)
    let trainer = FullTrainer(model, optimizer: OptimizerSettings(learningRate: 0))
    _ = try trainer.step(examples)
    let gradients = trainer.gradients
    for tensor in model.layout.tensors {
      guard let gradient = gradients[tensor.name] else { throw EngineError("no \(tensor.name)") }
      // The largest entry is the one that single precision differences show best.
      guard let index = gradient.indices.max(by: { abs(gradient[$0]) < abs(gradient[$1]) }) else {
        continue
      }
      let step: Float = 4e-3
      let up = try loss(model, tensor.name, index, step, examples)
      let down = try loss(model, tensor.name, index, -step, examples)
      let slope = (up - down) / Double(2 * step)
      #expect(
        abs(slope - Double(gradient[index])) <= 0.01 * abs(slope) + 2e-4,
        "\(tensor.name)[\(index)]: \(gradient[index]) against \(slope)")
    }
  }

  @Test("an adapter's gradients agree with finite differences")
  func adapterFiniteDifferences() throws {
    let model = try Self.tiny()
    var configuration = AdapterConfiguration(rank: 3, alpha: 5, targets: .allLinear)
    configuration.rankPattern = [ModuleSetting(pattern: "k_proj", value: 2)]
    let examples = Self.examples(4)
    // One step away from B = 0, so that A has gradients too.
    let first = try AdapterTrainer(
      model, configuration: configuration, seed: 3, optimizer: OptimizerSettings(learningRate: 0.1))
    _ = try first.step(examples)
    let checkpoint = first.adapter.checkpoint
    let frozen = OptimizerSettings(learningRate: 0)
    func loss(_ checkpoint: AdapterCheckpoint) throws -> Double {
      let adapter = try LoRAAdapter(checkpoint, model: model.configuration)
      return try AdapterTrainer(model, adapter: adapter, optimizer: frozen).step(examples).loss
    }
    let trainer = try AdapterTrainer(model, adapter: first.adapter, optimizer: frozen)
    _ = try trainer.step(examples)
    for (path, gradient) in trainer.gradients {
      for isA in [true, false] {
        let values = isA ? gradient.a : gradient.b
        guard let index = values.indices.max(by: { abs(values[$0]) < abs(values[$1]) }) else {
          continue
        }
        let step: Float = 4e-3
        func shifted(_ amount: Float) throws -> Double {
          var changed = checkpoint
          if isA {
            changed.modules[path]?.a[index] += amount
          } else {
            changed.modules[path]?.b[index] += amount
          }
          return try loss(changed)
        }
        let slope = (try shifted(step) - shifted(-step)) / Double(2 * step)
        #expect(
          abs(slope - Double(values[index])) <= 0.01 * abs(slope) + 2e-4, "\(path) \(isA)")
      }
    }
  }

  private func bytes(_ trainer: FullTrainer) -> [[Float]] {
    let model = trainer.parameters
    return model.layout.tensors.map { model.values(of: $0.name) ?? [] }
  }

  @Test("the number of threads changes no byte", arguments: Precision.allCases)
  func threads(_ precision: Precision) throws {
    let model = try Self.parameters()
    let settings = OptimizerSettings(learningRate: 0.01, weightDecay: 0.1, clipNorm: 1)
    let results = try [1, 2, 3].map { threads in
      let trainer = FullTrainer(
        model, precision: precision, optimizer: settings, shards: 3, threads: threads)
      for step in 0..<4 { _ = try trainer.step(Self.examples(9, seed: UInt64(step))) }
      return bytes(trainer)
    }
    #expect(results[0] == results[1] && results[1] == results[2])
    #expect(results[0] != bytes(FullTrainer(model, optimizer: settings)))
  }

  @Test(
    "the number of shards is the model's, whatever the number of threads", arguments: [37, 9000])
  func ownShards(_ vocabulary: Int) throws {
    // Packed weights of 4 bytes a number: below and above 8 MB.
    var shape = Llama.Shape(
      vocabularySize: vocabulary, hiddenSize: 256, intermediateSize: 40, layerCount: 2,
      headCount: 4, keyValueHeadCount: 2, headDimension: 6, maximumPositions: 64)
    shape.tiedEmbeddings = true
    let model = try LanguageModel(ModelParameters(configuration: shape.configuration(), seed: 5))
    func norm(shards: Int?, threads: Int) throws -> Double {
      let trainer = try AdapterTrainer(
        model, configuration: AdapterConfiguration(rank: 3, alpha: 5, targets: .allLinear),
        seed: 1, optimizer: OptimizerSettings(learningRate: 0.01), shards: shards,
        threads: threads)
      return try trainer.step(Self.examples(9)).gradientNorm
    }
    let norms = try [1, 2].map { try norm(shards: $0, threads: 1) }
    #expect(norms[0] != norms[1])
    let own = model.adapterShards
    #expect(own == (vocabulary < 9000 ? 1 : 2))
    for threads in [1, 2, 3] {
      #expect(try norm(shards: nil, threads: threads) == norms[own - 1])
    }
  }

  @Test("a restored trainer continues with the same bytes")
  func resume() throws {
    let model = try Self.parameters()
    let settings = OptimizerSettings(
      learningRate: 0.01, warmupSteps: 2, totalSteps: 8, schedule: .cosine, weightDecay: 0.1)
    let whole = FullTrainer(model, optimizer: settings)
    let half = FullTrainer(model, optimizer: settings)
    for step in 0..<3 {
      _ = try whole.step(Self.examples(6, seed: UInt64(step)))
      _ = try half.step(Self.examples(6, seed: UInt64(step)))
    }
    let folder = try makeFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "state")
    try half.saveState(to: url)
    let resumed = FullTrainer(model, optimizer: settings)
    try resumed.restoreState(from: url)
    #expect(resumed.step == 3)
    for step in 3..<8 {
      let one = try whole.step(Self.examples(6, seed: UInt64(step)))
      let other = try resumed.step(Self.examples(6, seed: UInt64(step)))
      #expect(one == other)
    }
    #expect(bytes(whole) == bytes(resumed))
    let other = FullTrainer(try Self.parameters(tied: false), optimizer: settings)
    #expect(throws: EngineError.self) { try other.restoreState(from: url) }
  }

  @Test("only tokens after the target mask are learnt, and unread tails cost nothing")
  func masks() throws {
    let model = try Self.parameters()
    let settings = OptimizerSettings(learningRate: 0.01)
    let long = TrainingExample(
      tokens: [1, 2, 3, 4, 5, 6], isTarget: [true, false, true, false, false, false])
    let short = TrainingExample(tokens: [1, 2, 3], isTarget: [false, false, true])
    let one = FullTrainer(model, optimizer: settings)
    let other = FullTrainer(model, optimizer: settings)
    #expect(try one.step([long]).targetTokens == 1)
    _ = try other.step([short])
    #expect(bytes(one) == bytes(other))
    #expect(throws: EngineError.self) {
      try one.step([TrainingExample(tokens: [1, 2], isTarget: [true, false])])
    }
  }

  @Test("micro-batches add up to the whole batch")
  func microBatches() throws {
    let model = try Self.parameters()
    let settings = OptimizerSettings(learningRate: 0.01)
    let examples = Self.examples(8)
    let one = try FullTrainer(model, optimizer: settings).step(examples)
    let other = try FullTrainer(model, optimizer: settings)
      .step([Array(examples[..<3]), Array(examples[3...])])
    #expect(abs(one.loss - other.loss) < 1e-5)
    #expect(abs(one.gradientNorm - other.gradientNorm) < 1e-4 * one.gradientNorm)
    #expect(one.targetTokens == other.targetTokens)
  }

  @Test("bfloat16 gradients stay near those of single precision")
  func bfloat16() throws {
    let model = try Self.parameters()
    let settings = OptimizerSettings(learningRate: 0.01)
    let one = FullTrainer(model, optimizer: settings)
    let other = FullTrainer(model, precision: .bfloat16, optimizer: settings)
    let examples = Self.examples(8)
    let exact = try one.step(examples)
    let rounded = try other.step(examples)
    // Each product rounds two inputs by at most 2^-9 of their size. A gradient in the first layer
    // depends on 15 products forward and 15 backward, so on 60 roundings; independent ones add up
    // to sqrt(60) * 2^-9 = 0.015. Twice that is allowed.
    let tolerance = 2 * 60.0.squareRoot() / 512
    #expect(abs(exact.loss - rounded.loss) <= tolerance * exact.loss)
    for (name, gradient) in one.gradients {
      let near = other.gradients[name] ?? []
      let difference = zip(gradient, near).map { $0 - $1 }
      #expect(norm(difference) <= tolerance * norm(gradient), "\(name)")
    }
  }

  @Test("learning rate schedules follow the reference rule")
  func schedules() {
    var settings = OptimizerSettings(
      learningRate: 2, warmupSteps: 4, totalSteps: 12, schedule: .linear)
    #expect(settings.learningRate(step: 0) == 0)
    #expect(settings.learningRate(step: 2) == 1)
    #expect(settings.learningRate(step: 8) == 1)
    #expect(settings.learningRate(step: 12) == 0)
    settings.schedule = .cosine
    settings.finalFraction = 0.1
    #expect(abs(settings.learningRate(step: 8) - 1.1) < 1e-12)
    #expect(abs(settings.learningRate(step: 40) - 0.2) < 1e-12)
    settings.schedule = .constant
    #expect(settings.learningRate(step: 100) == 2)
  }

  @Test("an adapter on chosen layers leaves the others alone")
  func layerRange() throws {
    let model = try Self.tiny()
    var configuration = AdapterConfiguration(
      rank: 2, alpha: 4, targets: .names(["o_proj", "up_proj"]))
    configuration.layers = [1]
    let trainer = try AdapterTrainer(
      model, configuration: configuration, seed: 1,
      optimizer: OptimizerSettings(learningRate: 0.05))
    #expect(
      trainer.adapter.layout.modules.map(\.path) == [
        "model.layers.1.self_attn.o_proj", "model.layers.1.mlp.up_proj",
      ])
    #expect(try model.largestLogitChange(from: nil, to: trainer.adapter, on: [[1, 2, 3]]) == 0)
    let before = try trainer.step(Self.examples(5)).loss
    for _ in 0..<20 { _ = try trainer.step(Self.examples(5)) }
    #expect(try trainer.step(Self.examples(5)).loss < before)
    #expect(try model.largestLogitChange(from: nil, to: trainer.adapter, on: [[1, 2, 3]]) > 0.01)
    #expect(throws: EngineError.self) {
      try LoRAAdapter(
        AdapterConfiguration(rank: 2, alpha: 4, targets: .names(["q_prj"])),
        model: model.configuration, seed: 1)
    }
  }
}
