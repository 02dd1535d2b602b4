/// Whether numbers are finite: neither infinite nor NaN.
///
/// Only the bits of the exponent are looked at, which keeps the loop free of branches.
func areFinite(_ numbers: UnsafePointer<Float>, _ count: Int) -> Bool {
  var exponents: UInt32 = 0
  numbers.withMemoryRebound(to: UInt32.self, capacity: count) { bits in
    // An exponent of ones, which no finite number has, carries into the bit of the sign.
    for index in 0..<count { exponents |= (bits[index] & 0x7FFF_FFFF) &+ 0x0080_0000 }
  }
  return exponents & 0x8000_0000 == 0
}

extension Float {
  /// In words: the sign of what is no number says nothing.
  var word: String { isNaN ? "nan" : "\(self)" }
}

extension UnsafePointer<Float> {
  /// The first of so many numbers that is not finite.
  func firstUnfinite(_ count: Int) -> Int? {
    areFinite(self, count) ? nil : (0..<count).first { !self[$0].isFinite }
  }
}
