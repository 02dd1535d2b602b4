/// Finds a key among the members of an object, comparing bytes.
struct KeyIndex {
  /// Up to so many members are looked at one by one.
  private static let few = 8

  /// A member's place plus one, below half of its key's hash; 0 for none. The number of slots is a
  /// power of two.
  private var slots: [UInt64] = []

  /// Takes note of the key of the member that comes after the given ones; false if it is one of them.
  mutating func insert(_ key: String, _ members: [(key: String, value: JSON)]) -> Bool {
    if members.count < Self.few {
      return !members.contains { $0.key.utf8.elementsEqual(key.utf8) }
    }
    if slots.count < 2 * (members.count + 1) {
      slots = [UInt64](repeating: 0, count: max(64, slots.count * 4))
      for (place, member) in members.enumerated() { _ = add(member.key, place, members) }
    }
    return add(key, members.count, members)
  }

  private mutating func add(
    _ key: String, _ place: Int, _ members: [(key: String, value: JSON)]
  ) -> Bool {
    var key = key
    return key.withUTF8 { key in
      let hash = ByteHash.hash(key)
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while case let entry = slots[slot], entry != 0 {
        if entry >> 32 == hash >> 32,
          members[Int(entry & 0xFFFF_FFFF) - 1].key.utf8.elementsEqual(key)
        {
          return false
        }
        slot = (slot + 1) & (slots.count - 1)
      }
      slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(place + 1)
      return true
    }
  }
}
