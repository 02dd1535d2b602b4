import NosceFormats

/// The model families that the engine builds, by their `model_type`.
///
/// A new family is a file beside this one, a case here and a line in `configuration`
/// (`docs/families.md`).
package enum ModelFamily: String, Sendable, CaseIterable {
  case llama, mistral, qwen2, qwen3, gemma2
  case gemma3 = "gemma3_text"
  case phi3, olmo2, smollm3, gpt2
  case gptNeoX = "gpt_neox"

  static func configuration(
    _ settings: SettingsReader
  ) throws(CheckpointError) -> ModelConfiguration {
    let family = try Self.named(in: settings)
    try settings.refuseUnsupported(architecture: family.architecture)
    return switch family {
    case .llama: try Llama.configuration(settings)
    case .mistral: try Mistral.configuration(settings)
    case .qwen2: try Qwen2.configuration(settings)
    case .qwen3: try Qwen3.configuration(settings)
    case .gemma2: try Gemma2.configuration(settings)
    case .gemma3: try Gemma3.configuration(settings)
    case .phi3: try Phi3.configuration(settings)
    case .olmo2: try Olmo2.configuration(settings)
    case .smollm3: try SmolLM3.configuration(settings)
    case .gpt2: try GPT2.configuration(settings)
    case .gptNeoX: try GPTNeoX.configuration(settings)
    }
  }

  private static func named(in settings: SettingsReader) throws(CheckpointError) -> ModelFamily {
    guard let type = try settings.string("model_type"), let family = ModelFamily(rawValue: type)
    else {
      throw settings.failure(
        "model_type = \(settings["model_type"]?.text(indent: 0) ?? "missing")",
        allowed: ModelFamily.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return family
  }

  /// The class that the reference library builds.
  package var architecture: String {
    switch self {
    case .llama: "LlamaForCausalLM"
    case .mistral: "MistralForCausalLM"
    case .qwen2: "Qwen2ForCausalLM"
    case .qwen3: "Qwen3ForCausalLM"
    case .gemma2: "Gemma2ForCausalLM"
    case .gemma3: "Gemma3ForCausalLM"
    case .phi3: "Phi3ForCausalLM"
    case .olmo2: "Olmo2ForCausalLM"
    case .smollm3: "SmolLM3ForCausalLM"
    case .gpt2: "GPT2LMHeadModel"
    case .gptNeoX: "GPTNeoXForCausalLM"
    }
  }
}
