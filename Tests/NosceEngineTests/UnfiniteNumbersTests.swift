import Foundation
import NosceEngine
import NosceTestSupport
import Testing

/// What is no number is an error that names where it was met, and never a token or a score.
@Suite("Numbers that are not finite")
struct UnfiniteNumbersTests {
  /// The tiny model with one number of one tensor changed.
  private func changed(
    _ name: String, _ changes: [Int: Float], tied: Bool = false, _ precision: Precision = .float32
  ) throws -> LanguageModel {
    try withFolder { folder in
      try TrainingTests.parameters(tied: tied).save(to: folder)
      let url = folder.appendingPathComponent("model.safetensors")
      let file = try SafetensorsFile(contentsOf: url)
      let tensors = try file.names.map { tensor in
        var values = try file.floats(tensor)
        if tensor == name { for (index, value) in changes { values[index] = value } }
        return NamedTensor(name: tensor, shape: try file.shape(of: tensor), values: values)
      }
      #expect(file.contains(name))
      try SafetensorsWriter.write(tensors, to: url)
      return try LanguageModel(directory: folder, precision: precision)
    }
  }

  private func sample(
    _ model: LanguageModel, _ tokens: [Int32], temperature: Float = 0, threads: Int = 1
  ) throws -> [SampledSequence] {
    let prompt = SamplingPrompt(
      tokens: tokens, seed: 1, temperature: temperature, maximumTokens: 4)
    return try InferenceModel(model).sample([prompt, prompt], threads: threads)
  }

  private func message(_ body: () throws -> Void) -> String {
    let error = #expect(throws: EngineError.self) { try body() }
    return error.map { "\($0)" } ?? ""
  }

  /// Everything that is asked of a model, each with the error that it ends with.
  private func messages(_ model: LanguageModel, _ tokens: [Int32]) -> [String] {
    let subject = { try InferenceModel(model) }
    return [
      message { _ = try sample(model, tokens) },
      message { _ = try sample(model, tokens, temperature: 1, threads: 2) },
      message { _ = try model.logits(tokens) },
      message { _ = try model.logProbabilities(tokens) },
      message {
        _ = try subject().logProbabilities(prefix: tokens, candidates: [[1], [2, 3]])
      },
      message {
        let request = ScoringRequest(prefix: tokens, candidates: [[1, 2]])
        _ = try subject().logProbabilities([request, request], threads: 2)
      },
    ]
  }

  @Test(
    "In the weights: no token, no score, and the tensor by name",
    arguments: [
      ("lm_head.weight", Float.nan, Precision.float32), ("lm_head.weight", .infinity, .bfloat16),
      ("model.layers.0.input_layernorm.weight", .infinity, .float32),
      ("model.norm.weight", .nan, .float32),
      ("model.layers.1.mlp.down_proj.weight", .nan, .bfloat16),
    ])
  func weights(_ name: String, _ value: Float, _ precision: Precision) throws {
    let model = try changed(name, [3: value], precision)
    #expect(model.unfiniteTensors == [name])
    for message in messages(model, [5, 6, 7]) {
      #expect(message.contains("found the logit "), "\(message)")
      #expect(message.contains("allowed: finite numbers"), "\(message)")
      #expect(message.contains("the weights of \(name) hold"), "\(message)")
    }
    #expect(message { _ = try sample(model, [5, 6]) }.contains("prompt 1, step 1: found"))
  }

  @Test("In the row of one token: an error where that token is read, and nowhere else")
  func oneRow() throws {
    let whole = try changed("model.embed_tokens.weight", [:])
    let row = 24 * 7 + 2
    let model = try changed("model.embed_tokens.weight", [row: .nan])
    #expect(whole.unfiniteTensors.isEmpty)
    #expect(try model.logits([5, 6, 8]) == whole.logits([5, 6, 8]))
    for message in messages(model, [5, 7, 8]) {
      #expect(message.contains("model.embed_tokens.weight"), "\(message)")
    }
    // The same row is the head's where it is tied, and then no answer can do without it.
    let tied = try changed("model.embed_tokens.weight", [row: .nan], tied: true)
    #expect(message { _ = try tied.logits([5]) }.contains("the logit nan of token 7"))
  }

  @Test("In what is written on the way: the step is named")
  func laterStep() throws {
    let whole = try changed("model.norm.weight", [:])
    let first = try sample(whole, [5, 6])[0].tokens[0]
    try #require(![5, 6].contains(first))
    let model = try changed("model.embed_tokens.weight", [24 * Int(first): .infinity])
    #expect(message { _ = try sample(model, [5, 6]) }.contains("step 2: found the logit"))
    let scored = message {
      _ = try InferenceModel(model).logProbabilities(
        prefix: [5, 6], candidates: [[1], [1, first, 2]])
    }
    #expect(scored.contains("step 3: found the logit"), "\(scored)")
    // What ends before it is whole.
    #expect(
      try InferenceModel(model).logProbabilities(prefix: [5, 6], candidates: [[1, first]])
        == InferenceModel(whole).logProbabilities(prefix: [5, 6], candidates: [[1, first]]))
  }

  @Test("In a sum that overflows, though all weights are finite")
  func overflow() throws {
    let row = Dictionary(uniqueKeysWithValues: (0..<24).map { ($0, Float(3e38)) })
    let model = try changed("lm_head.weight", row)
    #expect(model.unfiniteTensors.isEmpty)
    // One token's logit alone; the others are as good as ever.
    for message in messages(model, [5, 6, 7]) {
      #expect(message.contains("of token 0; allowed: finite numbers"), "\(message)")
    }
  }

  @Test("In an adapter: it is refused by module and factor", arguments: [true, false])
  func adapter(inA: Bool) throws {
    let model = try TrainingTests.tiny()
    let trained = try LoRAAdapter(
      AdapterConfiguration(rank: 2, alpha: 4, targets: .names(["q_proj"])),
      model: model.configuration, seed: 3)
    var checkpoint = trained.checkpoint
    let path = "model.layers.1.self_attn.q_proj"
    if inA {
      checkpoint.modules[path]?.a[5] = .nan
    } else {
      checkpoint.modules[path]?.b[5] = -.infinity
    }
    try withFolder { folder in
      try checkpoint.write(to: folder)
      let message = message {
        _ = try LoRAAdapter(directory: folder, model: model.configuration)
      }
      #expect(message.contains("\(folder.path)/adapter_model.safetensors"))
      #expect(
        message.contains(
          inA ? "found nan in \(path).lora_A.weight" : "found -inf in \(path).lora_B.weight"),
        "\(message)")
    }
  }

  @Test("No tokens are an error everywhere, and no trap")
  func empty() throws {
    let model = try TrainingTests.tiny()
    let subject = try InferenceModel(model)
    let trainer = try AdapterTrainer(
      model, configuration: AdapterConfiguration(rank: 2, alpha: 4, targets: .allLinear), seed: 3,
      optimizer: OptimizerSettings(learningRate: 0.1))
    for message in [
      message { _ = try model.logits([]) }, message { _ = try model.logProbabilities([]) },
      message { _ = try model.hiddenStates([]) },
      message { _ = try sample(model, []) },
      message { _ = try subject.logProbabilities(prefix: [], candidates: [[1]]) },
      message { _ = try trainer.step([TrainingExample(tokens: [])]) },
      message { _ = try model.largestLogitChange(from: nil, to: trainer.adapter, on: [[]]) },
    ] {
      #expect(message.contains("allowed: at least one"), "\(message)")
    }
  }
}
