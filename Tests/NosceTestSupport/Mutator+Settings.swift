import NosceFormats

// Damage to settings: keys and values that readers act upon, and text that is no JSON.
extension Mutator {
  /// Values as they stand in JSON text, not all of which is JSON.
  private static let hostileValues = [
    "0", "-1", "1", "2", "3", "5", "7", "16", "33", "64", "127", "4096", "65536", "1000000",
    "2147483647", "2147483648", "4294967296", "9223372036854775807", "-9223372036854775808",
    "9223372036854775808", "18446744073709551616", "0.0", "-0.0", "0.5", "1.5", "-1.5", "0.001",
    "1e-300", "1e-320", "1e30", "1e300", "1e308", "-1e308", "1e309", "NaN", "Infinity",
    "-Infinity", "null", "true", "false", "\"\"", "\"0\"", "\"NaN\"", "\"yarn\"", "\"gelu\"",
    "\"\\u0000\"", "\"\\ud800\"", "\"../../etc/passwd\"", "\"((((){1000}){1000}){1000}){1000}\"",
    "\"(a*)*b\"", "\"(?P<x>\"", "\".*\"", "[]", "{}", "[0]", "[null]", "[1e308, -1]",
    "[\"full_attention\"]", "[\"sliding_attention\", \"sliding_attention\"]", "[[[[]]]]",
    "{\"a\": {\"b\": []}}", "{\"rope_type\": \"linear\", \"factor\": 1e308}",
    "{\"rope_type\": \"dynamic\", \"factor\": 1e308}",
    "{\"rope_type\": \"dynamic\", \"factor\": 1e-308}",
    "{\"rope_type\": \"yarn\", \"factor\": 1e300, \"rope_theta\": 1.0000001}",
    "{\"rope_type\": \"longrope\", \"short_factor\": [1e-300], \"long_factor\": []}",
    "{\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1, \"high_freq_factor\": 4}",
    "{\"partial_rotary_factor\": 1e308}", "{\".*\": 65536}", "{\"layers\\\\.1\\\\..*\": 65536}",
  ]

  /// Keys that change what is built, whether or not the file has them.
  package static let settings = [
    "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
    "num_key_value_heads", "head_dim", "max_position_embeddings", "rope_theta", "rope_scaling",
    "rope_parameters", "partial_rotary_factor", "rotary_pct", "rotary_emb_base", "rms_norm_eps",
    "layer_norm_eps", "layer_norm_epsilon", "sliding_window", "use_sliding_window",
    "max_window_layers", "layer_types", "sliding_window_pattern", "no_rope_layers",
    "no_rope_layer_interval", "tie_word_embeddings", "attention_bias", "mlp_bias", "n_embd",
    "n_layer", "n_head", "n_positions", "n_inner", "query_pre_attn_scalar",
    "attn_logit_softcapping", "final_logit_softcapping", "rope_local_base_freq",
    "original_max_position_embeddings", "model_type", "architectures", "hidden_act",
    "num_local_experts", "num_experts", "quantization_config", "eos_token_id", "pad_token_id",
    "bos_token_id", "initializer_range", "dtype", "use_parallel_residual",
    "scale_attn_by_inverse_layer_idx",
  ]

  /// The same of adapters.
  package static let adapterSettings = [
    "r", "lora_alpha", "target_modules", "exclude_modules", "rank_pattern", "alpha_pattern",
    "use_rslora", "layers_to_transform", "layers_pattern", "lora_dropout", "bias", "use_dora",
    "fan_in_fan_out", "peft_type", "modules_to_save", "init_lora_weights", "eva_config",
    "base_model_name_or_path", "target_parameters", "layer_replication",
  ]

  /// A JSON text with some values, keys or members changed.
  package mutating func damagedJSON(_ bytes: [UInt8], keys: [String]) -> [UInt8] {
    if chance(6) { return damagedBytes(bytes) }
    guard var json = try? JSON(parsing: bytes) else { return damagedBytes(bytes) }
    var literals: [String] = []
    for _ in 0...below(3) { json = changed(json, keys: keys, literals: &literals) }
    var text = json.text(indent: chance(2) ? 0 : 2)
    for (index, literal) in literals.enumerated() {
      text = text.replacing("\"@\(index)@\"", with: literal)
    }
    return Array(text.utf8)
  }

  /// Values that are no JSON are put in later, in place of a mark.
  private mutating func hostile(_ literals: inout [String]) -> JSON {
    literals.append(pick(Self.hostileValues))
    return .string("@\(literals.count - 1)@")
  }

  private mutating func changed(
    _ json: JSON, keys: [String], literals: inout [String]
  ) -> JSON {
    switch json {
    case .object(var object):
      if chance(3) || object.members.isEmpty {
        // A setting, whether it is there or not.
        let key = pick(keys)
        object.members.removeAll { $0.key == key }
        object.members.append((key, hostile(&literals)))
        return .object(object)
      }
      let index = below(object.members.count)
      switch below(8) {
      case 0: object.members.remove(at: index)
      case 1: object.members.append(object.members[index])
      case 2: object.members[index].key = pick(keys)
      case 3:
        let other = below(object.members.count)
        let value = object.members[index].value
        object.members[index].value = object.members[other].value
        object.members[other].value = value
      default:
        object.members[index].value = changed(
          object.members[index].value, keys: keys, literals: &literals)
      }
      return .object(object)
    case .array(var values) where !values.isEmpty && !chance(4):
      let index = below(values.count)
      switch below(4) {
      case 0: values.remove(at: index)
      case 1: values.append(values[index])
      default: values[index] = changed(values[index], keys: keys, literals: &literals)
      }
      return .array(values)
    case .integer(let value) where chance(3):
      return .integer(pick([value &+ 1, value &- 1, value &* 2, value / 2, 0 &- value]))
    default: return hostile(&literals)
    }
  }
}
