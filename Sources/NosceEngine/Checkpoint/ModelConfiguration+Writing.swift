import Foundation
import NosceFormats

extension ModelConfiguration {
  /// The configuration as the content of a Hugging Face `config.json`.
  ///
  /// `torch_dtype`, `rope_theta` and `rope_scaling` are the older spellings, which both older and
  /// newer versions of the reference library read.
  package var json: JSON {
    .object([
      ("architectures", .array([.string("LlamaForCausalLM")])),
      ("model_type", .string(family.rawValue)),
      ("vocab_size", .integer(vocabularySize)),
      ("hidden_size", .integer(hiddenSize)),
      ("intermediate_size", .integer(intermediateSize)),
      ("num_hidden_layers", .integer(layerCount)),
      ("num_attention_heads", .integer(headCount)),
      ("num_key_value_heads", .integer(keyValueHeadCount)),
      ("head_dim", .integer(headDimension)),
      ("max_position_embeddings", .integer(maximumPositions)),
      ("hidden_act", .string("silu")),
      ("rms_norm_eps", .number(normEpsilon)),
      ("rope_theta", .number(rotaryBase)),
      ("rope_scaling", rotaryScaling.json),
      ("tie_word_embeddings", .bool(tiedEmbeddings)),
      ("attention_bias", .bool(attentionBias)),
      ("attention_dropout", .number(0)),
      ("mlp_bias", .bool(mlpBias)),
      ("initializer_range", .number(initializerRange)),
      ("bos_token_id", bosTokenID.map { .integer($0) } ?? .null),
      ("eos_token_id", eosJSON),
      ("pad_token_id", padTokenID.map { .integer($0) } ?? .null),
      ("torch_dtype", .string(storedTypeName)),
      ("use_cache", .bool(true)),
    ])
  }

  /// Writes `config.json` into a folder.
  package func write(to directory: URL) throws(CheckpointError) {
    try writeAtomically(json.text() + "\n", to: directory.appendingPathComponent("config.json"))
  }

  private var eosJSON: JSON {
    switch eosTokenIDs.count {
    case 0: .null
    case 1: .integer(eosTokenIDs[0])
    default: .array(eosTokenIDs.map { .integer($0) })
    }
  }

  private var storedTypeName: String {
    switch storedType {
    case .bfloat16: "bfloat16"
    case .float16: "float16"
    default: "float32"
    }
  }
}
