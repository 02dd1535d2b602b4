import NosceFormats

/// The added tokens of a checkpoint, put together from its files.
///
/// Ids must be those that the reference library gives, whatever a file says: the vocabulary's where
/// it has the token, else one after the other behind it.
struct AddedTokenList {
  private(set) var tokens: [AddedToken] = []
  private let vocabulary: Vocabulary
  private let normalizer: Normalizer?
  private var next: Int32
  private var places: [[UInt8]: Int] = [:]
  private var contents: [Int32: String] = [:]

  /// Those of a `tokenizer.json`.
  init(
    _ reader: ComponentReader, _ vocabulary: Vocabulary, _ normalizer: Normalizer?
  ) throws(TokenizerError) {
    self.vocabulary = vocabulary
    self.normalizer = normalizer
    next = Int32(vocabulary.count)
    for part in reader.object["added_tokens"] == nil ? [] : try reader.list("added_tokens") {
      guard let token = try AddedToken(part, normalizer) else { continue }
      try append(token, part)
    }
  }

  /// Lays tokens with their ids over those that are there: their flags win, and so does what is
  /// there only by them.
  ///
  /// One that was special stays special, as in the reference library.
  mutating func apply(decoder entries: [TokenSettings.Entry]) throws(TokenizerError) {
    for entry in entries where !entry.content.isEmpty {
      guard let given = entry.id else { continue }
      let place = places[Array(entry.content.utf8)]
      let token = try AddedToken(
        id: given, content: entry.content,
        isSpecial: entry.isSpecial || place.map { tokens[$0].isSpecial } ?? false,
        flags: entry.reader, normalizer)
      guard let place else {
        try append(token, entry.reader)
        continue
      }
      guard tokens[place].id == given else {
        throw entry.reader.failure(
          "\"\(entry.content)\" as \(given)", allowed: "\(tokens[place].id), as in tokenizer.json")
      }
      tokens[place] = token
    }
  }

  /// Adds tokens with ids that are not there yet.
  mutating func apply(older entries: [TokenSettings.Entry]) throws(TokenizerError) {
    for entry in entries where !entry.content.isEmpty && !has(entry.content) {
      guard let id = entry.id else { continue }
      try append(
        try AddedToken(
          id: id, content: entry.content, isSpecial: entry.isSpecial, flags: entry.reader,
          normalizer), entry.reader)
    }
  }

  /// Adds special tokens that are named and not there yet.
  ///
  /// Not the end of a text: a model that has no token for it would never write it, and the reader of
  /// the settings says so.
  mutating func add(_ settings: TokenSettings) throws(TokenizerError) {
    let named = settings.named.filter { $0.name != "eos_token" }.map(\.entry)
    for entry in named + settings.extra where !entry.content.isEmpty && !has(entry.content) {
      try append(
        try AddedToken(
          id: vocabulary.id(of: entry.content) ?? next, content: entry.content, isSpecial: true,
          flags: entry.reader, normalizer), entry.reader)
    }
  }

  private func has(_ content: String) -> Bool { places[Array(content.utf8)] != nil }

  private mutating func append(
    _ token: AddedToken, _ part: ComponentReader
  ) throws(TokenizerError) {
    let inModel = vocabulary.id(of: token.content)
    guard token.id == inModel ?? next else {
      throw part.failure(
        "\"\(token.content)\" as \(token.id)",
        allowed: inModel.map { "\($0), as in the vocabulary" } ?? "\(next), the next free id")
    }
    if inModel == nil, let other = vocabulary.content(of: token.id) {
      throw part.failure(
        "\"\(token.content)\" as \(token.id), which the vocabulary gives as \"\(other)\"",
        allowed: "one token for each id")
    }
    if let other = contents.updateValue(token.content, forKey: token.id) {
      throw part.failure(
        "the id \(token.id) for \"\(token.content)\" and \"\(other)\"",
        allowed: "one token for each id")
    }
    let content = Array(token.content.utf8)
    if places[content] == nil { places[content] = tokens.count }
    tokens.append(token)
    if token.id >= next {
      guard token.id < .max else { throw part.failure("the id \(token.id)", allowed: "less") }
      next = token.id + 1
    }
  }
}
