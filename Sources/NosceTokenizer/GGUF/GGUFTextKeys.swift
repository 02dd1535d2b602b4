import NosceFormats

/// The keys of a GGUF file that say something about its text.
package enum GGUFTextKeys {
  static let model = "tokenizer.ggml.model"
  static let preTokenizer = "tokenizer.ggml.pre"
  static let merges = "tokenizer.ggml.merges"
  static let spacePrefix = "tokenizer.ggml.add_space_prefix"
  static let template = "tokenizer.chat_template"
  static let templates = "tokenizer.chat_templates"

  /// Those that are read, whatever the kind of tokenizer; named chat templates come besides.
  package static let read: Set<String> = [
    model, preTokenizer, merges, spacePrefix, template, templates, GGUFTokens.listKey,
    GGUFTokens.kindKey, GGUFTokenIDs.beginningKey, GGUFTokenIDs.endKey, GGUFTokenIDs.unknownKey,
    GGUFTokenIDs.paddingKey, GGUFTokenIDs.endOfTurnKey, GGUFTokenIDs.endOfMessageKey,
    "tokenizer.ggml.add_bos_token", "tokenizer.ggml.add_eos_token",
  ]

  /// The keys below `tokenizer.` that nothing reads in this file, in its order.
  ///
  /// What belongs to another kind of tokenizer is among them: scores beside merges, or merges beside
  /// scores.
  package static func unread(in metadata: GGUFMetadata) -> [String] {
    let kind = try? metadata.string(model)
    return metadata.keys.filter { key in
      guard key.hasPrefix("tokenizer.") else { return false }
      switch key {
      case GGUFTokens.scoreKey, spacePrefix: return kind != "llama"
      case merges, preTokenizer: return kind != "gpt2"
      default: return !read.contains(key)
      }
    }
  }
}
