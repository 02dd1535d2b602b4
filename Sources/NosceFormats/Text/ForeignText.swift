/// What bytes are where text in UTF-8 was to stand: another encoding, or a compressed file.
///
/// Every reader of text files asks here, so that all say the same words.
package enum ForeignText {
  /// The mark that some editors put before text in UTF-8. It is read over.
  package static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The text of a file.
  ///
  /// - Returns: nil where the bytes are no UTF-8; ``name(of:)`` then says what they are.
  package static func text<Bytes: Collection<UInt8>>(of bytes: Bytes) -> String? {
    if signature(of: bytes) != nil { return nil }
    let hasMark = bytes.starts(with: mark)
    return String(validating: bytes.dropFirst(hasMark ? mark.count : 0), as: UTF8.self)
  }

  /// What the bytes are, in words that follow "found"; nil for text in UTF-8.
  package static func name<Bytes: Collection<UInt8>>(of bytes: Bytes) -> String? {
    if let signature = signature(of: bytes) { return signature }
    guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
    let place = firstWrongByte(of: bytes)
    let index = bytes.index(bytes.startIndex, offsetBy: place)
    let byte = String(bytes[index], radix: 16, uppercase: true)
    let isBinary = bytes.prefix(4096).contains { $0 < 0x20 && ![9, 10, 12, 13].contains($0) }
    let kind = isBinary ? "bytes that are no text" : "text in Latin-1 or another encoding"
    return "\(kind) (byte \(place + 1) is 0x\(byte), which is no UTF-8 there)"
  }

  /// The same by the first bytes alone, which cost nothing to look at.
  package static func signature<Bytes: Collection<UInt8>>(of bytes: Bytes) -> String? {
    let start = Array(bytes.prefix(256))
    for (magic, name) in signatures where start.starts(with: magic) { return name }
    // Behind the letters, a digit for the size of blocks, and the first block's own mark.
    let isBlock = start.dropFirst(4).starts(with: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
    if start.starts(with: Array("BZh".utf8)), isBlock { return "a file compressed by bzip2" }
    return unmarked(start)
  }

  /// In UTF-32 before UTF-16, whose mark is the beginning of the other's.
  private static let signatures: [([UInt8], String)] = [
    ([0xFF, 0xFE, 0, 0], "text in UTF-32, the low byte first"),
    ([0, 0, 0xFE, 0xFF], "text in UTF-32, the high byte first"),
    ([0xFF, 0xFE], "text in UTF-16, the low byte first"),
    ([0xFE, 0xFF], "text in UTF-16, the high byte first"),
    ([0x1F, 0x8B], "a file compressed by gzip"),
    ([0x28, 0xB5, 0x2F, 0xFD], "a file compressed by zstd"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "a file compressed by xz"),
    ([0x04, 0x22, 0x4D, 0x18], "a file compressed by lz4"),
    ([0x50, 0x4B, 3, 4], "a zip archive"),
    (Array("PAR1".utf8) + [0x15], "a Parquet file"),
    (Array("ARROW1".utf8) + [0, 0], "an Arrow file"),
    (Array("SQLite format 3".utf8) + [0], "an SQLite database"),
  ]

  /// The wider encodings without a mark: texts in them begin with letters and brackets, of whose
  /// bytes the same ones are zero throughout.
  private static func unmarked(_ start: [UInt8]) -> String? {
    guard start.count >= 2, start.contains(0) else { return nil }
    func zeros(_ place: Int, of width: Int) -> Double {
      let places = stride(from: place, to: start.count / width * width, by: width)
      let count = places.reduce(0) { $0 + (start[$1] == 0 ? 1 : 0) }
      return Double(count * width) / Double(max(width, start.count / width * width))
    }
    if start.count >= 4 {
      let quarters = (0..<4).map { zeros($0, of: 4) }
      // No character is beyond the planes that three bytes name.
      if quarters[3] == 1, quarters[2] > 0.9, quarters[0] < 0.5 {
        return "text in UTF-32, the low byte first"
      }
      if quarters[0] == 1, quarters[1] > 0.9, quarters[3] < 0.5 {
        return "text in UTF-32, the high byte first"
      }
    }
    // The first two characters of JSON and mostly of YAML are of ASCII, whatever follows.
    let halves = (0..<2).map { half in
      let begins = stride(from: half, to: min(4, start.count), by: 2).allSatisfy { start[$0] == 0 }
      return (zeros: zeros(half, of: 2), begins: begins)
    }
    if halves[1].zeros > 0.4 || halves[1].begins, halves[0].zeros < 0.1 {
      return "text in UTF-16, the low byte first"
    }
    if halves[0].zeros > 0.4 || halves[0].begins, halves[1].zeros < 0.1 {
      return "text in UTF-16, the high byte first"
    }
    return nil
  }

  /// How many bytes stand before the first that is no part of UTF-8.
  private static func firstWrongByte<Bytes: Collection<UInt8>>(of bytes: Bytes) -> Int {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var place = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      place += UTF8.width(scalar)
    }
    return min(place, max(0, bytes.count - 1))
  }
}
