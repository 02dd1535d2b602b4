import NosceFormats

/// The tokens of a GGUF file with their kinds, checked against each other.
struct GGUFTokens {
  /// The kinds by their numbers in the file (`llama.h`, llama_token_type).
  enum Kind: Int {
    case undefined = 0
    case normal = 1
    case unknown = 2
    case control = 3
    case userDefined = 4
    case unused = 5
    case byte = 6
  }

  static let listKey = GGUFTextKeys.tokens
  static let kindKey = "tokenizer.ggml.token_type"
  static let scoreKey = "tokenizer.ggml.scores"

  let file: String
  let vocabulary: Vocabulary
  private(set) var kinds: [Kind]

  init(_ metadata: GGUFMetadata) throws(TokenizerError) {
    file = metadata.file
    let list = try translated { () throws(CheckpointError) in
      guard let list = try metadata.strings(Self.listKey), list.count > 0 else {
        throw metadata.failure(Self.listKey, allowed: "the tokens, each a text")
      }
      return list
    }
    let count = list.count
    guard count < Int32.max else {
      throw TokenizerError(
        file: file, found: "\(count) tokens", allowed: "less than \(Int32.max)")
    }
    kinds = [Kind](repeating: .normal, count: count)
    let stored = try translated { () throws(CheckpointError) in
      try metadata.integers(Self.kindKey)
    }
    if let stored {
      try Self.check(stored.count, Self.kindKey, tokens: count, file)
      for (index, number) in stored.enumerated() {
        guard let kind = Kind(rawValue: number) else {
          throw TokenizerError(
            file: file, found: "\(Self.kindKey)[\(index)] = \(number)", allowed: "0 to 6")
        }
        kinds[index] = kind
      }
    }
    vocabulary = try Vocabulary(list, key: Self.listKey, file: file)
    makeControl()
  }

  var count: Int { kinds.count }

  func content(of id: Int32) -> String { vocabulary.content(of: id) ?? "" }

  static func check(
    _ found: Int, _ key: String, tokens count: Int, _ file: String
  ) throws(TokenizerError) {
    guard found == count else {
      throw TokenizerError(
        file: file, found: "\(key) with \(found) entries",
        allowed: "\(count), one for each of \(listKey)")
    }
  }

  // MARK: Ends

  /// Texts of tokens that end an answer in the families that the engine has; llama.cpp has more
  /// (`special_eog_ids` in `llama-vocab.cpp`).
  static let ends = [
    "<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|eom_id|>",
    "<|end_of_text|>", "<EOT>", "</s>", "<eos>", "<\u{FF5C}end\u{2581}of\u{2581}sentence\u{FF5C}>",
  ]

  /// Files of older converters have such tokens as ordinary ones, which no text would ever be cut
  /// at; llama.cpp takes them as control tokens all the same.
  ///
  /// `</s>` and `<eos>` stay what the file says: in some vocabularies the former is a mark of HTML.
  private mutating func makeControl() {
    for text in Self.ends where text != "</s>" && text != "<eos>" {
      guard let id = vocabulary.id(of: text) else { continue }
      switch kinds[Int(id)] {
      case .undefined, .normal, .userDefined: kinds[Int(id)] = .control
      case .unknown, .control, .unused, .byte: continue
      }
    }
  }

  // MARK: Added tokens

  /// The tokens that are looked for in the text itself.
  ///
  /// - Parameter swallowBlanks: whether special tokens take the blanks behind them.
  func added(swallowBlanks: Bool) -> [AddedToken] {
    kinds.indices.compactMap { index in
      let isSpecial: Bool
      switch kinds[index] {
      case .control, .unknown: isSpecial = true
      case .userDefined: isSpecial = false
      case .undefined, .normal, .unused, .byte: return nil
      }
      let content = content(of: Int32(index))
      let keepsBlanks = !swallowBlanks || ["<unk>", "<s>", "<|endoftext|>"].contains(content)
      return AddedToken(
        id: Int32(index), content: content, isSpecial: isSpecial, stripsRight: !keepsBlanks)
    }
  }
}

/// Errors of the file's reader as those of a tokenizer.
func translated<Result>(
  _ body: () throws(CheckpointError) -> Result
) throws(TokenizerError) -> Result {
  do throws(CheckpointError) {
    return try body()
  } catch {
    throw TokenizerError(file: error.file, found: error.found, allowed: error.allowed)
  }
}
