import NosceFormats

extension BenchModel {
  /// The content of `config.json`.
  var configuration: JSON {
    var members: [(key: String, value: JSON)] = [
      ("model_type", .string(family.rawValue)),
      (
        "architectures",
        .array([.string(family == .llama ? "LlamaForCausalLM" : "Qwen2ForCausalLM")])
      ),
      ("hidden_size", .integer(size.hidden)),
      ("intermediate_size", .integer(size.feedForward)),
      ("num_hidden_layers", .integer(size.layers)),
      ("num_attention_heads", .integer(size.heads)),
      ("num_key_value_heads", .integer(size.keyValueHeads)),
      ("vocab_size", .integer(size.vocabulary)),
      ("max_position_embeddings", .integer(maximumPositions)),
      ("rms_norm_eps", .number(normEpsilon)),
      ("rope_theta", .number(rotaryBase)),
      ("tie_word_embeddings", .bool(isTied)),
      ("hidden_act", .string("silu")),
      ("initializer_range", .number(0.02)),
      ("attention_dropout", .number(0)),
      ("use_cache", .bool(true)),
      ("bos_token_id", .integer(0)),
      ("eos_token_id", .integer(2)),
      ("pad_token_id", .integer(0)),
      ("torch_dtype", .string("bfloat16")),
    ]
    switch family {
    case .llama:
      members += [
        ("head_dim", .integer(size.headSize)), ("attention_bias", .bool(false)),
        ("mlp_bias", .bool(false)), ("rope_scaling", .null),
      ]
    case .qwen2:
      members += [
        ("use_sliding_window", .bool(false)), ("sliding_window", .null),
        ("max_window_layers", .integer(size.layers)),
      ]
    }
    return .object(members)
  }

  /// The content of `generation_config.json`.
  var generationConfiguration: JSON {
    .object([
      ("bos_token_id", .integer(0)), ("eos_token_id", .integer(2)), ("pad_token_id", .integer(0)),
      ("do_sample", .bool(true)), ("temperature", .number(1)),
    ])
  }
}
