import NosceFormats

/// The tokens that a GGUF file names by their ids.
struct GGUFTokenIDs {
  static let beginningKey = "tokenizer.ggml.bos_token_id"
  static let endKey = GGUFTextKeys.end
  static let unknownKey = "tokenizer.ggml.unknown_token_id"
  static let paddingKey = "tokenizer.ggml.padding_token_id"
  static let endOfTurnKey = "tokenizer.ggml.eot_token_id"
  static let endOfMessageKey = "tokenizer.ggml.eom_token_id"

  let beginning: Int32?
  let end: Int32?
  let unknown: Int32?
  let padding: Int32?
  let endOfTurn: Int32?
  let endOfMessage: Int32?

  /// - Parameters:
  ///   - count: how many tokens there are.
  ///   - isSpecial: whether a token is a control token or stands for the unknown.
  init(
    _ metadata: GGUFMetadata, count: Int, isSpecial: (Int32) -> Bool
  ) throws(TokenizerError) {
    func id(_ key: String, default standard: Int32? = nil) throws(TokenizerError) -> Int32? {
      let stored = try translated { () throws(CheckpointError) in
        try metadata.integer(key, in: 0...count - 1)
      }
      // A default that is an ordinary word belongs to another vocabulary.
      return stored.map(Int32.init) ?? standard.flatMap { $0 < count && isSpecial($0) ? $0 : nil }
    }
    let model = try translated { () throws(CheckpointError) in
      try metadata.string(GGUFTextKeys.model)
    }
    // SentencePiece's defaults; for byte-level vocabularies llama.cpp has only Falcon's, which are
    // other models' words.
    let hasDefaults = model == "llama"
    beginning = try id(Self.beginningKey, default: hasDefaults ? 1 : nil)
    end = try id(Self.endKey, default: hasDefaults ? 2 : nil)
    unknown = try id(Self.unknownKey, default: hasDefaults ? 0 : nil)
    padding = try id(Self.paddingKey)
    endOfTurn = try id(Self.endOfTurnKey)
    endOfMessage = try id(Self.endOfMessageKey)
  }

  /// What stands around every text.
  func postProcessor(
    _ metadata: GGUFMetadata, addsBeginning: Bool
  ) throws(TokenizerError) -> PostProcessor {
    func tokens(
      _ key: String, _ standard: Bool, _ id: Int32?, _ idKey: String
    ) throws(TokenizerError) -> [Int32] {
      let stored = try translated { () throws(CheckpointError) in try metadata.bool(key) }
      guard stored ?? standard else { return [] }
      guard let id else {
        let found =
          stored == nil ? "a tokenizer that begins every text with a token" : "\(key) = true"
        throw TokenizerError(
          file: metadata.file, found: "\(found), but no \(idKey)",
          allowed: "\(idKey), or \(key) = false")
      }
      return [id]
    }
    return PostProcessor(
      prefix: try tokens(
        "tokenizer.ggml.add_bos_token", addsBeginning, beginning, Self.beginningKey),
      suffix: try tokens("tokenizer.ggml.add_eos_token", false, end, Self.endKey))
  }
}
