/// The visible characters with which byte-level vocabularies write the 256 bytes.
///
/// Printable Latin-1 characters stand for themselves; the other bytes take, in order, the characters
/// from U+0100 on. A space becomes "Ġ", a line feed "Ċ".
enum ByteAlphabet {
  static let scalars: [Unicode.Scalar] = {
    var next: UInt32 = 256
    return (0..<256 as Range<UInt32>).map { byte in
      let isVisible = (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174
      var value = byte
      if !isVisible {
        value = next
        next += 1
      }
      return Unicode.Scalar(value) ?? " "
    }
  }()

  private static let bytes: [UInt32: UInt8] = Dictionary(
    uniqueKeysWithValues: zip(scalars.map(\.value), UInt8.min...UInt8.max))

  static func encode(_ bytes: some Sequence<UInt8>) -> String {
    String(scalars: bytes.lazy.map { scalars[Int($0)] })
  }

  /// The bytes that a text of this alphabet stands for; nil if a character is not of it.
  static func decode(_ text: String) -> [UInt8]? {
    var result: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = bytes[scalar.value] else { return nil }
      result.append(byte)
    }
    return result
  }
}
