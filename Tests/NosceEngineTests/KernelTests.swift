import CNosceKernels
import Foundation
import Testing

/// Numbers in [-1, 1) from a fixed sequence.
struct Noise {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int64(bitPattern: state) >> 32) * 0x1p-31
  }
  mutating func array(_ count: Int, scale: Float = 1) -> [Float] {
    (0..<count).map { _ in scale * next() }
  }
}

func bfloats(_ halves: [UInt16]) -> [Float] { halves.map { Float(bitPattern: UInt32($0) << 16) } }

/// Every vectorised compilation that this processor can run, against the scalar definitions.
@Suite("Kernels against their definitions")
struct KernelTests {
  static let levels: [nosce_level] = [nosce_vector, nosce_avx2, nosce_avx512].filter {
    $0.rawValue <= nosce_best_level().rawValue
  }
  static let sizes = [1, 7, 8, 9, 15, 16, 17, 33, 48, 130]
  static let cases = levels.flatMap { level in sizes.map { (level.rawValue, $0) } }

  private func level(_ raw: UInt32) -> nosce_level { nosce_level(rawValue: raw) }

  @Test("RMSNorm", arguments: cases)
  func rmsNorm(_ raw: UInt32, _ width: Int) {
    var noise = Noise(UInt64(width))
    let rows = 5
    let x = noise.array(rows * width, scale: 3)
    let weight = noise.array(width)
    let dy = noise.array(3 * width)
    let indices: [Int32] = [4, 0, 2]
    func run(_ level: nosce_level) -> [[Float]] {
      var output = [Float](repeating: 0, count: 3 * width)
      var copy = output
      var inverse = [Float](repeating: 0, count: 3)
      nosce_rmsnorm_forward(
        level, 3, width, x, indices, weight, 1e-5, &copy, nosce_float32, &output, &inverse)
      var dx = x
      var dweight = weight
      nosce_rmsnorm_backward(level, 3, width, x, indices, weight, inverse, dy, &dx, &dweight)
      var halves = [UInt16](repeating: 0, count: 3 * width)
      nosce_rmsnorm_forward(
        level, 3, width, x, indices, weight, 1e-5, nil, nosce_bfloat16, &halves, &inverse)
      return [output, copy, inverse, dx, dweight, bfloats(halves)]
    }
    let expected = run(nosce_scalar)
    let found = run(level(raw))
    for part in 0..<5 { #expect(distance(found[part], expected[part]) < 2e-5) }
    // A rounding that falls on the other side differs by one bfloat16 step, 2^-8 of the value.
    for (one, other) in zip(found[5], expected[5]) {
      #expect(abs(one - other) <= abs(other) / 128)
    }
  }

  @Test(
    "rotary positions",
    arguments: levels.flatMap { l in [2, 4, 12, 16, 32, 34].map { (l.rawValue, $0) } })
  func rotary(_ raw: UInt32, _ size: Int) {
    var noise = Noise(UInt64(size))
    let table = noise.array(9 * size)
    let positions: [Int32] = [0, 8, 3]
    let x = noise.array(3 * (3 * size + 5))
    func run(_ level: nosce_level, _ sign: Float) -> [Float] {
      var y = x
      nosce_rotary(level, 3, positions, 3, size, size, table, sign, &y, 3 * size + 5)
      return y
    }
    #expect(distance(run(level(raw), 1), run(nosce_scalar, 1)) < 1e-6)
    #expect(distance(run(level(raw), -1), run(nosce_scalar, -1)) < 1e-6)
  }

  static let shapes: [(heads: Int, kept: Int, size: Int)] = [
    (4, 4, 8), (4, 2, 12), (3, 1, 32), (2, 2, 64),
  ]

  @Test(
    "attention over ragged sequences",
    arguments: levels.flatMap { l in shapes.indices.map { (l.rawValue, $0) } })
  func attention(_ raw: UInt32, _ index: Int) {
    let (heads, kept, size) = Self.shapes[index]
    var noise = Noise(UInt64(index + 3))
    let offsets: [Int32] = [0, 1, 8, 16, 25, 25, 25 + 70, 95 + 130]
    let rows = 225
    let width = (heads + 2 * kept) * size
    let qkv = noise.array(rows * width, scale: 2)
    let dy = noise.array(rows * heads * size)
    func run(_ level: nosce_level) -> [[Float]] {
      var output = [Float](repeating: 0, count: rows * heads * size)
      var sums = [Float](repeating: 0, count: rows * heads)
      var dqkv = [Float](repeating: .nan, count: rows * width)
      var scratch = [Float](repeating: 0, count: nosce_attention_scratch(130, size))
      qkv.withUnsafeBufferPointer { qkv in
        offsets.withUnsafeBufferPointer { offsets in
          scratch.withUnsafeMutableBufferPointer { scratch in
            var shape = nosce_attention(
              sequences: offsets.count - 1, offsets: offsets.baseAddress, heads: heads,
              key_value_heads: kept, size: size, scale: 1 / Float(size).squareRoot(), softcap: 0,
              window: 0, qkv: qkv.baseAddress, ld_qkv: width, scratch: scratch.baseAddress)
            #expect(nosce_attention_forward(level, &shape, &output, &sums) == 0)
            #expect(nosce_attention_backward(level, &shape, output, sums, dy, &dqkv) == 0)
          }
        }
      }
      return [output, sums, dqkv]
    }
    let expected = run(nosce_scalar)
    let found = run(level(raw))
    for part in 0..<3 { #expect(distance(found[part], expected[part]) < 5e-5) }
  }

  @Test(
    "attention behind kept keys",
    arguments: levels.flatMap { l in shapes.indices.map { (l.rawValue, $0) } })
  func cachedAttention(_ raw: UInt32, _ index: Int) {
    let (heads, kept, size) = Self.shapes[index]
    for (before, queries) in [(0, 1), (0, 9), (1, 1), (15, 7), (16, 8), (33, 17)] {
      var noise = Noise(UInt64(index + before))
      let width = (heads + 2 * kept) * size
      let ld = 48
      let qkv = noise.array(queries * width, scale: 2)
      let keys = noise.array(kept * size * ld, scale: 2)
      let values = noise.array(ld * kept * size)
      func run(_ level: nosce_level) -> [Float] {
        var output = [Float](repeating: 0, count: queries * heads * size)
        var scratch = [Float](
          repeating: 0, count: nosce_cached_attention_scratch(before, queries, size))
        qkv.withUnsafeBufferPointer { qkv in
          keys.withUnsafeBufferPointer { keys in
            values.withUnsafeBufferPointer { values in
              scratch.withUnsafeMutableBufferPointer { scratch in
                var shape = nosce_cached_attention(
                  queries: queries, before: before, heads: heads, key_value_heads: kept,
                  size: size, scale: 1 / Float(size).squareRoot(), softcap: 0, window: 0,
                  qkv: qkv.baseAddress, ld_qkv: width, keys: keys.baseAddress,
                  values: values.baseAddress, capacity: ld, scratch: scratch.baseAddress)
                nosce_cached_attention_forward(level, &shape, &output, heads * size)
              }
            }
          }
        }
        return output
      }
      #expect(distance(run(level(raw)), run(nosce_scalar)) < 2e-5)
    }
  }

  @Test("SwiGLU", arguments: cases)
  func swiglu(_ raw: UInt32, _ width: Int) {
    var noise = Noise(UInt64(width))
    let gateUp = noise.array(2 * 3 * width, scale: 12) + [200, -200, 0, 90, -90, 1]
    let rows = 3
    let dy = noise.array(rows * width)
    func run(_ level: nosce_level) -> [[Float]] {
      var output = [Float](repeating: 0, count: rows * width)
      var dgateUp = [Float](repeating: 0, count: 2 * rows * width)
      var again = output
      nosce_gated_forward(level, nosce_silu, rows, width, gateUp, nosce_float32, &output)
      nosce_gated_backward(
        level, nosce_silu, rows, width, gateUp, dy, nosce_float32, &dgateUp, &again)
      return [output, dgateUp, again]
    }
    for (one, other) in zip(run(level(raw)), run(nosce_scalar)) {
      for (x, y) in zip(one, other) { #expect(abs(x - y) <= 3e-6 * max(1, abs(y))) }
    }
  }

  @Test("cross-entropy and log-probabilities", arguments: cases)
  func crossEntropy(_ raw: UInt32, _ vocabulary: Int) {
    var noise = Noise(UInt64(vocabulary))
    let rows = 4
    let logits = noise.array(rows * vocabulary, scale: 20)
    let targets: [Int32] = [0, Int32(vocabulary - 1), -1, Int32(vocabulary / 2)]
    func run(_ level: nosce_level) -> (Double, [Float], [Float]) {
      var work = logits
      var gradient = [Float](repeating: 0, count: work.count)
      let loss = nosce_cross_entropy(
        level, rows, vocabulary, 0, &work, targets, 0.5, nosce_float32, &gradient)
      var found = [Float](repeating: 0, count: rows)
      nosce_log_probabilities(level, rows, vocabulary, logits, [0, 0, 0, 0], &found)
      return (loss, gradient, found)
    }
    let expected = run(nosce_scalar)
    let found = run(level(raw))
    #expect(abs(found.0 - expected.0) < 1e-4)
    #expect(distance(found.1, expected.1) < 2e-6)
    #expect(distance(found.2, expected.2) < 2e-5)
  }

  @Test("sampling follows the running sum", arguments: cases)
  func sample(_ raw: UInt32, _ vocabulary: Int) {
    var noise = Noise(UInt64(vocabulary))
    var logits = noise.array(vocabulary, scale: 4)
    if vocabulary > 2 { logits[vocabulary - 1] = -1000 }
    var scratch = [Float](repeating: 0, count: vocabulary)
    var differing = 0
    for step in 0..<200 {
      let uniform = Float(step) / 200
      let one = nosce_sample(level(raw), vocabulary, logits, 0.7, uniform, &scratch)
      let other = nosce_sample(nosce_scalar, vocabulary, logits, 0.7, uniform, &scratch)
      if one != other { differing += 1 }
      #expect(vocabulary <= 2 || Int(one) < vocabulary - 1)
    }
    // Only where a draw falls within rounding of a boundary may the two differ.
    #expect(differing <= 1)
    #expect(
      nosce_sample(level(raw), vocabulary, logits, 0, 0, &scratch)
        == nosce_sample(nosce_scalar, vocabulary, logits, 0, 0, &scratch))
    let last = nosce_sample(level(raw), vocabulary, logits, 1, 0.99999994, &scratch)
    #expect(Int(last) < vocabulary)
  }

  @Test("AdamW", arguments: cases)
  func adamW(_ raw: UInt32, _ count: Int) {
    var noise = Noise(UInt64(count))
    let start = noise.array(count)
    let gradient = noise.array(count)
    var settings = nosce_adamw(
      learning_rate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weight_decay: 0.1,
      gradient_scale: 0.5, correction1: 0.19, correction2: 0.0199)
    func run(_ level: nosce_level) -> [[Float]] {
      var weights = start
      var mean = start
      var variance = start.map { abs($0) }
      var halves = [UInt16](repeating: 0, count: count)
      nosce_adamw_step(level, &settings, count, &weights, gradient, &mean, &variance, &halves)
      return [weights, mean, variance, bfloats(halves)]
    }
    let expected = run(nosce_scalar)
    let found = run(level(raw))
    for part in 0..<3 { #expect(distance(found[part], expected[part]) < 1e-6) }
    #expect(distance(found[3], expected[3]) < 0.01)
  }

  @Test("conversions and sums", arguments: cases)
  func conversions(_ raw: UInt32, _ count: Int) {
    var noise = Noise(UInt64(count))
    var values = noise.array(count, scale: 1e3)
    values[0] = count % 2 == 0 ? .infinity : .nan
    func halves(_ level: nosce_level) -> [UInt16] {
      var result = [UInt16](repeating: 0, count: count)
      nosce_to_bfloat16(level, count, values, &result)
      return result
    }
    #expect(halves(level(raw)) == halves(nosce_scalar))
    let plain = noise.array(count)
    var sum = plain
    nosce_add(level(raw), count, plain, &sum)
    #expect(sum == plain.map { 2 * $0 })
    let squares = nosce_sum_of_squares(level(raw), count, plain)
    #expect(abs(squares - nosce_sum_of_squares(nosce_scalar, count, plain)) < 1e-5)
    var scaled = [Float](repeating: 0, count: count)
    nosce_scale_rows(level(raw), 1, count, plain, count, 0.25, nosce_float32, &scaled, count)
    #expect(scaled == plain.map { $0 * 0.25 })
  }

  @Test("half precision numbers widen exactly")
  func halfPrecision() {
    let bits = (0...UInt16.max).map { $0 }
    var widened = [Float](repeating: 0, count: bits.count)
    nosce_from_float16(bits.count, bits, &widened)
    for (index, value) in widened.enumerated() where index & 0x7C00 == 0x7C00 {
      #expect(value.isNaN == (index & 0x3FF != 0) && !value.isFinite)
    }
    #expect(widened[0x3C00] == 1 && widened[0xC000] == -2 && widened[1] == 0x1p-24)
    #expect(widened[0x0400] == 0x1p-14 && widened[0x7BFF] == 65504)
  }

  @Test("row-independent products", arguments: cases)
  func packed(_ raw: UInt32, _ outputs: Int) {
    for (rows, inputs) in [(1, 1), (13, 48), (31, 7)] {
      var noise = Noise(UInt64(outputs * rows))
      let weight = noise.array(outputs * inputs)
      let x = noise.array(rows * inputs)
      let start = noise.array(rows * outputs)
      var packed = [Float](repeating: 0, count: nosce_packed_count(outputs, inputs))
      nosce_pack(outputs, inputs, weight, nosce_float32, &packed)
      func run(_ level: nosce_level, _ range: Range<Int>) -> [Float] {
        var y = start
        y.withUnsafeMutableBufferPointer { y in
          x.withUnsafeBufferPointer { x in
            nosce_packed_matmul(
              level, nosce_float32, range.count, outputs, inputs,
              x.baseAddress.map { $0 + range.lowerBound * inputs }, inputs, packed, true,
              y.baseAddress.map { $0 + range.lowerBound * outputs }, outputs)
          }
        }
        return y
      }
      let all = run(level(raw), 0..<rows)
      var exact = start
      nosce_matmul_reference(
        nosce_float32, false, true, rows, outputs, inputs, x, inputs, weight, inputs, true, &exact,
        outputs)
      #expect(distance(all, exact) < 1e-5)
      #expect(distance(run(nosce_scalar, 0..<rows), exact) < 1e-6)
      for row in 0..<rows {
        let alone = run(level(raw), row..<row + 1)
        #expect(
          alone[row * outputs..<(row + 1) * outputs] == all[row * outputs..<(row + 1) * outputs])
      }
    }
  }
}
