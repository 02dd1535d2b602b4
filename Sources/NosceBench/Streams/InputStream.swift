/// SplitMix64 with the modulus taken plainly: easy to write in any language, so that every program
/// that is compared reads the same inputs.
struct InputStream {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func next(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// Token ids from 16 to below `bound`: the lowest are left to special tokens.
  mutating func ids(_ count: Int, below bound: Int) -> [Int32] {
    (0..<count).map { _ in Int32(16 + next(below: bound - 16)) }
  }
}
