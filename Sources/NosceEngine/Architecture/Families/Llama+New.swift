import NosceFormats

extension Llama {
  /// The shape of a new model of this family, to be trained from nothing.
  package struct Shape: Sendable, Equatable {
    package var vocabularySize: Int
    package var hiddenSize: Int
    package var intermediateSize: Int
    package var layerCount: Int
    package var headCount: Int
    package var keyValueHeadCount: Int
    package var headDimension: Int
    package var maximumPositions: Int
    package var normEpsilon = 1e-6
    package var rotaryBase = 10000.0
    package var tiedEmbeddings = false
    package var attentionBias = false
    package var mlpBias = false
    package var initializerRange = 0.02
    package var padTokenID: Int?
    package var eosTokenIDs: [Int] = []

    package init(
      vocabularySize: Int, hiddenSize: Int, intermediateSize: Int, layerCount: Int,
      headCount: Int, keyValueHeadCount: Int, headDimension: Int? = nil, maximumPositions: Int
    ) {
      self.vocabularySize = vocabularySize
      self.hiddenSize = hiddenSize
      self.intermediateSize = intermediateSize
      self.layerCount = layerCount
      self.headCount = headCount
      self.keyValueHeadCount = keyValueHeadCount
      self.headDimension = headDimension ?? hiddenSize / headCount
      self.maximumPositions = maximumPositions
    }

    /// The content of a Hugging Face `config.json`.
    ///
    /// `torch_dtype`, `rope_theta` and `rope_scaling` are the older spellings, which both older and
    /// newer versions of the reference library read.
    package var json: JSON {
      .object([
        ("architectures", .array([.string(ModelFamily.llama.architecture)])),
        ("model_type", .string(ModelFamily.llama.rawValue)),
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
        ("rope_scaling", .null),
        ("tie_word_embeddings", .bool(tiedEmbeddings)),
        ("attention_bias", .bool(attentionBias)),
        ("attention_dropout", .number(0)),
        ("mlp_bias", .bool(mlpBias)),
        ("initializer_range", .number(initializerRange)),
        ("bos_token_id", .null),
        ("eos_token_id", eosJSON),
        ("pad_token_id", padTokenID.map { .integer($0) } ?? .null),
        ("torch_dtype", .string("float32")),
        ("use_cache", .bool(true)),
      ])
    }

    private var eosJSON: JSON {
      switch eosTokenIDs.count {
      case 0: .null
      case 1: .integer(eosTokenIDs[0])
      default: .array(eosTokenIDs.map { .integer($0) })
      }
    }

    /// The same, read as every configuration is read.
    package func configuration() throws(CheckpointError) -> ModelConfiguration {
      try Llama.configuration(
        SettingsReader(file: "a new model", object: json.object ?? JSONObject()))
    }
  }
}
