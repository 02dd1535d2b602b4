import CNosceKernels
import Foundation
import Testing

/// The scalar gradients against central differences of formulas written down again here, in double
/// precision.
@Suite("Scalar gradients against finite differences")
struct KernelGradientTests {
  /// The derivative of `f` by every number of `x`. A step of 1e-5 leaves an error near 1e-9.
  private func differences(_ x: [Float], _ f: ([Double]) -> Double) -> [Double] {
    var x = x.map(Double.init)
    return x.indices.map { at in
      let start = x[at]
      x[at] = start + 1e-5
      let above = f(x)
      x[at] = start - 1e-5
      let below = f(x)
      x[at] = start
      return (above - below) / 2e-5
    }
  }

  /// Gradients are kept in single precision, and start from an inverse or a normaliser that is.
  private func expect(
    _ found: [Float], near expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    for (one, other) in zip(found, expected) {
      #expect(abs(Double(one) - other) < 2e-6 * max(1, abs(other)), sourceLocation: sourceLocation)
    }
  }

  private func dot(_ x: some Sequence<Double>, _ y: [Float]) -> Double {
    zip(x, y).reduce(0) { $0 + $1.0 * Double($1.1) }
  }

  /// weight * x / rms(x) over parts of as many numbers as the weight has.
  private func normed(_ x: [Double], _ weight: [Double]) -> [Double] {
    let width = weight.count
    return x.indices.map { at in
      let part = x[at / width * width..<(at / width + 1) * width]
      let square = part.reduce(0) { $0 + $1 * $1 } / Double(width)
      return weight[at % width] * x[at] / (square + 0.01).squareRoot()
    }
  }

  @Test("RMSNorm of parts, and before a sum", arguments: [1, 2, 5, 8])
  func rmsNorm(_ width: Int) {
    var noise = Noise(UInt64(width))
    let (rows, groups) = (2, 3)
    let count = rows * groups * width
    let x = noise.array(count, scale: 2)
    let dy = noise.array(count)
    let weight = noise.array(width)
    let inverse = x.indices.filter { $0 % width == 0 }.map { at -> Float in
      let square = x[at..<at + width].reduce(0) { $0 + Double($1) * Double($1) } / Double(width)
      return Float(1 / (square + 0.01).squareRoot())
    }
    let exact = differences(x) { dot(normed($0, weight.map(Double.init)), dy) }
    let exactWeight = differences(weight) { dot(normed(x.map(Double.init), $0), dy) }
    var dx = [Float](repeating: .nan, count: count)
    var dweight = [Float](repeating: 0, count: width)
    nosce_group_rmsnorm_backward(
      nosce_scalar, rows, groups, width, x, groups * width, weight, inverse, dy, groups * width,
      false, &dx, groups * width, &dweight)
    expect(dx, near: exact)
    expect(dweight, near: exactWeight)
    dx = [Float](repeating: .nan, count: count)
    dweight = [Float](repeating: 0, count: width)
    nosce_postnorm_backward(
      nosce_scalar, rows * groups, width, x, weight, inverse, dy, nosce_float32, &dx, &dweight)
    expect(dx, near: exact)
    expect(dweight, near: exactWeight)
  }

  @Test("LayerNorm", arguments: [1, 2, 5, 8])
  func layerNorm(_ width: Int) {
    var noise = Noise(UInt64(width))
    let rows = 3
    let x = noise.array(rows * width, scale: 2)
    let dy = noise.array(rows * width)
    let weight = noise.array(width)
    let bias = noise.array(width)
    func value(_ x: [Double], _ weight: [Double], _ bias: [Double]) -> Double {
      var total = 0.0
      for row in 0..<rows {
        let part = x[row * width..<(row + 1) * width]
        let mean = part.reduce(0, +) / Double(width)
        let variance = part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
        let scale = 1 / (variance + 0.01).squareRoot()
        for (at, number) in part.enumerated() {
          total +=
            Double(dy[row * width + at]) * ((number - mean) * scale * weight[at] + bias[at])
        }
      }
      return total
    }
    let (wide, wideWeight, wideBias) = (
      x.map(Double.init), weight.map(Double.init), bias.map(Double.init)
    )
    var output = [Float](repeating: 0, count: rows * width)
    var mean = [Float](repeating: 0, count: rows)
    var inverse = mean
    nosce_layernorm_forward(
      nosce_scalar, rows, width, x, nil, weight, bias, 0.01, nil, nosce_float32, &output, &mean,
      &inverse)
    #expect(abs(dot(output.map(Double.init), dy) - value(wide, wideWeight, wideBias)) < 1e-5)
    var dx = [Float](repeating: 0, count: rows * width)
    var dweight = [Float](repeating: 0, count: width)
    var dbias = dweight
    nosce_layernorm_backward(
      nosce_scalar, rows, width, x, nil, weight, mean, inverse, dy, &dx, &dweight, &dbias)
    expect(dx, near: differences(x) { value($0, wideWeight, wideBias) })
    expect(dweight, near: differences(weight) { value(wide, $0, wideBias) })
    expect(dbias, near: differences(bias) { value(wide, wideWeight, $0) })
  }

