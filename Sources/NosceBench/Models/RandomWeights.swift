import Foundation

/// Normal numbers in bfloat16, drawn piece by piece so that a large tensor never lies in memory.
///
/// Each piece has a generator of its own, seeded by the model's seed, the tensor's number and the
/// piece's: the bytes do not depend on the number of threads.
struct RandomWeights {
  /// Numbers in a piece.
  static let pieceCount = 1 << 20

  let seed: UInt64
  let threads: Int

  /// Hands the tensor's bytes to `write` in order.
  func generate(
    tensor: Int, count: Int, mean: Double, deviation: Double, write: (Data) throws -> Void
  ) throws {
    let pieces = (count + Self.pieceCount - 1) / Self.pieceCount
    var next = 0
    while next < pieces {
      let group = next..<min(next + threads, pieces)
      let buffers = group.map { piece in
        PieceBuffer(count: min(Self.pieceCount, count - piece * Self.pieceCount))
      }
      DispatchQueue.concurrentPerform(iterations: group.count) { index in
        let piece = group.lowerBound + index
        var mixer = InputStream(seed: seed)
        let base = mixer.next()
        buffers[index].fill(
          seed: base ^ UInt64(tensor) << 32 ^ UInt64(piece), mean: mean, deviation: deviation)
      }
      for buffer in buffers { try write(buffer.data) }
      next = group.upperBound
    }
  }
}

/// The numbers of one piece, little-endian.
///
/// Unchecked, because one thread fills it, and it is read when all threads are done.
private final class PieceBuffer: @unchecked Sendable {
  private(set) var data: Data

  init(count: Int) { data = Data(count: count * 2) }

  /// Box and Muller's method: two numbers from two uniform ones.
  func fill(seed: UInt64, mean: Double, deviation: Double) {
    var stream = InputStream(seed: seed)
    data.withUnsafeMutableBytes { bytes in
      let numbers = bytes.bindMemory(to: UInt16.self)
      var index = 0
      while index < numbers.count {
        // In (0, 1], so that the logarithm is finite.
        let first = Double((stream.next() >> 11) + 1) * 0x1p-53
        let angle = 2 * Double.pi * Double(stream.next() >> 11) * 0x1p-53
        let radius = deviation * (-2 * log(first)).squareRoot()
        numbers[index] = Self.brainBits(Float(mean + radius * cos(angle))).littleEndian
        if index + 1 < numbers.count {
          numbers[index + 1] = Self.brainBits(Float(mean + radius * sin(angle))).littleEndian
        }
        index += 2
      }
    }
  }

  /// The nearest bfloat16 number, ties to even; all that come here are finite.
  private static func brainBits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }
}
