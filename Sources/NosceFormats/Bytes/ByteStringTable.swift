/// Numbers for byte strings: a dictionary whose keys lie in one array.
package struct ByteStringTable: Sendable {
  private var bytes: [UInt8] = []
  /// Where each key begins in `bytes`, and at last where the next one would.
  private var starts: [Int] = [0]
  private var values: [Int32] = []
  /// An entry's place in `values` plus one, below half of its key's hash; 0 for none. The number of
  /// slots is a power of two.
  private var slots: [UInt64] = []

  package init(capacity: Int) {
    var count = 16
    while count < capacity * 2 { count *= 2 }
    slots = [UInt64](repeating: 0, count: count)
    starts.reserveCapacity(capacity + 1)
    values.reserveCapacity(capacity)
  }

  package var count: Int { values.count }

  package func key(at index: Int) -> ArraySlice<UInt8> { bytes[starts[index]..<starts[index + 1]] }
  package func withKey(at index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    bytes.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[starts[index]..<starts[index + 1]]))
    }
  }

  package func value(at index: Int) -> Int32 { values[index] }

  /// The place of a key among the entries.
  package func index(of key: UnsafeBufferPointer<UInt8>) -> Int? {
    let entry = slots[slot(of: key, ByteHash.hash(key))]
    return entry == 0 ? nil : Self.place(entry)
  }

  private static func place(_ entry: UInt64) -> Int { Int(entry & 0xFFFF_FFFF) - 1 }

  package func value(of key: UnsafeBufferPointer<UInt8>) -> Int32? {
    index(of: key).map { values[$0] }
  }

  package func value(of key: String) -> Int32? {
    var key = key
    return key.withUTF8 { value(of: $0) }
  }

  /// False if the key is there already, which changes nothing.
  package mutating func insert(_ key: UnsafeBufferPointer<UInt8>, _ value: Int32) -> Bool {
    if (values.count + 1) * 2 > slots.count { grow() }
    let hash = ByteHash.hash(key)
    let slot = slot(of: key, hash)
    guard slots[slot] == 0 else { return false }
    bytes.append(contentsOf: key)
    starts.append(bytes.count)
    values.append(value)
    slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(values.count)
    return true
  }

  /// The slot that holds a key, or the empty one where it belongs.
  private func slot(of key: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while case let entry = slots[slot], entry != 0 {
      if entry >> 32 == hash >> 32, isEqual(key, Self.place(entry)) { return slot }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private func isEqual(_ key: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    let start = starts[place]
    guard starts[place + 1] - start == key.count else { return false }
    for index in 0..<key.count where bytes[start + index] != key[index] { return false }
    return true
  }

  private mutating func grow() {
    slots = [UInt64](repeating: 0, count: slots.count * 2)
    for place in values.indices {
      key(at: place).withUnsafeBufferPointer { key in
        let hash = ByteHash.hash(key)
        slots[slot(of: key, hash)] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(place + 1)
      }
    }
  }
}
