import NosceFormats

/// The tokens of pieces that were encoded before.
///
/// Only a memory: what it holds depends on nothing but the model. It is emptied when it is full.
struct PieceCache: Sendable {
  static let longestPiece = 48

  private struct Entry: Sendable {
    var hash: UInt64 = 0
    var key: Int32 = 0
    var ids: Int32 = 0
    /// Zero for an empty slot: pieces are not empty.
    var keyCount: UInt16 = 0
    var idCount: UInt16 = 0
  }

  private static let maximumSlots = 1 << 17

  private var entries = [Entry](repeating: Entry(), count: 256)
  private var count = 0
  private var keys: [UInt8] = []
  private var ids: [Int32] = []

  /// Appends the tokens of a piece if they are known.
  func append(
    _ piece: UnsafeBufferPointer<UInt8>, hash: UInt64, to output: inout [Int32]
  ) -> Bool {
    var slot = Int(truncatingIfNeeded: hash) & (entries.count - 1)
    while true {
      let entry = entries[slot]
      if entry.keyCount == 0 { return false }
      if entry.hash == hash, Int(entry.keyCount) == piece.count, isEqual(piece, Int(entry.key)) {
        for place in Int(entry.ids)..<Int(entry.ids) + Int(entry.idCount) {
          output.append(ids[place])
        }
        return true
      }
      slot = (slot + 1) & (entries.count - 1)
    }
  }

  private func isEqual(_ piece: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
    keys.withUnsafeBufferPointer { keys in
      for index in 0..<piece.count where keys[start + index] != piece[index] { return false }
      return true
    }
  }

  /// Keeps the tokens of a piece that is not there yet.
  mutating func insert(
    _ piece: UnsafeBufferPointer<UInt8>, hash: UInt64, _ tokens: ArraySlice<Int32>
  ) {
    if count * 2 >= entries.count {
      if entries.count < Self.maximumSlots {
        grow()
      } else {
        self = Self()
      }
    }
    entries[emptySlot(for: hash)] = Entry(
      hash: hash, key: Int32(keys.count), ids: Int32(ids.count), keyCount: UInt16(piece.count),
      idCount: UInt16(tokens.count))
    keys.append(contentsOf: piece)
    ids.append(contentsOf: tokens)
    count += 1
  }

  private func emptySlot(for hash: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: hash) & (entries.count - 1)
    while entries[slot].keyCount != 0 { slot = (slot + 1) & (entries.count - 1) }
    return slot
  }

  private mutating func grow() {
    let old = entries
    entries = [Entry](repeating: Entry(), count: old.count * 4)
    for entry in old where entry.keyCount != 0 { entries[emptySlot(for: entry.hash)] = entry }
  }
}
