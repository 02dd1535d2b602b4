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

func toBfloats(_ values: [Float]) -> [Float] {
  var halves = [UInt16](repeating: 0, count: values.count)
  nosce_to_bfloat16(nosce_scalar, values.count, values, &halves)
  return bfloats(halves)
}

/// The vectorised compilations that this processor can run, as raw values, and sizes at which the
/// last vector of a row is full, nearly empty and nearly full.
enum KernelCases {
  static let levels: [UInt32] = [nosce_vector, nosce_avx2, nosce_avx512].map(\.rawValue).filter {
    $0 <= nosce_best_level().rawValue
  }
  static let sizes = [1, 7, 8, 9, 15, 16, 17, 33, 48, 130]
  static let all = levels.flatMap { level in sizes.map { (level, $0) } }
}

/// Runs `body` at the level to test and by the definition.
func compared<T>(_ raw: UInt32, _ body: (nosce_level) -> T) -> (found: T, expected: T) {
  (body(nosce_level(rawValue: raw)), body(nosce_scalar))
}

/// A rounding that falls on the other side differs by one bfloat16 step, 2^-8 of the value.
func expectBfloats(
  _ found: [Float], near expected: [Float], sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.count == expected.count, sourceLocation: sourceLocation)
  for (one, other) in zip(found, expected) {
    #expect(abs(one - other) <= abs(other) / 128 + 1e-30, sourceLocation: sourceLocation)
  }
}

/// The optimizer, conversions and products at every level against the scalar definitions.
@Suite("Kernels against their definitions")
struct KernelTests {
  static let cases = KernelCases.all

  private func level(_ raw: UInt32) -> nosce_level { nosce_level(rawValue: raw) }

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

  @Test("biases, factors and the logit cap", arguments: cases)
  func elementwise(_ raw: UInt32, _ width: Int) {
    var noise = Noise(UInt64(width))
    let rows = 19
    let ld = width + 3
    let bias = noise.array(width)
    let y = noise.array(rows * ld)
    var halves = [UInt16](repeating: 0, count: y.count)
    nosce_to_bfloat16(nosce_scalar, y.count, y, &halves)
    func run(_ level: nosce_level) -> [[Float]] {
      var sum = y
      nosce_add_bias(level, rows, width, bias, &sum, ld)
      var gradient = bias
      nosce_bias_gradient(level, rows, width, nosce_float32, y, ld, &gradient)
      var rounded = bias
      nosce_bias_gradient(level, rows, width, nosce_bfloat16, halves, ld, &rounded)
      var capped = y.map { $0 * 100 }
      nosce_softcap(level, capped.count, 30, &capped)
      var scaled = y
      nosce_scale(level, scaled.count, 45.25, &scaled)
      return [sum, scaled, gradient, rounded, capped]
    }
    let (found, expected) = compared(raw, run)
    #expect(found[0] == expected[0] && found[1] == y.map { $0 * 45.25 })
    #expect(distance(found[2], expected[2]) < 5e-6 && distance(found[3], expected[3]) < 5e-6)
    #expect(distance(found[4], expected[4]) < 30 * 2e-7)
    for (at, value) in found[0].enumerated() where at % ld >= width { #expect(value == y[at]) }
    for column in 0..<width {
      let exact = (0..<rows).reduce(Double(bias[column])) { $0 + Double(y[$1 * ld + column]) }
      #expect(abs(Double(found[2][column]) - exact) < 5e-6)
    }
  }

  @Test("learned positions are added and get their gradient")
  func learnedPositions() {
    var noise = Noise(3)
    let table = noise.array(4 * 5)
    var target = noise.array(3 * 5)
    let start = target
    let ids: [Int32] = [2, 0, 2]
    nosce_embedding_add(3, 5, table, ids, &target)
    var dtable = [Float](repeating: 0, count: table.count)
    nosce_embedding_scatter(3, 5, start, ids, &dtable)
    for column in 0..<5 {
      for (row, id) in ids.enumerated() {
        #expect(target[row * 5 + column] == start[row * 5 + column] + table[Int(id) * 5 + column])
      }
      #expect(dtable[column] == start[5 + column] && dtable[5 + column] == 0)
      #expect(dtable[10 + column] == start[column] + start[10 + column])
    }
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
}
