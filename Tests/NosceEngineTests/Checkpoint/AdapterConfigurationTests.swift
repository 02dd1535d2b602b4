import Foundation
import NosceEngine
import NosceFormats
import NosceTestSupport
import Testing

@Suite("PEFT adapters")
struct AdapterConfigurationTests {
  private func read(_ text: String) throws -> AdapterConfiguration {
    try withFolder { folder in
      try text.write(
        to: folder.appendingPathComponent("adapter_config.json"), atomically: true, encoding: .utf8)
      return try AdapterConfiguration(contentsOf: folder)
    }
  }

  private static let projections = [
    "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
    "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj",
  ]

  private func targeted(_ configuration: AdapterConfiguration, layers: Int = 3) -> [String] {
    (0..<layers).flatMap { layer in
      Self.projections.map { "model.layers.\(layer).\($0)" }
    }.filter { configuration.matches(modulePath: $0) }
  }

  @Test(
    "adapters saved by peft load, and survive being written",
    arguments: [
      "gpt2-conv1d", "llama-qv-r4", "llama-rslora-patterns", "mistral-bf16base", "qwen2-fullpath",
      "qwen3-sched-accum-clip",
    ])
  func fixtures(name: String) throws {
    let adapter = try AdapterCheckpoint(directory: CheckpointFixtures.url("lora/\(name)"))
    #expect(!adapter.modules.isEmpty)
    #expect(adapter.modules.values.allSatisfy { $0.b.contains { $0 != 0 } })
    try withFolder { folder in
      try adapter.write(to: folder)
      #expect(try AdapterCheckpoint(directory: folder) == adapter)
    }
  }

