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
  /// What the token is looked for as, and decoded to: its content, normalized if the flag says so.
  let writtenContent: String

  var isWrittenAsIs: Bool { writtenContent.utf8.elementsEqual(content.utf8) }

  /// Nil for one without content, which is never found.
  init?(_ reader: ComponentReader, _ normalizer: Normalizer?) throws(TokenizerError) {
    guard let value = reader.object["id"], let id = ComponentReader.tokenID(value) else {
      throw reader.failure(
        "id = \(reader.object["id"]?.text(indent: 0) ?? "missing")",
        allowed: "a whole number from 0 to \(Int32.max)")
    }
    let content = try reader.requiredString("content")
    if content.isEmpty { return nil }
    try self.init(
      id: id, content: content, isSpecial: try reader.bool("special", default: false),
      flags: reader, normalizer)
  }

  /// One that is looked for as it is written.
  init(id: Int32, content: String, isSpecial: Bool, stripsRight: Bool) {
    self.id = id
    self.content = content
    self.isSpecial = isSpecial
    self.stripsRight = stripsRight
    isSingleWord = false
    stripsLeft = false
    isNormalized = false
    writtenContent = content
  }

  /// The other flags are read from an object, which may have none of them.
  init(
    id: Int32, content: String, isSpecial: Bool, flags reader: ComponentReader,
    _ normalizer: Normalizer?
  ) throws(TokenizerError) {
    self.id = id
    self.content = content
    self.isSpecial = isSpecial
    isSingleWord = try reader.bool("single_word", default: false)
    stripsLeft = try reader.bool("lstrip", default: false)
    stripsRight = try reader.bool("rstrip", default: false)
    isNormalized = try reader.bool("normalized", default: !isSpecial)
    let written = isNormalized ? normalizer?.apply(Array(content.utf8)) : nil
    writtenContent = written.map { String(decoding: $0, as: UTF8.self) } ?? content
  }
}

/// Finds added tokens in a text: from left to right, the longest that matches.
struct AddedTokenFinder: Sendable {
  enum Part {
    case text(Range<Int>)
    case token(Int32)
  }

  /// A node of the tree of all tokens' bytes.
  private struct Node: Sendable {
    let byte: UInt8
    var child: Int32 = -1
    var sibling: Int32 = -1
    /// The token that ends here.
    var token: Int32 = -1
  }

  private var nodes: [Node] = []
  /// The node of each first byte, -1 for none.
  private var roots = [Int32](repeating: -1, count: 256)
  private var tokens: [AddedToken] = []

  /// The tokens with the bytes to look for.
  init(_ tokens: [(bytes: [UInt8], token: AddedToken)]) {
    for (bytes, token) in tokens where !bytes.isEmpty {
      var place = roots[Int(bytes[0])]
      if place < 0 {
        place = addNode(bytes[0])
        roots[Int(bytes[0])] = place
      }
      for byte in bytes.dropFirst() { place = child(of: place, byte) ?? addChild(of: place, byte) }
      // Of two with the same bytes the first counts.
      if nodes[Int(place)].token >= 0 { continue }
      nodes[Int(place)].token = Int32(self.tokens.count)
      self.tokens.append(token)
    }
  }

  private mutating func addNode(_ byte: UInt8) -> Int32 {
    nodes.append(Node(byte: byte))
    return Int32(nodes.count - 1)
  }

  private mutating func addChild(of place: Int32, _ byte: UInt8) -> Int32 {
    let new = addNode(byte)
    nodes[Int(new)].sibling = nodes[Int(place)].child
    nodes[Int(place)].child = new
    return new
  }

  private func child(of place: Int32, _ byte: UInt8) -> Int32? {
    var next = nodes[Int(place)].child
    while next >= 0 {
      if nodes[Int(next)].byte == byte { return next }
      next = nodes[Int(next)].sibling
    }
    return nil
  }

  /// The parts of a text of valid UTF-8; none is an empty text.
  func split(
    _ text: UnsafeBufferPointer<UInt8>, specialTokensAsText: Bool, _ body: (Part) -> Void
  ) {
    var end = 0
    var position = 0
    while !tokens.isEmpty, position < text.count {
      if roots[Int(text[position])] < 0 {
        position += 1
        continue
      }
      guard let (token, length) = match(text, position) else {
        position += 1
        continue
      }
      let start = position
      position += length
      if specialTokensAsText, token.isSpecial { continue }
      if token.isSingleWord, text.endsInWord(start) || text.beginsWord(position) { continue }
      var first = start
      var last = position
      if token.stripsLeft { first = max(text.start(ofSpaceBefore: start), end) }
      if token.stripsRight { last = text.end(ofSpaceFrom: position) }
      if first > end { body(.text(end..<first)) }
      body(.token(token.id))
      end = last
    }
    if end < text.count { body(.text(end..<text.count)) }
  }

  private func match(
    _ text: UnsafeBufferPointer<UInt8>, _ start: Int
  ) -> (token: AddedToken, length: Int)? {
    var place: Int32? = roots[Int(text[start])]
    var position = start + 1
    var found: (token: Int32, length: Int)?
    while let node = place {
      if nodes[Int(node)].token >= 0 { found = (nodes[Int(node)].token, position - start) }
      guard position < text.count else { break }
      place = child(of: node, text[position])
      position += 1
    }
    return found.map { (tokens[Int($0.token)], $0.length) }
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate func endsInWord(_ position: Int) -> Bool {
    position > 0 && isWord(scalarBefore(position).value)
  }

  fileprivate func beginsWord(_ position: Int) -> Bool {
    position < count && isWord(scalar(at: position).value)
  }

  fileprivate func start(ofSpaceBefore position: Int) -> Int {
    var position = position
    while position > 0, case let (value, length) = scalarBefore(position), isSpace(value) {
      position -= length
    }
    return position
  }

  fileprivate func end(ofSpaceFrom position: Int) -> Int {
    var position = position
    while position < count, case let (value, length) = scalar(at: position), isSpace(value) {
      position += length
    }
    return position
  }

  private func scalarBefore(_ position: Int) -> (value: UInt32, length: Int) {
    var start = position - 1
    while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
    return scalar(at: start)
  }

  private func isSpace(_ value: UInt32) -> Bool {
    Unicode.Scalar(value)?.properties.isWhitespace ?? false
  }

  private func isWord(_ value: UInt32) -> Bool {
    // The reference library's letters are those of Unicode 16.
    guard let scalar = Unicode.Scalar(value), scalar.properties.age.map({ $0.major <= 16 }) ?? true
    else { return false }
    switch scalar.properties.generalCategory {
    case .decimalNumber, .connectorPunctuation, .nonspacingMark, .spacingMark, .enclosingMark:
      return true
    default: return scalar.properties.isAlphabetic || value == 0x200C || value == 0x200D
    }
  }
}
