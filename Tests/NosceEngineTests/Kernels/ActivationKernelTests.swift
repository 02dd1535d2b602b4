import CNosceKernels
import Testing

@Suite("Activations against their definitions")
struct ActivationKernelTests {
  static let activations = [nosce_silu, nosce_gelu_tanh, nosce_gelu_erf].map(\.rawValue)
  /// What overflows inside, or underflows, ends every list.
  static let far: [Float] = [200, -200, 0, 90, -90, 1, -0.001, 12.5, 1e20]

  /// The kernels promise 1e-6 of the larger of the result and 1.
  private func expectClose(_ found: [Float], _ expected: [Float], scale: Float = 1) {
    #expect(found.count == expected.count)
    for (x, y) in zip(found, expected) { #expect(abs(x - y) <= 1e-6 * scale * max(1, abs(y))) }
  }

  @Test("gated", arguments: KernelCases.all, activations)
  func gated(_ of: (raw: UInt32, width: Int), _ kind: UInt32) {
    let activation = nosce_activation(rawValue: kind)
    let (raw, width) = of
    var noise = Noise(UInt64(width))
    let rows = 4
    var gateUp = noise.array(2 * rows * width, scale: 12)
    for (at, value) in Self.far.enumerated() where at < width { gateUp[at] = value }
    let dy = noise.array(rows * width)
    func run(_ level: nosce_level) -> [[Float]] {
      var output = [Float](repeating: 0, count: rows * width)
      var again = output
      var dgateUp = [Float](repeating: 0, count: 2 * rows * width)
      var half = [UInt16](repeating: 0, count: rows * width)
      var halves = [UInt16](repeating: 0, count: 2 * rows * width)
      nosce_gated_forward(level, activation, rows, width, gateUp, nosce_float32, &output)
      nosce_gated_backward(
        level, activation, rows, width, gateUp, dy, nosce_float32, &dgateUp, &again)
      #expect(again == output)
      var only = dgateUp
      nosce_gated_backward(
        level, activation, rows, width, gateUp, dy, nosce_float32, &only, nil)
      #expect(only == dgateUp)
      nosce_gated_backward(
        level, activation, rows, width, gateUp, dy, nosce_bfloat16, &halves, &half)
      #expect(bfloats(half) == toBfloats(output) && bfloats(halves) == toBfloats(dgateUp))
      nosce_gated_forward(level, activation, rows, width, gateUp, nosce_bfloat16, &half)
      #expect(bfloats(half) == toBfloats(output))
      return [output, dgateUp]
    }
    let (found, expected) = compared(raw, run)
    // Up to 12 times the activation's own error.
    for (one, other) in zip(found, expected) { expectClose(one, other, scale: 12) }
  }

  @Test("plain", arguments: KernelCases.all, activations)
  func plain(_ of: (raw: UInt32, count: Int), _ kind: UInt32) {
    let activation = nosce_activation(rawValue: kind)
    let (raw, count) = of
    var noise = Noise(UInt64(count))
    let x = noise.array(count, scale: 8) + Self.far
    let dy = noise.array(x.count)
    func run(_ level: nosce_level) -> [[Float]] {
      var output = [Float](repeating: 0, count: x.count)
      var again = output
      var dx = output
      var half = [UInt16](repeating: 0, count: x.count)
      var halves = half
      nosce_activation_forward(level, activation, x.count, x, nosce_float32, &output)
      nosce_activation_backward(level, activation, x.count, x, dy, nosce_float32, &dx, &again)
      #expect(again == output)
      nosce_activation_backward(level, activation, x.count, x, dy, nosce_bfloat16, &halves, &half)
      #expect(bfloats(half) == toBfloats(output) && bfloats(halves) == toBfloats(dx))
      nosce_activation_forward(level, activation, x.count, x, nosce_bfloat16, &half)
      #expect(bfloats(half) == toBfloats(output))
      return [output, dx]
    }
    let (found, expected) = compared(raw, run)
    for (one, other) in zip(found, expected) { expectClose(one, other) }
    // One number's result does not depend on where it stands.
    var alone = [Float](repeating: 0, count: 1)
    for (at, value) in x.enumerated() {
      nosce_activation_forward(
        nosce_level(rawValue: raw), activation, 1, [value], nosce_float32, &alone)
      #expect(alone[0] == found[0][at])
    }
  }

  @Test("accurate wherever the curve bends", arguments: KernelCases.levels, activations)
  func accuracy(_ raw: UInt32, _ kind: UInt32) {
    let activation = nosce_activation(rawValue: kind)
    let x = (-60_000...60_000).map { Float($0) / 4_000 }
    let ones = [Float](repeating: 1, count: x.count)
    let (found, expected) = compared(raw) { level in
      var y = [Float](repeating: 0, count: x.count)
      var slope = y
      nosce_activation_backward(level, activation, x.count, x, ones, nosce_float32, &slope, &y)
      return (y, slope)
    }
    expectClose(found.0, expected.0)
    #expect(distance(found.1, expected.1) <= 1e-6)
  }

  @Test("tanh to a few units in the last place", arguments: KernelCases.levels)
  func tanh(_ raw: UInt32) {
    let x = (-40_000...40_000).map { Float($0) / 4_000 } + [1e-8, -1e-20, .infinity, -.infinity]
    let (found, expected) = compared(raw) { level in
      var y = x
      nosce_softcap(level, y.count, 1, &y)
      return y
    }
    for (one, other) in zip(found, expected) { #expect(abs(one - other) <= 4 * other.ulp) }
    var unknown: [Float] = [.nan]
    nosce_softcap(nosce_level(rawValue: raw), 1, 30, &unknown)
    #expect(unknown[0].isNaN)
  }
}
