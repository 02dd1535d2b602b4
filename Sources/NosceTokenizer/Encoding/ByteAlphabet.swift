import NosceFormats

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

  /// The byte that each scalar below U+0144 stands for; -1 for those outside of the alphabet.
  private static let bytes: [Int16] = {
    var bytes = [Int16](repeating: -1, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar.value)] = Int16(byte) }
    return bytes
  }()

  static func byte(of scalar: UInt32) -> UInt8? {
    scalar < bytes.count && bytes[Int(scalar)] >= 0 ? UInt8(bytes[Int(scalar)]) : nil
  }

  static func encode(_ bytes: some Sequence<UInt8>) -> String {
    String(scalars: bytes.lazy.map { scalars[Int($0)] })
  }

  /// Appends the visible form of some bytes, as UTF-8.
  static func append(_ bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    for byte in bytes {
      let value = scalars[Int(byte)].value
      if value < 0x80 {
        output.append(UInt8(value))
      } else {
        output.append(0xC0 | UInt8(value >> 6))
        output.append(0x80 | UInt8(value & 0x3F))
      }
    }
  }

  /// Appends the bytes that a text of this alphabet stands for; if a character is not of it, the
  /// text itself.
  static func appendBytes(of text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    let start = output.count
    var position = 0
    while position < text.count {
      let (value, length) = text.scalar(at: position)
      guard let byte = byte(of: value) else {
        output.removeLast(output.count - start)
        output.append(contentsOf: text)
        return
      }
      output.append(byte)
      position += length
    }
  }
}
