/// Damages files in the ways that disks, editors and enemies do: the same seed gives the same
/// damage.
package struct Mutator {
  package let seed: UInt64
  private var generator: TestGenerator

  package init(seed: UInt64) {
    self.seed = seed
    generator = TestGenerator(seed: seed &* 0x2545_F491_4F6C_DD1D)
  }

  package mutating func below(_ count: Int) -> Int {
    Int.random(in: 0..<max(count, 1), using: &generator)
  }

  package mutating func chance(_ one: Int) -> Bool { below(one) == 0 }

  package mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

  /// One or a few changes of single bytes, ranges, or the length.
  package mutating func damagedBytes(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for _ in 0...below(3) where !result.isEmpty {
      let place = below(result.count)
      let end = min(result.count, place + 1 + below(chance(2) ? 60 : 16))
      switch below(9) {
      case 0: result[place] ^= 1 << UInt8(below(8))
      case 1: result[place] = UInt8(below(256))
      case 2: result.removeSubrange(place..<end)
      case 3: result.insert(contentsOf: result[place..<end], at: below(result.count))
      case 4: result.insert(contentsOf: result[place..<end], at: place)
      case 5: result.swapAt(place, below(result.count))
      case 6: result.removeLast(min(result.count, 1 + below(chance(4) ? result.count : 16)))
      case 7: result[place] = pick(Array("{}[]\",:0-9e\\".utf8))
      default: result.append(contentsOf: (0..<1 + below(16)).map { _ in UInt8(below(256)) })
      }
    }
    return result
  }
}