  static let formulas: [(UInt32, @Sendable (Double) -> Double)] = [
    (nosce_silu.rawValue, { $0 / (1 + exp(-$0)) }),
    (
      nosce_gelu_tanh.rawValue,
      { $0 / 2 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) }
    ),
    (nosce_gelu_erf.rawValue, { $0 / 2 * (1 + erf($0 / 2.0.squareRoot())) }),
  ]

  @Test("activations, gated and plain", arguments: formulas.indices)
  func activation(_ index: Int) {
    let (kind, formula) = Self.formulas[index]
    let activation = nosce_activation(rawValue: kind)
    var noise = Noise(4)
    let width = 40
    let gateUp = noise.array(2 * width, scale: 5)
    let dy = noise.array(width)
    let gate = Array(gateUp[..<width])
    var output = [Float](repeating: 0, count: width)
    var dx = output
    nosce_activation_backward(
      nosce_scalar, activation, width, gate, dy, nosce_float32, &dx, &output)
    expect(output, near: gate.map { formula(Double($0)) })
    expect(dx, near: differences(gate) { dot($0.map(formula), dy) })
    var dgateUp = [Float](repeating: 0, count: 2 * width)
    nosce_gated_backward(
      nosce_scalar, activation, 1, width, gateUp, dy, nosce_float32, &dgateUp, &output)
    expect(
      dgateUp,
      near: differences(gateUp) { x in
        dot((0..<width).map { formula(x[$0]) * x[width + $0] }, dy)
      })
    expect(output, near: (0..<width).map { formula(Double(gate[$0])) * Double(gateUp[width + $0]) })
  }

  @Test("cross-entropy behind a cap", arguments: [0, 2, 30] as [Float])
  func crossEntropy(_ cap: Float) {
    var noise = Noise(5)
    let vocabulary = 11
    let logits = noise.array(2 * vocabulary, scale: 4)
    let targets: [Int32] = [3, 10]
    func loss(_ x: [Double]) -> Double {
      var total = 0.0
      for (row, target) in targets.enumerated() {
        let part = x[row * vocabulary..<(row + 1) * vocabulary].map {
          cap > 0 ? Double(cap) * tanh($0 / Double(cap)) : $0
        }
        total += log(part.reduce(0) { $0 + exp($1) }) - part[Int(target)]
      }
      return total
    }
    var work = logits
    var gradient = [Float](repeating: 0, count: logits.count)
    let found = nosce_cross_entropy(
      nosce_scalar, 2, vocabulary, cap, &work, targets, 0.5, nosce_float32, &gradient)
    #expect(abs(found - loss(logits.map(Double.init))) < 1e-6)
    expect(gradient, near: differences(logits) { 0.5 * loss($0) })
  }

  @Test("attention with its cap, window and scale", arguments: AttentionCase.all.indices)
  func attention(_ index: Int) {
    var of = AttentionCase.all[index]
    // Small enough for a pass per number; the rules stay.
    (of.heads, of.kept, of.size) = index % 2 == 0 ? (2, 1, 4) : (2, 2, 2)
    of.window = min(of.window, 3)
    var noise = Noise(UInt64(index))
    let rows = 6
    let qkv = noise.array(rows * of.width, scale: 2)
    let dy = noise.array(rows * of.heads * of.size)
    var batch = AttentionRun(of, offsets: [0, 6], qkv: qkv)
    batch.run(nosce_scalar, doutput: dy)
    expect(batch.output, near: attended(of, rows, qkv.map(Double.init)))
    // Every number of a gradient is a sum of up to 12 terms, kept in single precision.
    let exact = differences(qkv) { dot(attended(of, rows, $0), dy) }
    for (one, other) in zip(batch.dqkv, exact) { #expect(abs(Double(one) - other) < 5e-6) }
  }

  private func attended(_ of: AttentionCase, _ rows: Int, _ qkv: [Double]) -> [Double] {
    var output = [Double](repeating: 0, count: rows * of.heads * of.size)
    for row in 0..<rows {
      for head in 0..<of.heads {
        let shared = head / (of.heads / of.kept)
        var terms: [(weight: Double, key: Int)] = []
        for key in 0...row where of.window == 0 || key > row - of.window {
          var score = 0.0
          for e in 0..<of.size {
            let query = qkv[row * of.width + head * of.size + e]
            score += query * qkv[key * of.width + (of.heads + shared) * of.size + e]
          }
          score *= Double(of.scale)
          if of.softcap > 0 { score = Double(of.softcap) * tanh(score / Double(of.softcap)) }
          terms.append((exp(score), key))
        }
        let sum = terms.reduce(0) { $0 + $1.weight }
        for (weight, key) in terms {
          for e in 0..<of.size {
            let value = qkv[key * of.width + (of.heads + of.kept + shared) * of.size + e]
            output[(row * of.heads + head) * of.size + e] += weight / sum * value
          }
        }
      }
    }
    return output
  }
}
