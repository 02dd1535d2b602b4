import NosceFormats

/// Which pairs of symbols are joined: how early, and to what.
struct MergeTable: Sendable {
  struct Merge: Sendable {
    let rank: Int32
    let result: Int32
  }

  private struct Slot: Sendable {
    var pair = UInt64.max
    var rank: Int32 = 0
    var result: Int32 = 0
  }

  /// The number of slots is a power of two.
  private var slots: [Slot]
  private(set) var count = 0

  init(capacity: Int) {
    var size = 16
    while size * 3 < capacity * 4 { size *= 2 }
    slots = [Slot](repeating: Slot(), count: size)
  }

  private static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// The slot that holds a pair, or the empty one where it belongs.
  private func slot(of pair: UInt64) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: ByteHash.hash(pair)) & mask
    while slots[slot].pair != pair, slots[slot].pair != .max { slot = (slot + 1) & mask }
    return slot
  }

  /// At most as many pairs as the capacity; a later entry for the same pair counts.
  mutating func insert(_ left: Int32, _ right: Int32, rank: Int32, result: Int32) {
    let pair = Self.pair(left, right)
    let slot = slot(of: pair)
    if slots[slot].pair != pair { count += 1 }
    slots[slot] = Slot(pair: pair, rank: rank, result: result)
  }

  func merge(_ left: Int32, _ right: Int32) -> Merge? {
    let pair = Self.pair(left, right)
    let slot = slots[slot(of: pair)]
    return slot.pair == pair ? Merge(rank: slot.rank, result: slot.result) : nil
  }
}
