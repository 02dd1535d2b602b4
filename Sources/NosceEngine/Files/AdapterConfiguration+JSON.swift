import Foundation
import NosceFormats

extension AdapterConfiguration {
  /// Reads an `adapter_config.json`; a folder stands for the one inside it.
  package init(contentsOf url: URL) throws(CheckpointError) {
    try self.init(SettingsReader(contentsOf: Self.file(url)))
  }

  /// The settings of a file that say something and that nothing asks for, but for those of how it was
  /// made.
  package static func unreadKeys(of url: URL) throws(CheckpointError) -> [String] {
    let settings = try SettingsReader(contentsOf: file(url))
    _ = try AdapterConfiguration(settings)
    return settings.unreadKeys.filter { !inert.contains($0) && !harmless.contains($0) }
  }

  private static let inert: Set<String> = [
    "task_type", "peft_version", "auto_mapping", "revision", "inference_mode", "megatron_core",
    "qalora_group_size", "init_lora_weights", "ensure_weight_tying",
  ]

  private static func file(_ url: URL) -> URL {
    let isDirectory = (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true
    return isDirectory ? url.appendingPathComponent("adapter_config.json") : url
  }

  private init(_ settings: SettingsReader) throws(CheckpointError) {
    try Self.refuseUnsupported(settings)

    let ranks = 1...65_536
    rank = try settings.integer("r", in: ranks, default: 8)
    alpha = try settings.positive("lora_alpha", default: 8)
    guard let targets = try Self.targets(settings, "target_modules") else {
      throw settings.failure(
        "no target_modules", allowed: "module names, a regular expression or \"all-linear\"")
    }
    self.targets = targets
    excluded = try Self.targets(settings, "exclude_modules")
    dropout = try settings.nonNegative("lora_dropout", default: 0)
    rankStabilised = try settings.bool("use_rslora", default: false)
    fanInFanOut = try settings.bool("fan_in_fan_out", default: false)
    layers = try settings.indices("layers_to_transform")
    layersPattern = try settings.strings("layers_pattern")
    baseModel = try settings.string("base_model_name_or_path")
    for member in try Self.patterns(settings, "rank_pattern") {
      rankPattern.append(
        ModuleSetting(
          pattern: member.pattern, value: try member.reader.integer(member.pattern, in: ranks)))
    }
    for member in try Self.patterns(settings, "alpha_pattern") {
      alphaPattern.append(
        ModuleSetting(pattern: member.pattern, value: try member.reader.positive(member.pattern)))
    }
  }

  /// The members of an object of settings by pattern, each with a reader of its own: to look one up
  /// among all takes time for each of them.
  private static func patterns(
    _ settings: SettingsReader, _ key: String
  ) throws(CheckpointError) -> [(pattern: String, reader: SettingsReader)] {
    let nested = try settings.nested(key)
    nested?.readAll()
    let members = nested?.object.members ?? []
    guard members.count <= mostPatterns else {
      throw settings.failure(
        "\(members.count) patterns in \(key)", allowed: "at most \(mostPatterns)")
    }
    var result: [(pattern: String, reader: SettingsReader)] = []
    for member in members {
      try ModulePattern.check(member.key, settings)
      result.append(
        (member.key, SettingsReader(file: settings.file, object: JSONObject([member]))))
    }
    return result
  }

  /// Every module's path is tried with every pattern; the largest models have about a thousand
  /// modules.
  private static let mostPatterns = 4096

  private static func targets(
    _ settings: SettingsReader, _ key: String
  ) throws(CheckpointError) -> Targets? {
    guard let value = settings[key] else { return nil }
    guard let text = value.string else { return .names(try settings.strings(key)) }
    if text == "all-linear" { return .allLinear }
    try ModulePattern.check(text, settings)
    return .pattern(text)
  }

  /// Everything that would change the numbers and that the engine does not do, by name.
  private static func refuseUnsupported(_ settings: SettingsReader) throws(CheckpointError) {
    let type = try settings.string("peft_type") ?? "missing"
    guard type == "LORA" else {
      throw settings.failure("peft_type \(type)", allowed: "LORA")
    }
    let bias = try settings.string("bias") ?? "none"
    guard bias == "none" else {
      throw settings.failure("bias \"\(bias)\"", allowed: "none: adapters without trained biases")
    }
    let variants = [
      "use_dora": "DoRA", "lora_bias": "a bias in the adapter", "use_qalora": "QA-LoRA",
      "use_bdlora": "BD-LoRA",
    ]
    // A variant that has no name yet is announced in the same way.
    for (key, value) in settings.object.members
    where (variants[key] != nil || key.hasPrefix("use_")) && key != "use_rslora" && !value.isEmpty {
      throw settings.failure(
        "\(variants[key] ?? "a variant of LoRA") (\(key) = \(value.text(indent: 0).prefix(80)))",
        allowed: "plain LoRA")
    }
    for key in [
      "modules_to_save", "target_parameters", "trainable_token_indices", "layer_replication",
      "alora_invocation_tokens",
    ] {
      if let value = settings[key], !value.isEmpty {
        throw settings.failure(
          "\(key) = \(value.text(indent: 0).prefix(80))", allowed: "none: LoRA on linear modules")
      }
    }
    for (key, value) in settings.object.members
    where key.hasSuffix("_config") && !harmless.contains(key) && !value.isEmpty {
      throw settings.failure("\(key), a variant of LoRA", allowed: "plain LoRA")
    }
    if let start = settings["init_lora_weights"]?.string,
      !["gaussian", "orthogonal", "eva"].contains(start)
    {
      throw settings.failure(
        "init_lora_weights \"\(start)\", which changes the base weights",
        allowed: "an adapter that leaves the base as it is")
    }
  }

  /// Settings of how an adapter began or of how its training was spread over machines. Where a
  /// beginning has changed the base as well, `init_lora_weights` says so.
  private static let harmless: Set<String> = [
    "eva_config", "corda_config", "loftq_config", "lora_ga_config", "megatron_config",
    "runtime_config",
  ]

  /// The configuration as the content of an `adapter_config.json` that PEFT and vLLM read.
  package var json: JSON {
    .object([
      ("peft_type", .string("LORA")),
      ("task_type", .string("CAUSAL_LM")),
      ("base_model_name_or_path", baseModel.map { .string($0) } ?? .null),
      ("r", .integer(rank)),
      ("lora_alpha", Self.number(alpha)),
      ("lora_dropout", .number(dropout)),
      ("target_modules", targets.json),
      ("exclude_modules", excluded?.json ?? .null),
      ("layers_to_transform", layers.map { .array($0.map { .integer($0) }) } ?? .null),
      (
        "layers_pattern",
        layersPattern.isEmpty ? .null : .array(layersPattern.map { .string($0) })
      ),
      ("rank_pattern", .object(rankPattern.map { ($0.pattern, .integer($0.value)) })),
      ("alpha_pattern", .object(alphaPattern.map { ($0.pattern, Self.number($0.value)) })),
      ("bias", .string("none")),
      ("fan_in_fan_out", .bool(fanInFanOut)),
      ("use_rslora", .bool(rankStabilised)),
      ("use_dora", .bool(false)),
      ("modules_to_save", .null),
      ("inference_mode", .bool(true)),
    ])
  }

  private static func number(_ value: Double) -> JSON {
    Int(exactly: value).map { .integer($0) } ?? .number(value)
  }
}

extension AdapterConfiguration.Targets {
  fileprivate var json: JSON {
    switch self {
    case .names(let names): .array(names.map { .string($0) })
    case .pattern(let pattern): .string(pattern)
    case .allLinear: .string("all-linear")
    }
  }
}

extension JSON {
  /// Null, false, or nothing inside.
  fileprivate var isEmpty: Bool {
    switch self {
    case .null, .bool(false): true
    case .array(let values): values.isEmpty
    case .object(let object): object.members.isEmpty
    default: false
    }
  }
}
