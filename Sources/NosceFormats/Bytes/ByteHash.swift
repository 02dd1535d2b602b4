/// A quick hash of bytes, different in each run of the program, so that no file can be made whose
/// keys all collide.
package enum ByteHash {
  private static let seed = UInt64.random(in: .min ... .max)

  package static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash = seed ^ UInt64(bytes.count)
    var position = 0
    let raw = UnsafeRawBufferPointer(bytes)
    while bytes.count - position >= 8 {
      hash = mix(hash ^ raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      position += 8
    }
    var rest: UInt64 = 0
    while position < bytes.count {
      rest = rest << 8 | UInt64(bytes[position])
      position += 1
    }
    return mix(hash ^ rest)
  }

  package static func hash(_ number: UInt64) -> UInt64 { mix(seed ^ number) }

  private static func mix(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low ^ value >> 32
  }
}
