import NosceFormats

/// A token that is looked for in the text itself, before anything else is done to it.
package struct AddedToken: Sendable, Equatable {
  package let id: Int32
  package let content: String
  /// Left out when a text is decoded without special tokens.
  package let isSpecial: Bool
  let isSingleWord: Bool
  let stripsLeft: Bool
  let stripsRight: Bool
  /// Looked for after normalization.
  let isNormalized: Bool

  init(_ reader: ComponentReader) throws(TokenizerError) {
    guard let value = reader.object["id"], let id = ComponentReader.tokenID(value) else {
      throw reader.failure(
        "id = \(reader.object["id"]?.text(indent: 0) ?? "missing")",
        allowed: "a whole number from 0 to \(Int32.max)")
    }
    self.id = id
    content = try reader.requiredString("content")
    guard !content.isEmpty else { throw reader.failure("an empty content", allowed: "some text") }
    isSpecial = try reader.bool("special", default: false)
    isSingleWord = try reader.bool("single_word", default: false)
    stripsLeft = try reader.bool("lstrip", default: false)
    stripsRight = try reader.bool("rstrip", default: false)
    isNormalized = try reader.bool("normalized", default: !isSpecial)
  }
}

/// Finds added tokens in a text: from left to right, the longest that matches.
struct AddedTokenFinder: Sendable {
  enum Part {
    case text([Unicode.Scalar])
    case token(Int32)
  }

  private struct Entry: Sendable {
    let scalars: [Unicode.Scalar]
    let token: AddedToken
  }

  /// By first scalar, longest first.
  private let entries: [UInt32: [Entry]]

  init(_ tokens: [(scalars: [Unicode.Scalar], token: AddedToken)]) {
    var entries: [UInt32: [Entry]] = [:]
    for (scalars, token) in tokens where !scalars.isEmpty {
      entries[scalars[0].value, default: []].append(Entry(scalars: scalars, token: token))
    }
    self.entries = entries.mapValues { $0.sorted { $0.scalars.count > $1.scalars.count } }
  }

  func split(_ text: [Unicode.Scalar], specialTokensAsText: Bool) -> [Part] {
    if entries.isEmpty { return text.isEmpty ? [] : [.text(text)] }
    var parts: [Part] = []
    var end = 0
    var position = 0
    while position < text.count {
      guard let entry = match(text, position) else {
        position += 1
        continue
      }
      let start = position
      position += entry.scalars.count
      let token = entry.token
      if specialTokensAsText, token.isSpecial { continue }
      if token.isSingleWord, isWord(text, start - 1) || isWord(text, position) { continue }
      var first = start
      var last = position
      if token.stripsLeft {
        while first > end, text[first - 1].properties.isWhitespace { first -= 1 }
      }
      if token.stripsRight {
        while last < text.count, text[last].properties.isWhitespace { last += 1 }
      }
      if first > end { parts.append(.text(Array(text[end..<first]))) }
      parts.append(.token(token.id))
      end = last
      position = max(position, end)
    }
    if end < text.count { parts.append(.text(Array(text[end...]))) }
    return parts
  }

  private func match(_ text: [Unicode.Scalar], _ position: Int) -> Entry? {
    entries[text[position].value]?.first { entry in
      position + entry.scalars.count <= text.count
        && text[position..<position + entry.scalars.count].elementsEqual(entry.scalars)
    }
  }

  private func isWord(_ text: [Unicode.Scalar], _ position: Int) -> Bool {
    guard text.indices.contains(position) else { return false }
    let properties = text[position].properties
    switch properties.generalCategory {
    case .decimalNumber, .connectorPunctuation, .nonspacingMark, .spacingMark, .enclosingMark:
      return true
    default: return properties.isAlphabetic
    }
  }
}
