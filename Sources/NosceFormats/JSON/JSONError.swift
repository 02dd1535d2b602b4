/// Why a text is not the JSON that was expected, and where.
package struct JSONError: Error, Equatable, CustomStringConvertible {
  /// One-based line.
  package let line: Int
  /// One-based column, in bytes.
  package let column: Int
  package let message: String

  /// The same place, where the cause is what the bytes are.
  func naming(_ found: String) -> JSONError {
    JSONError(line: line, column: column, message: "found \(found); allowed: UTF-8")
  }

  private init(line: Int, column: Int, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }

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