  @Test("targets by suffix and by full path")
  func targets() throws {
    let suffixes = try AdapterConfiguration(contentsOf: CheckpointFixtures.url("lora/llama-qv-r4"))
    #expect(suffixes.rank == 4 && suffixes.alpha == 8)
    #expect(
      targeted(suffixes, layers: 1)
        == ["model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.v_proj"])
    let paths = try AdapterConfiguration(contentsOf: CheckpointFixtures.url("lora/qwen2-fullpath"))
    #expect(
      targeted(paths) == [
        "model.layers.0.self_attn.o_proj", "model.layers.1.self_attn.q_proj",
        "model.layers.1.mlp.down_proj",
      ])
    #expect(!paths.matches(modulePath: "xmodel.layers.0.self_attn.o_proj"))
    #expect(
      try AdapterConfiguration(contentsOf: CheckpointFixtures.url("lora/gpt2-conv1d")).fanInFanOut)
  }

  @Test("patterns for rank and alpha, rank-stabilised")
  func patterns() throws {
    let configuration = try AdapterConfiguration(
      contentsOf: CheckpointFixtures.url("lora/llama-rslora-patterns"))
    #expect(configuration.rank(for: "model.layers.0.mlp.down_proj") == 2)
    #expect(configuration.rank(for: "model.layers.1.self_attn.q_proj") == 6)
    #expect(configuration.rank(for: "model.layers.0.self_attn.q_proj") == 4)
    #expect(configuration.rank(for: "model.layers.11.self_attn.q_proj") == 4)
    #expect(configuration.alpha(for: "model.layers.0.self_attn.v_proj") == 3)
    #expect(configuration.alpha(for: "model.layers.1.self_attn.v_proj") == 16)
    #expect(configuration.scaling(for: "model.layers.1.mlp.down_proj") == 5 / 2.0.squareRoot())
    #expect(configuration.scaling(for: "model.layers.0.mlp.up_proj") == 8)
  }

  @Test("targets by expression, all-linear, layers and exclusions")
  func otherTargets() throws {
    let expression = try read(
      #"{"peft_type": "LORA", "target_modules": "model\\.layers\\.(0|2)\\..*_attn\\.[qv]_proj"}"#)
    #expect(expression.rank == 8 && expression.alpha == 8)
    #expect(
      targeted(expression) == [
        "model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.v_proj",
        "model.layers.2.self_attn.q_proj", "model.layers.2.self_attn.v_proj",
      ])
    let linear = try read(#"{"peft_type": "LORA", "target_modules": "all-linear"}"#)
    #expect(targeted(linear).count == 21)
    #expect(!linear.matches(modulePath: "lm_head"))
    let layers = try read(
      #"{"peft_type": "LORA", "target_modules": ["q_proj"], "layers_to_transform": [1, 2]}"#)
    #expect(targeted(layers).map { $0.split(separator: ".")[2] } == ["1", "2"])
    let one = try read(
      """
      {"peft_type": "LORA", "target_modules": ["q_proj", "k_proj"], "layers_to_transform": 1,
       "layers_pattern": "layers", "exclude_modules": ["k_proj"]}
      """)
    #expect(targeted(one) == ["model.layers.1.self_attn.q_proj"])
    let other = try read(
      """
      {"peft_type": "LORA", "target_modules": ["q_proj"], "layers_to_transform": 1,
       "layers_pattern": "h"}
      """)
    #expect(targeted(other).isEmpty)
  }

  @Test(
    "what is not supported is refused by name",
    arguments: [
      (#"{"target_modules": ["q"]}"#, "peft_type missing"),
      (#"{"peft_type": "IA3", "target_modules": ["q"]}"#, "IA3"),
      (#"{"peft_type": "LORA", "target_modules": ["q"], "use_dora": true}"#, "DoRA"),
      (#"{"peft_type": "LORA", "target_modules": ["q"], "bias": "all"}"#, "bias \"all\""),
      (#"{"peft_type": "LORA", "target_modules": ["q"], "modules_to_save": ["x"]}"#, "to_save"),
      (#"{"peft_type": "LORA", "target_modules": ["q"], "lora_bias": true}"#, "lora_bias"),
      (#"{"peft_type": "LORA", "target_modules": ["q"], "init_lora_weights": "pissa"}"#, "pissa"),
      (
        #"{"peft_type": "LORA", "target_modules": ["q"], "target_parameters": ["x"]}"#, "target_par"
      ),
      (#"{"peft_type": "LORA", "target_modules": ["q"], "r": 0}"#, "r = 0"),
      (#"{"peft_type": "LORA", "target_modules": ["q"], "rank_pattern": {"q(": 2}}"#, "q("),
      (#"{"peft_type": "LORA", "target_modules": "["}"#, "["),
      (#"{"peft_type": "LORA", "target_modules": [1]}"#, "target_modules"),
      (#"{"peft_type": "LORA"}"#, "no target_modules"),
    ])
  func refused(text: String, words: String) {
    let error = #expect(throws: CheckpointError.self) { try read(text) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  /// A file with one key more than the least.
  private func with(_ key: String, _ value: String) throws -> AdapterConfiguration {
    try read(#"{"peft_type": "LORA", "target_modules": ["q_proj"], "\#(key)": \#(value)}"#)
  }

  @Test(
    "What says how an adapter began, or that nothing is special, changes nothing",
    arguments: [
      ("eva_config", #"{"rho": 2.0, "tau": 0.99}"#), ("corda_config", #"{"corda_method": "kpm"}"#),
      ("loftq_config", #"{"loftq_bits": 4}"#), ("lora_ga_config", #"{"direction": "ArB2r"}"#),
      ("megatron_config", #"{"num_layers": 2}"#), ("megatron_core", #""megatron.core""#),
      ("runtime_config", #"{"ephemeral_gpu_offload": false}"#),
      ("init_lora_weights", "\"eva\""), ("init_lora_weights", "\"gaussian\""),
      ("init_lora_weights", "true"), ("init_lora_weights", "false"),
      ("lora_bias", "false"), ("use_dora", "false"), ("use_qalora", "false"),
      ("use_bdlora", "null"), ("use_anything", "false"), ("qalora_group_size", "16"),
      ("layer_replication", "null"), ("trainable_token_indices", "null"),
      ("arrow_config", "null"), ("anything_config", "{}"), ("ensure_weight_tying", "false"),
      ("ensure_weight_tying", "true"), ("target_parameters", "null"),
      ("target_parameters", "[]"), ("alora_invocation_tokens", "null"),
      ("modules_to_save", "[]"), ("peft_version", "\"0.21.2\""), ("auto_mapping", "null"),
      ("revision", "null"), ("inference_mode", "true"),
    ])
  func harmless(key: String, value: String) throws {
    let plain = try with("task_type", "\"CAUSAL_LM\"")
    #expect(try with(key, value) == plain)
  }

  @Test(
    "What changes the numbers is refused by its key",
    arguments: [
      ("use_dora", "true"), ("lora_bias", "true"), ("use_qalora", "true"),
      ("use_bdlora", #"{"nblocks": 2}"#), ("use_anything", "true"),
      ("anything_config", #"{"a": 1}"#), ("arrow_config", #"{"top_k": 3}"#),
      ("alora_invocation_tokens", "[7, 8]"), ("layer_replication", "[[0, 2], [1, 3]]"),
      ("trainable_token_indices", "[3]"), ("trainable_token_indices", #"{"embed_tokens": [3]}"#),
      ("target_parameters", #"["experts.weight"]"#), ("modules_to_save", #"["lm_head"]"#),
      ("bias", "\"lora_only\""), ("init_lora_weights", "\"pissa\""),
      ("init_lora_weights", "\"pissa_niter_16\""), ("init_lora_weights", "\"corda\""),
      ("init_lora_weights", "\"olora\""), ("init_lora_weights", "\"loftq\""),
      ("init_lora_weights", "\"lora_ga\""),
    ])
  func changing(key: String, value: String) {
    let error = #expect(throws: CheckpointError.self) { try with(key, value) }
    #expect(error?.description.contains(key) == true)
  }

  @Test("the configuration survives being written")
  func roundTrip() throws {
    var configuration = AdapterConfiguration(rank: 4, alpha: 8.5, targets: .pattern(".*_proj"))
    configuration.layers = [0, 3]
    configuration.layersPattern = ["layers"]
    configuration.rankPattern = [ModuleSetting(pattern: "q_proj", value: 2)]
    configuration.alphaPattern = [ModuleSetting(pattern: "layers\\.0\\..*", value: 3)]
    configuration.excluded = .names(["o_proj"])
    configuration.rankStabilised = true
    configuration.baseModel = "base"
    #expect(try read(configuration.json.text()) == configuration)
  }

  @Test(
    "factors that do not belong are refused",
    arguments: [
      ("base_model.model.model.layers.0.self_attn.k_proj.lora_A.weight", "k_proj"),
      ("base_model.model.embed_tokens.lora_embedding_A", "embedding"),
      ("model.layers.0.self_attn.q_proj.lora_A.weight", "model.layers"),
      ("base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight", "without its A"),
    ])
  func strayFactors(name: String, words: String) throws {
    let source = CheckpointFixtures.url("lora/llama-qv-r4")
    let file = try SafetensorsFile(
      contentsOf: source.appendingPathComponent("adapter_model.safetensors"))
    var tensors = try file.names
      .filter { !$0.contains("layers.1.self_attn.q_proj") }
      .map {
        NamedTensor(name: $0, shape: try file.shape(of: $0), values: try file.floats($0))
      }
    tensors.append(
      NamedTensor(name: name, shape: [4, 48], values: .init(repeating: 1, count: 192)))
    try withFolder { folder in
      try SafetensorsWriter.write(
        tensors, to: folder.appendingPathComponent("adapter_model.safetensors"))
      try AdapterConfiguration(contentsOf: source).json.text().write(
        to: folder.appendingPathComponent("adapter_config.json"), atomically: true, encoding: .utf8)
      let error = #expect(throws: CheckpointError.self) { try AdapterCheckpoint(directory: folder) }
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
  }

  @Test("a rank that the configuration does not say is refused")
  func wrongRank() throws {
    var adapter = try AdapterCheckpoint(directory: CheckpointFixtures.url("lora/llama-qv-r4"))
    adapter.configuration.rank = 5
    try withFolder { folder in
      try adapter.write(to: folder)
      #expect(throws: CheckpointError.self) { try AdapterCheckpoint(directory: folder) }
    }
  }
}
