import CNosceKernels
import NosceEngine
import Testing

/// Shapes and rules that attention is tested at.
struct AttentionCase: Sendable, CustomTestStringConvertible {
  var heads: Int
  var kept: Int
  var size: Int
  var softcap: Float = 0
  var window = 0
  /// Times 1 / sqrt(size).
  var sharpness: Float = 1

  var scale: Float { sharpness / Float(size).squareRoot() }
  var width: Int { (heads + 2 * kept) * size }
  var testDescription: String {
    "\(heads)/\(kept) heads of \(size), cap \(softcap), window \(window)"
  }

  static let all: [AttentionCase] = [
    AttentionCase(heads: 4, kept: 4, size: 8),
    AttentionCase(heads: 4, kept: 2, size: 12, softcap: 2),
    AttentionCase(heads: 3, kept: 1, size: 32, window: 7),
    AttentionCase(heads: 2, kept: 2, size: 64, softcap: 1, window: 16),
    AttentionCase(heads: 7, kept: 1, size: 6, window: 1, sharpness: 0.3),
    AttentionCase(heads: 2, kept: 1, size: 80, window: 65),
    AttentionCase(heads: 2, kept: 1, size: 96, softcap: 3, sharpness: 2),
    AttentionCase(heads: 1, kept: 1, size: 256, softcap: 3, window: 40, sharpness: 0.5),
    AttentionCase(heads: 1, kept: 1, size: 20, window: 1000),
  ]
}

/// A ragged batch with room for what its attention gives.
struct AttentionRun {
  let of: AttentionCase
  let offsets: [Int32]
  let qkv: [Float]
  var output: [Float]
  var logSums: [Float]
  var dqkv: [Float]

  init(_ of: AttentionCase, offsets: [Int32], qkv: [Float]) {
    self.of = of
    self.offsets = offsets
    self.qkv = qkv
    let rows = qkv.count / of.width
    output = [Float](repeating: .nan, count: rows * of.heads * of.size)
    logSums = [Float](repeating: .nan, count: rows * of.heads)
    dqkv = [Float](repeating: .nan, count: qkv.count)
  }

  /// Forward, then backward from `doutput`. The scratch memory starts as no numbers, so that
  /// whatever is read before it is written shows.
  mutating func run(_ level: nosce_level, doutput: [Float]) {
    let longest = zip(offsets.dropFirst(), offsets).map { Int($0 - $1) }.max() ?? 0
    var scratch = [Float](repeating: .nan, count: nosce_attention_scratch(longest, of.size))
    qkv.withUnsafeBufferPointer { qkv in
      offsets.withUnsafeBufferPointer { offsets in
        scratch.withUnsafeMutableBufferPointer { scratch in
          var shape = nosce_attention(
            sequences: offsets.count - 1, offsets: offsets.baseAddress, heads: of.heads,
            key_value_heads: of.kept, size: of.size, scale: of.scale, softcap: of.softcap,
            window: of.window, qkv: qkv.baseAddress, ld_qkv: of.width,
            scratch: scratch.baseAddress)
          #expect(nosce_attention_forward(level, &shape, &output, &logSums) == 0)
          scratch.update(repeating: .nan)
          #expect(nosce_attention_backward(level, &shape, output, logSums, doutput, &dqkv) == 0)
        }
      }
    }
  }
}

@Suite("Attention against its definition")
struct AttentionKernelTests {
  static let cases = KernelCases.levels.flatMap { l in AttentionCase.all.map { (l, $0) } }

  @Test("over ragged sequences", arguments: cases)
  func ragged(_ raw: UInt32, _ of: AttentionCase) {
    var noise = Noise(UInt64(of.size + 3))
    let offsets: [Int32] = [0, 1, 8, 16, 25, 25, 25 + 70, 95 + 130]
    let qkv = noise.array(225 * of.width, scale: 2)
    let dy = noise.array(225 * of.heads * of.size)
    let (found, expected) = compared(raw) { level in
      var batch = AttentionRun(of, offsets: offsets, qkv: qkv)
      batch.run(level, doutput: dy)
      return batch
    }
    // Sums of 130 products in single precision, the scalar gradients' own included.
    #expect(distance(found.output, expected.output) < 5e-6)
    #expect(distance(found.logSums, expected.logSums) < 1e-5)
    #expect(distance(found.dqkv, expected.dqkv) < 5e-5)
  }

