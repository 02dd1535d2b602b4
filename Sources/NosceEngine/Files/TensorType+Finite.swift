extension TensorType {
  /// Where the first number stands that is not finite, among stored numbers of a readable type.
  func firstUnfinite(_ bytes: UnsafeRawBufferPointer) -> Int? {
    let width = byteWidth
    let count = bytes.count / width
    // In blocks, each without branches; one that has such a number is looked through again.
    let block = 4096
    for first in stride(from: 0, to: count, by: block) {
      let range = first..<min(count, first + block)
      if hasUnfinite(bytes, range) { return range.first { hasUnfinite(bytes, $0..<$0 + 1) } }
    }
    return nil
  }

  private func hasUnfinite(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
    switch self {
    case .float32:
      var found: UInt32 = 0
      for index in range {
        let bits = bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
        found |= (bits & 0x7FFF_FFFF) &+ 0x0080_0000
      }
      return found & 0x8000_0000 != 0
    case .float16, .bfloat16:
      let carry: UInt16 = self == .float16 ? 0x0400 : 0x0080
      var found: UInt16 = 0
      for index in range {
        let bits = bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
        found |= (bits & 0x7FFF) &+ carry
      }
      return found & 0x8000 != 0
    default: return false
    }
  }
}
