import NosceFormats

/// The sizes that every family's `config.json` gives, checked against each other.
struct CommonSizes {
  /// What a family calls them, where it differs from Llama.
  struct Keys {
    var hidden = "hidden_size"
    var layers = "num_hidden_layers"
    var heads = "num_attention_heads"
    var positions = "max_position_embeddings"
  }

  /// No width of a layer may be larger, which keeps every count of a model's numbers far within a
  /// machine word: thousands of layers of that width on both sides.
  static let widest = 1 << 22
  static let mostLayers = 2000

  let vocabulary: Int
  let hidden: Int
  let layers: Int
  let heads: Int
  let keyValueHeads: Int
  let headSize: Int
  let positions: Int

  /// - Parameters:
  ///   - keyValueHeads: what an absent `num_key_value_heads` means; nil means one for each head.
  ///   - headSize: what an absent `head_dim` means; nil means the hidden size over the heads.
  ///   - ignoresHeadSize: the family has no `head_dim`, and the reference does not read it.
  ///   - dividesHidden: the heads must divide the hidden size even where `head_dim` is given.
  init(
    _ settings: SettingsReader, keys: Keys = Keys(), keyValueHeads standard: Int? = nil,
    headSize: Int? = nil, ignoresHeadSize: Bool = false, dividesHidden: Bool = false,
    positions: Int = 2048
  ) throws(CheckpointError) {
    let sizes = 1...Int(Int32.max)
    vocabulary = try settings.integer("vocab_size", in: sizes)
    hidden = try settings.integer(keys.hidden, in: 1...Self.widest)
    layers = try settings.integer(keys.layers, in: 1...Self.mostLayers)
    heads = try settings.integer(keys.heads, in: 1...100_000)
    keyValueHeads =
      try settings.optionalSize("num_key_value_heads", default: standard) ?? heads
    guard heads % keyValueHeads == 0 else {
      throw settings.failure(
        "\(keys.heads) = \(heads), num_key_value_heads = \(keyValueHeads)",
        allowed: "a number of heads that the number of key-value heads divides")
    }
    let given = ignoresHeadSize ? nil : try settings.optionalSize("head_dim", default: headSize)
    guard hidden % heads == 0 || (given != nil && !dividesHidden) else {
      throw settings.failure(
        "\(keys.hidden) = \(hidden), \(keys.heads) = \(heads)",
        allowed: "a hidden size that the number of heads divides"
          + (dividesHidden ? "" : ", or head_dim"))
    }
    self.headSize = given ?? hidden / heads
    guard self.headSize <= 1 << 16 else {
      throw settings.failure("heads of \(self.headSize) channels", allowed: "at most 65536")
    }
    guard self.headSize * heads <= Self.widest else {
      throw settings.failure(
        "\(heads) heads of \(self.headSize) channels",
        allowed: "at most \(Self.widest) channels together")
    }
    self.positions = try settings.integer(keys.positions, in: sizes, default: positions)
  }
}
