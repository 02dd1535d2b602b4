import NosceFormats

/// Cuts long pieces where no merge can reach across.
///
/// A merge joins the symbols left and right of a boundary only if some pair of the list has a left
/// part that ends, and a right part that begins, as the text does there. Where none has, both sides
/// merge independently, so cutting changes no token; but the parts are short, and come again.
/// Without it a text of a model that splits nothing (Llama 2, Gemma) would be one single piece.
struct PieceCutter: Sendable {
  /// For each pair of bytes below 0x80 (or of any bytes in a byte-level model), whether they may be
  /// joined: a bit at left * 256 + right.
  private var bytes = [UInt64](repeating: 0, count: 256 * 256 / 64)
  /// The other pairs of scalars that may be joined.
  private var scalars = ScalarPairs()
  private let isByteLevel: Bool
  /// Whether characters that are no tokens stand alone, so that one may cut beside them.
  private let cutsBesideUnknown: Bool

  init(isByteLevel: Bool, cutsBesideUnknown: Bool) {
    self.isByteLevel = isByteLevel
    self.cutsBesideUnknown = cutsBesideUnknown
  }

  /// Takes note of a merge, whose parts are given as they are spelled in the file.
  mutating func add(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) {
    // An empty token is never found in a text.
    if left.isEmpty || right.isEmpty { return }
    var last = left.count - 1
    while last > 0, left[last] & 0xC0 == 0x80 { last -= 1 }
    let (before, after) = (left.scalar(at: last).value, right.scalar(at: 0).value)
    if isByteLevel {
      // Nor is one that is not spelled in the byte alphabet.
      guard let before = ByteAlphabet.byte(of: before), let after = ByteAlphabet.byte(of: after)
      else { return }
      allow(before, after)
    } else if before < 0x80, after < 0x80 {
      allow(UInt8(before), UInt8(after))
    } else {
      scalars.insert(before, after)
    }
  }

  /// Takes note that a byte may be joined with any other.
  mutating func allowAll(_ byte: UInt8) {
    for other in UInt8.min...UInt8.max {
      allow(byte, other)
      allow(other, byte)
    }
  }

  private mutating func allow(_ left: UInt8, _ right: UInt8) {
    let place = Int(left) << 8 | Int(right)
    bytes[place >> 6] |= 1 << UInt64(place & 63)
  }

  private func allows(_ left: UInt8, _ right: UInt8) -> Bool {
    let place = Int(left) << 8 | Int(right)
    return bytes[place >> 6] >> UInt64(place & 63) & 1 == 1
  }

  /// Calls `body` with the parts of a piece.
  func forEachPart(
    of piece: UnsafeBufferPointer<UInt8>, isToken: (UInt32) -> Bool,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    var start = 0
    func cut(_ position: Int) {
      body(UnsafeBufferPointer(rebasing: piece[start..<position]))
      start = position
    }
    if isByteLevel {
      var position = 1
      while position < piece.count {
        if !allows(piece[position - 1], piece[position]) { cut(position) }
        position += 1
      }
    } else if !piece.isEmpty {
      var (before, position) = piece.scalar(at: 0)
      while position < piece.count {
        let (after, length) = piece.scalar(at: position)
        let isAllowed: Bool
        if before < 0x80, after < 0x80 {
          isAllowed = allows(UInt8(before), UInt8(after))
        } else {
          isAllowed = scalars.contains(before, after)
        }
        if !isAllowed, cutsBesideUnknown || isToken(before) && isToken(after) { cut(position) }
        before = after
        position += length
      }
    }
    if start < piece.count { cut(piece.count) }
  }
}

/// A set of pairs of scalars.
private struct ScalarPairs: Sendable {
  private var slots = [UInt64](repeating: .max, count: 64)
  private var count = 0

  private func slot(of pair: UInt64, in slots: [UInt64]) -> Int {
    var slot = Int(truncatingIfNeeded: ByteHash.hash(pair)) & (slots.count - 1)
    while slots[slot] != pair, slots[slot] != .max { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  func contains(_ left: UInt32, _ right: UInt32) -> Bool {
    let pair = UInt64(left) << 32 | UInt64(right)
    return slots[slot(of: pair, in: slots)] == pair
  }

  mutating func insert(_ left: UInt32, _ right: UInt32) {
    let pair = UInt64(left) << 32 | UInt64(right)
    let place = slot(of: pair, in: slots)
    guard slots[place] == .max else { return }
    slots[place] = pair
    count += 1
    guard count * 2 > slots.count else { return }
    var larger = [UInt64](repeating: .max, count: slots.count * 2)
    for pair in slots where pair != .max { larger[slot(of: pair, in: larger)] = pair }
    slots = larger
  }
}
