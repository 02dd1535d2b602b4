/// Why a text is not the JSON that was expected, and where.
package struct JSONError: Error, Equatable, CustomStringConvertible {
  /// One-based line.
  package let line: Int
  /// One-based column, in bytes.
  package let column: Int
  package let message: String

  package var description: String { "line \(line), column \(column): \(message)" }

  init(_ message: String, at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    var line = 1
    var lineStart = 0
    for index in 0..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    self.line = line
    self.column = offset - lineStart + 1
    self.message = message
  }
}
