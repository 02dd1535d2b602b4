import NosceFormats

extension Tokenizer {
  /// The bytes that a token adds to a text in whose middle it stands, blanks as blanks; nil for one that
  /// adds none: special tokens, and numbers that no token has.
  ///
  /// Unlike a decoded text they may be no whole character.
  package func bytesInText(of id: Int32) -> [UInt8]? {
    let content: [UInt8]
    if let added = addedByID[id] {
      if added.isSpecial { return nil }
      content = Array(added.writtenContent.utf8)
    } else {
      guard let found = model.vocabulary.bytes(of: id) else { return nil }
      content = Array(found)
    }
    // Without a decoder the reference puts blanks between tokens, so that none has a text of its own.
    guard let bytes = decoder?.bytesInText(of: content), !bytes.isEmpty else { return nil }
    return bytes
  }
}

extension TokenDecoder {
  fileprivate func bytesInText(of content: [UInt8]) -> [UInt8] {
    var isJoined = false
    return bytesInText(of: content, &isJoined)
  }

  /// - Parameter isJoined: whether the tokens are one text already, of which later steps change the
  ///   ends only.
  private func bytesInText(of content: [UInt8], _ isJoined: inout Bool) -> [UInt8] {
    switch self {
    case .sequence(let steps):
      var bytes = content
      for step in steps { bytes = step.bytesInText(of: bytes, &isJoined) }
      return bytes
    case .byteLevel:
      isJoined = true
      var bytes: [UInt8] = []
      content.withUnsafeBufferPointer { ByteAlphabet.appendBytes(of: $0, to: &bytes) }
      return bytes
    case .byteFallback:
      return content.withUnsafeBufferPointer { Self.byte(of: $0) }.map { [$0] } ?? content
    case .fuse:
      isJoined = true
      return content
    case .strip: return isJoined ? content : decode(TokenTexts(one: content)).bytes
    case .replace: return decode(TokenTexts(one: content)).bytes
    case .metaspace(let replacement, _):
      // A blank that is left out stands at the beginning of a text.
      return TokenDecoder.metaspace(replacement, prefixed: false)
        .decode(TokenTexts(one: content)).bytes
    }
  }
}