  @Test("a sequence depends on no other", arguments: cases)
  func alone(_ raw: UInt32, _ of: AttentionCase) {
    var noise = Noise(UInt64(of.size + 4))
    let offsets: [Int32] = [0, 21, 54, 125]
    let qkv = noise.array(125 * of.width, scale: 2)
    let dy = noise.array(125 * of.heads * of.size)
    var all = AttentionRun(of, offsets: offsets, qkv: qkv)
    all.run(nosce_level(rawValue: raw), doutput: dy)
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      let rows = Int(start)..<Int(end)
      func part(_ values: [Float], _ width: Int) -> [Float] {
        Array(values[rows.lowerBound * width..<rows.upperBound * width])
      }
      let queryWidth = of.heads * of.size
      var alone = AttentionRun(of, offsets: [0, end - start], qkv: part(qkv, of.width))
      alone.run(nosce_level(rawValue: raw), doutput: part(dy, queryWidth))
      #expect(alone.output == part(all.output, queryWidth))
      #expect(alone.dqkv == part(all.dqkv, of.width))
    }
  }

  @Test("behind kept keys", arguments: cases)
  func cached(_ raw: UInt32, _ of: AttentionCase) {
    for (before, queries) in [(0, 1), (0, 9), (1, 1), (15, 7), (16, 8), (33, 17), (90, 2), (5, 40)]
    {
      var noise = Noise(UInt64(of.size + before))
      let capacity = 96
      let qkv = noise.array(queries * of.width, scale: 2)
      let keys = noise.array(of.kept * of.size * capacity, scale: 2)
      let values = noise.array(of.kept * of.size * capacity)
      let (found, expected) = compared(raw) { level in
        cachedRun(level, of, before: before, qkv: qkv, keys: keys, values: values)
      }
      #expect(distance(found, expected) < 5e-6, "\(queries) behind \(before)")
    }
  }

  /// Rows in one go and rows one after another, each behind the ones before, see the same keys.
  @Test("kept rows are what new rows were", arguments: cases)
  func stepwise(_ raw: UInt32, _ of: AttentionCase) {
    let level = nosce_level(rawValue: raw)
    let rows = 37
    let capacity = 48
    var noise = Noise(UInt64(of.size + 5))
    let qkv = noise.array(rows * of.width, scale: 2)
    let whole = cachedRun(level, of, before: 0, qkv: qkv, keys: [], values: [], capacity: capacity)
    var keys = [Float](repeating: .nan, count: of.kept * of.size * capacity)
    var values = keys
    var steps: [Float] = []
    for row in 0..<rows {
      let new = Array(qkv[row * of.width..<(row + 1) * of.width])
      steps += cachedRun(
        level, of, before: row, qkv: new, keys: keys, values: values, capacity: capacity)
      nosce_keep_keys_values(
        1, row, of.heads, of.kept, of.size, new, of.width, &keys, &values, capacity)
    }
    #expect(distance(steps, whole) < 2e-6)
    var batch = AttentionRun(of, offsets: [0, Int32(rows)], qkv: qkv)
    batch.run(level, doutput: [Float](repeating: 0, count: batch.output.count))
    #expect(distance(whole, batch.output) < 2e-6)
  }

  private func cachedRun(
    _ level: nosce_level, _ of: AttentionCase, before: Int, qkv: [Float], keys: [Float],
    values: [Float], capacity: Int = 96
  ) -> [Float] {
    let queries = qkv.count / of.width
    var output = [Float](repeating: .nan, count: queries * of.heads * of.size)
    var scratch = [Float](
      repeating: .nan, count: nosce_cached_attention_scratch(before, queries, of.size))
    qkv.withUnsafeBufferPointer { qkv in
      keys.withUnsafeBufferPointer { keys in
        values.withUnsafeBufferPointer { values in
          scratch.withUnsafeMutableBufferPointer { scratch in
            var shape = nosce_cached_attention(
              queries: queries, before: before, heads: of.heads, key_value_heads: of.kept,
              size: of.size, scale: of.scale, softcap: of.softcap, window: of.window,
              qkv: qkv.baseAddress, ld_qkv: of.width, keys: keys.baseAddress,
              values: values.baseAddress, capacity: capacity, scratch: scratch.baseAddress)
            nosce_cached_attention_forward(level, &shape, &output, of.heads * of.size)
          }
        }
      }
    }
    return output
  }
}
