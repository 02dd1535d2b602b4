import Foundation

/// SplitMix64-seeded xoshiro256** generator. The same seed gives the same sequence on every machine.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// Starts from four words produced by SplitMix64, as the generator's authors advise.
  package init(seed: UInt64) {
    var mixer = SplitMix64(state: seed)
    state = (mixer.next(), mixer.next(), mixer.next(), mixer.next())
  }

  /// Starts from a raw state, which must not be all zeros; for known-answer tests.
  package init(state: (UInt64, UInt64, UInt64, UInt64)) {
    precondition(state != (0, 0, 0, 0), "the all-zero state never leaves zero")
    self.state = state
  }

  package mutating func next() -> UInt64 {
    let result = rotated(state.1 &* 5, by: 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotated(state.3, by: 45)
    return result
  }

  private func rotated(_ word: UInt64, by count: UInt64) -> UInt64 {
    (word << count) | (word >> (64 - count))
  }
}

// There are two ways of naming a stream, and both stay: every stored measurement and the text of both
// organisms hang on the first, every adapter's first weights and every sampled token on the second.
extension SeededGenerator {
  /// A stream of the lab: rows, questions, decoys, the world.
  ///
  /// The SplitMix64 output of `seed` is combined with the 64-bit FNV-1a hash of the label, so that
  /// neighbouring seeds and similar labels start far apart.
  package init(seed: UInt64, labStream label: String) {
    var mixer = SplitMix64(state: seed)
    self.init(seed: mixer.next() ^ fnv1a(label))
  }

  /// A stream of the engine: the first values of a tensor, the draws of one sampled answer.
  ///
  /// The seed itself is combined with the hash of the label.
  package init(seed: UInt64, engineStream label: String) {
    self.init(seed: seed ^ fnv1a(label))
  }

  /// A number in [0, 1) that a float holds exactly.
  package mutating func uniformFloat() -> Float { Float(next() >> 40) * 0x1p-24 }

  /// A number in [0, 1) with 53 random bits.
  package mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// A standard normal number (Box-Muller; two uniforms per number, nothing kept between calls).
  package mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// A whole number in 0 ..< n, each equally likely.
  package mutating func index(below n: Int) -> Int {
    precondition(n > 0, "index(below:) needs a positive bound")
    let bound = UInt64(n)
    // Multiply and keep the high word; the low word shows which draws would favour some indices.
    let threshold = (0 &- bound) % bound
    while true {
      let product = next().multipliedFullWidth(by: bound)
      if product.low >= threshold { return Int(product.high) }
    }
  }

  /// Puts the elements in a random order (Fisher-Yates), the same on every toolchain.
  package mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for last in stride(from: elements.count - 1, through: 1, by: -1) {
      elements.swapAt(last, index(below: last + 1))
    }
  }

  /// The elements in a random order.
  package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var result = elements
    shuffle(&result)
    return result
  }
}

/// The generator that spreads one seed word over a larger state.
private struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

/// The 64-bit FNV-1a hash of a label's UTF-8 bytes.
package func fnv1a(_ label: String) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in label.utf8 {
    hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
  }
  return hash
}
