/// What GGUF files call the modules of a family, and in which order they keep the rows of each.
///
/// Names: `tensor_mapping.py` of gguf-py. Orders: what `convert_hf_to_gguf.py` of llama.cpp does to
/// each family's tensors.
package struct GGUFTensorNames: Sendable {
  private let family: ModelFamily

  package init(family: ModelFamily) { self.family = family }

  /// The architecture's name in `general.architecture`.
  package var architecture: String {
    switch family {
    // The two differ in their windows only, of which GGUF files say nothing.
    case .llama, .mistral: "llama"
    case .gemma3: "gemma3"
    case .gptNeoX: "gptneox"
    case .qwen2, .qwen3, .gemma2, .phi3, .olmo2, .smollm3, .gpt2: family.rawValue
    }
  }

  /// The name of a module, without `.weight` or `.bias`: `blk.3.attn_q` for
  /// `model.layers.3.self_attn.q_proj`; nil for one that the family does not have.
  package func stem(of path: String) -> String? {
    if let name = Self.outside[path] { return name }
    let parts = path.split(separator: ".").map(String.init)
    guard let place = parts.firstIndex(where: { Int($0) != nil }), place > 0,
      parts[..<place].joined(separator: ".") == layers
    else { return nil }
    return inside[parts[(place + 1)...].joined(separator: ".")].map { "blk.\(parts[place]).\($0)" }
  }

  private var layers: String {
    switch family {
    case .gpt2: "transformer.h"
    case .gptNeoX: "gpt_neox.layers"
    default: "model.layers"
    }
  }

  private static let outside = [
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
    "transformer.wte": "token_embd", "transformer.wpe": "position_embd",
    "transformer.ln_f": "output_norm",
    "gpt_neox.embed_in": "token_embd", "gpt_neox.final_layer_norm": "output_norm",
    "embed_out": "output",
  ]

  private static let shared = [
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down", "input_layernorm": "attn_norm",
  ]

  private var inside: [String: String] {
    switch family {
    case .llama, .mistral, .qwen2, .qwen3, .smollm3:
      Self.shared.merging(["post_attention_layernorm": "ffn_norm"]) { $1 }
    case .phi3:
      Self.shared.merging([
        "post_attention_layernorm": "ffn_norm", "self_attn.qkv_proj": "attn_qkv",
        "mlp.gate_up_proj": "ffn_up",
      ]) { $1 }
    case .gemma2, .gemma3, .olmo2:
      Self.shared.merging([
        "post_attention_layernorm": "post_attention_norm",
        "pre_feedforward_layernorm": "ffn_norm", "post_feedforward_layernorm": "post_ffw_norm",
      ]) { $1 }
    case .gpt2:
      [
        "ln_1": "attn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output",
        "ln_2": "ffn_norm", "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down",
      ]
    case .gptNeoX:
      [
        "input_layernorm": "attn_norm", "attention.query_key_value": "attn_qkv",
        "attention.dense": "attn_output", "post_attention_layernorm": "ffn_norm",
        "mlp.dense_h_to_4h": "ffn_up", "mlp.dense_4h_to_h": "ffn_down",
      ]
    }
  }
}

/// The order of a module's outputs in a GGUF file against the engine's, which is [out, in] with all
/// queries before all keys before all values.
///
/// GPT-2's turned matrices and GPT-NeoX's interleaved ones stand in the engine's order in these files.
package enum GGUFOrder: Sendable, Equatable {
  case same
  /// In each head the two halves that rotary angles pair stand channel by channel beside each other.
  case pairedHalves(headSize: Int)

  /// Of a module by its path.
  package init(_ path: String, in configuration: ModelConfiguration) {
    let isPaired: [ModelFamily] = [.llama, .mistral, .smollm3]
    self =
      isPaired.contains(configuration.family)
        && (path.hasSuffix(".self_attn.q_proj") || path.hasSuffix(".self_attn.k_proj"))
      ? .pairedHalves(headSize: configuration.headDimension) : .same
  }

  /// The row in the file that is the engine's row.
  package func storedRow(_ row: Int) -> Int {
    guard case .pairedHalves(let size) = self else { return row }
    let (head, channel) = row.quotientAndRemainder(dividingBy: size)
    let (half, pair) = channel.quotientAndRemainder(dividingBy: size / 2)
    return head * size + 2 * pair + half
  }
}
