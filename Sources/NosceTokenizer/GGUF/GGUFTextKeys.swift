import NosceFormats

/// The keys of a GGUF file that say something about its text.
package enum GGUFTextKeys {
  package static let model = "tokenizer.ggml.model"
  package static let tokens = "tokenizer.ggml.tokens"
  package static let preTokenizer = "tokenizer.ggml.pre"
  static let merges = "tokenizer.ggml.merges"
  static let spacePrefix = "tokenizer.ggml.add_space_prefix"
  package static let template = "tokenizer.chat_template"
  static let templates = "tokenizer.chat_templates"
  package static let end = "tokenizer.ggml.eos_token_id"

  /// Those that are read, whatever the kind of tokenizer; named chat templates come besides.
  package static let read: Set<String> = [
    model, preTokenizer, merges, spacePrefix, template, templates, tokens,
    GGUFTokens.kindKey, GGUFTokenIDs.beginningKey, end, GGUFTokenIDs.unknownKey,
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

  /// The kind of tokenizer, in words: "byte-level BPE (smollm)"; nil where the file names none.
  package static func kind(of metadata: GGUFMetadata) -> String? {
    guard case .string(let name) = metadata[model] else { return nil }
    switch name {
    case "gpt2":
      guard case .string(let pieces) = metadata[preTokenizer] else { return "byte-level BPE" }
      return "byte-level BPE (\(pieces))"
    case "llama": return "SentencePiece BPE with byte fallback"
    default: return name
    }
  }
}
