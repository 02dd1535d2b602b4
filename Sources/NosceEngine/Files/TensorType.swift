import CNosceKernels

/// The element type of a stored tensor, as safetensors names it.
package enum TensorType: String, Sendable, CaseIterable {
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case float64 = "F64"
  case float8E4M3 = "F8_E4M3"
  case float8E5M2 = "F8_E5M2"
  case float8E8M0 = "F8_E8M0"
  case complex64 = "C64"
  case bool = "BOOL"
  case uint8 = "U8"
  case int8 = "I8"
  case uint16 = "U16"
  case int16 = "I16"
  case uint32 = "U32"
  case int32 = "I32"
  case uint64 = "U64"
  case int64 = "I64"

  package var byteWidth: Int {
    switch self {
    case .bool, .uint8, .int8, .float8E4M3, .float8E5M2, .float8E8M0: 1
    case .float16, .bfloat16, .uint16, .int16: 2
    case .float32, .uint32, .int32: 4
    case .float64, .uint64, .int64, .complex64: 8
    }
  }

  /// Whether the engine reads weights of this type.
  package var isReadable: Bool {
    switch self {
    case .float32, .float16, .bfloat16: true
    default: false
    }
  }
}

extension TensorType {
  /// Widens `count` stored little-endian numbers of a readable type, exactly.
  func widen(_ source: UnsafeRawPointer, _ count: Int, into target: UnsafeMutablePointer<Float>) {
    precondition(isReadable)
    switch self {
    case .bfloat16 where Self.isAligned(source, 2):
      nosce_from_bfloat16(count, source.assumingMemoryBound(to: UInt16.self), target)
    case .float16 where Self.isAligned(source, 2):
      nosce_from_float16(count, source.assumingMemoryBound(to: UInt16.self), target)
    case .float32:
      UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count * 4)
    default:
      // A file may place its data at an odd address.
      for index in 0..<count {
        let bits = source.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
        target[index] = self == .bfloat16 ? float(brainBits: bits) : float(halfBits: bits)
      }
    }
  }

  private static func isAligned(_ pointer: UnsafeRawPointer, _ width: Int) -> Bool {
    Int(bitPattern: pointer) % width == 0
  }
}

/// Widens a half-precision number, exactly.
@inline(__always)
func float(halfBits bits: UInt16) -> Float {
  let sign = UInt32(bits & 0x8000) << 16
  let exponent = UInt32(bits >> 10) & 0x1F
  let mantissa = UInt32(bits) & 0x3FF
  switch exponent {
  case 0:
    // Zero and subnormals: mantissa * 2^-24.
    let magnitude = Float(mantissa) * 0x1p-24
    return Float(bitPattern: magnitude.bitPattern | sign)
  case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | mantissa << 13)
  default: return Float(bitPattern: sign | (exponent + 112) << 23 | mantissa << 13)
  }
}

/// Widens a brain float, exactly.
@inline(__always)
func float(brainBits bits: UInt16) -> Float {
  Float(bitPattern: UInt32(bits) << 16)
}

/// Rounds to the nearest brain float, ties to even; a NaN stays one.
@inline(__always)
func brainBits(_ value: Float) -> UInt16 {
  let bits = value.bitPattern
  if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
  return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
}
