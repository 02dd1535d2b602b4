/// Cuts what a program says into lines of bounded length.
struct LineSplitter {
  /// A longer line is cut, and what is left of it is passed over.
  static let longest = 4096

  private var line: [UInt8] = []
  private var isCut = false

  /// Calls `body` with every line that is complete now, and whether the line is whole.
  mutating func add(_ bytes: some Sequence<UInt8>, _ body: (String, _ isWhole: Bool) -> Void) {
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        end(body)
      } else if line.count < Self.longest {
        line.append(byte)
      } else {
        isCut = true
      }
    }
  }

  /// The last line, where no line break stands behind it.
  mutating func end(_ body: (String, _ isWhole: Bool) -> Void) {
    if !line.isEmpty { body(String(decoding: line, as: UTF8.self), !isCut) }
    line.removeAll(keepingCapacity: true)
    isCut = false
  }
}
