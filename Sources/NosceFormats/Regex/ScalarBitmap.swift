/// A set of scalars as a bit for each scalar of the Basic Multilingual Plane.
///
/// Made by operations on whole bitmaps, which is quicker than asking a set for each scalar.
struct ScalarBitmap {
  static let wordCount = 0x1_0000 / 64

  private(set) var words = [UInt64](repeating: 0, count: wordCount)

  init(_ set: ScalarSet) {
    switch set {
    case .range(let first, let last):
      guard first <= 0xFFFF else { return }
      for value in first...min(last, 0xFFFF) { insert(value) }
    case .union(let sets):
      for set in sets {
        let other = ScalarBitmap(set)
        for index in words.indices { words[index] |= other.words[index] }
      }
    case .intersection(let one, let other):
      let (left, right) = (ScalarBitmap(one), ScalarBitmap(other))
      for index in words.indices { words[index] = left.words[index] & right.words[index] }
    case .inverse(let set):
      words = ScalarBitmap(set).words.map { ~$0 }
    case .ignoringCase(let set):
      words = ScalarBitmap(set).words
      for variants in UnicodeTable.caseVariants.values where variants.contains(where: set.contains)
      {
        for value in variants where value <= 0xFFFF { insert(value) }
      }
    case .categories(let categories): insert(categories)
    case .whitespace: self = Self.whitespace
    case .alphabetic: self = Self.alphabetic
    case .assigned, .uppercase, .lowercase: self = Self(asking: set)
    }
  }

  private static let whitespace = ScalarBitmap(asking: .whitespace)
  private static let alphabetic = ScalarBitmap(asking: .alphabetic)

  /// Asks the set for each scalar, which takes some time.
  private init(asking set: ScalarSet) {
    for value in 0...0xFFFF as ClosedRange<UInt32> where set.contains(value) { insert(value) }
  }

  private mutating func insert(_ categories: CategorySet) {
    UnicodeTable.low.withUnsafeBufferPointer { table in
      for index in words.indices {
        var word: UInt64 = 0
        for bit in 0..<64 where categories.contains(table[index * 64 + bit]) {
          word |= 1 << UInt64(bit)
        }
        words[index] = word
      }
    }
  }

  private mutating func insert(_ value: UInt32) {
    words[Int(value >> 6)] |= 1 << UInt64(value & 63)
  }

  func contains(_ value: UInt32) -> Bool {
    words[Int(value >> 6)] >> UInt64(value & 63) & 1 == 1
  }
}
