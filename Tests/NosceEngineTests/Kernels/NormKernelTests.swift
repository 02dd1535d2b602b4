import CNosceKernels
import Foundation
import Testing

@Suite("Norms and rotary positions against their definitions")
struct NormKernelTests {
  @Test("RMSNorm", arguments: KernelCases.all)
  func rmsNorm(_ raw: UInt32, _ width: Int) {
    var noise = Noise(UInt64(width))
    let x = noise.array(5 * width, scale: 3)
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
    let (found, expected) = compared(raw, run)
    for part in 0..<5 { #expect(distance(found[part], expected[part]) < 2e-5) }
    expectBfloats(found[5], near: expected[5])
  }

  @Test("RMSNorm of a row's parts", arguments: KernelCases.all, [1, 3])
  func groups(_ of: (raw: UInt32, width: Int), _ groups: Int) {
    let (raw, width) = of
    var noise = Noise(UInt64(width + groups))
    let rows = 4
    let ld = groups * width + 5
    let x = noise.array(rows * ld, scale: 3)
    let dy = noise.array(rows * ld)
    let weight = noise.array(width)
    func run(_ level: nosce_level) -> [[Float]] {
      var y = x
      var inverse = [Float](repeating: 0, count: rows * groups)
      nosce_group_rmsnorm_forward(
        level, rows, groups, width, x, ld, weight, 1e-5, &y, ld, &inverse)
      var inPlace = x
      inPlace.withUnsafeMutableBufferPointer {
        nosce_group_rmsnorm_forward(
          level, rows, groups, width, $0.baseAddress, ld, weight, 1e-5, $0.baseAddress, ld,
          &inverse)
      }
      #expect(inPlace == y)
      var added = dy
      var dweight = weight
      nosce_group_rmsnorm_backward(
        level, rows, groups, width, x, ld, weight, inverse, dy, ld, true, &added, ld, &dweight)
      var set = dy
      set.withUnsafeMutableBufferPointer {
        nosce_group_rmsnorm_backward(
          level, rows, groups, width, x, ld, weight, inverse, $0.baseAddress, ld, false,
          $0.baseAddress, ld, nil)
      }
      return [y, inverse, added, dweight, set]
    }
    let (found, expected) = compared(raw, run)
    // Numbers up to 3 and an inverse that may pass 1 at width 1: a few roundings of each.
    for (one, other) in zip(found, expected) { #expect(distance(one, other) < 3e-5) }
    // What lies between the rows stays.
    for row in 0..<rows {
      let gap = row * ld + groups * width..<(row + 1) * ld
      #expect(found[0][gap] == x[gap] && found[4][gap] == dy[gap])
    }
  }

  @Test("the norm before a residual sum", arguments: KernelCases.all)
  func postNorm(_ raw: UInt32, _ width: Int) {
    var noise = Noise(UInt64(width))
    let rows = 3
    let t = noise.array(rows * width, scale: 3)
    let residual = noise.array(rows * width, scale: 2)
    let dy = noise.array(rows * width)
    let weight = noise.array(width)
    func run(_ level: nosce_level) -> [[Float]] {
      var output = [Float](repeating: 0, count: rows * width)
      var inverse = [Float](repeating: 0, count: rows)
      nosce_postnorm_forward(
        level, rows, width, t, weight, 1e-5, residual, &output, &inverse)
      var dt = output
      var dweight = weight
      nosce_postnorm_backward(
        level, rows, width, t, weight, inverse, dy, nosce_float32, &dt, &dweight)
      var halves = [UInt16](repeating: 0, count: rows * width)
      nosce_postnorm_backward(
        level, rows, width, t, weight, inverse, dy, nosce_bfloat16, &halves, nil)
      return [output, inverse, dt, dweight, bfloats(halves)]
    }
    let (found, expected) = compared(raw, run)
    for part in 0..<4 { #expect(distance(found[part], expected[part]) < 3e-5) }
    // At width 1 the gradient cancels to nothing, and what is left is rounding.
    if width > 1 { expectBfloats(found[4], near: toBfloats(found[2])) }
  }

  @Test("LayerNorm", arguments: KernelCases.all, [false, true])
  func layerNorm(_ of: (raw: UInt32, width: Int), _ biased: Bool) {
    let (raw, width) = of
    var noise = Noise(UInt64(width))
    // A mean far from zero, which must not count where a row's last vector is not full.
    let x = noise.array(5 * width, scale: 3).map { $0 + 20 }
    let weight = noise.array(width)
    let bias = noise.array(width)
    let dy = noise.array(3 * width)
    let indices: [Int32] = [4, 0, 2]
    func run(_ level: nosce_level) -> [[Float]] {
      var output = [Float](repeating: 0, count: 3 * width)
      var copy = output
      var mean = [Float](repeating: 0, count: 3)
      var inverse = mean
      var halves = [UInt16](repeating: 0, count: 3 * width)
      bias.withUnsafeBufferPointer {
        let bias = biased ? $0.baseAddress : nil
        nosce_layernorm_forward(
          level, 3, width, x, indices, weight, bias, 1e-2, &copy, nosce_float32, &output, &mean,
          &inverse)
        nosce_layernorm_forward(
          level, 3, width, x, indices, weight, bias, 1e-2, nil, nosce_bfloat16, &halves, &mean,
          &inverse)
      }
      var dx = x
      var dweight = weight
      var dbias = bias
      nosce_layernorm_backward(
        level, 3, width, x, indices, weight, mean, inverse, dy, &dx, &dweight, &dbias)
      var without = x
      nosce_layernorm_backward(
        level, 3, width, x, indices, weight, mean, inverse, dy, &without, nil, nil)
      #expect(without == dx)
      return [output, copy, mean, inverse, dx, dweight, dbias, bfloats(halves)]
    }
    let (found, expected) = compared(raw, run)
    // A mean of 20 is known to 2e-6, and at width 1 the inverse is 10.
    for part in 0..<7 { #expect(distance(found[part], expected[part]) < 5e-5) }
    expectBfloats(found[7], near: toBfloats(found[0]))
  }

  static let rotations: [(size: Int, rotated: Int)] = [
    (2, 2), (4, 4), (12, 12), (16, 4), (32, 32), (34, 34), (80, 20), (96, 96), (64, 32), (256, 64),
  ]

  @Test(
    "rotary positions",
    arguments: KernelCases.levels.flatMap { l in rotations.indices.map { (l, $0) } })
  func rotary(_ raw: UInt32, _ index: Int) {
    let (size, rotated) = Self.rotations[index]
    var noise = Noise(UInt64(size))
    let table = noise.array(9 * rotated)
    let positions: [Int32] = [0, 8, 3]
    let ld = 3 * size + 5
    let x = noise.array(3 * ld)
    for sign in [1, -1] as [Float] {
      let (found, expected) = compared(raw) { level in
        var y = x
        nosce_rotary(level, 3, positions, 3, size, rotated, table, sign, &y, ld)
        return y
      }
      #expect(distance(found, expected) < 1e-6)
      for at in x.indices where at % ld % size >= rotated || at % ld >= 3 * size {
        #expect(found[at] == x[at])
      }
    }
  }

  @Test("turning back undoes turning", arguments: KernelCases.levels)
  func rotaryBack(_ raw: UInt32) {
    var noise = Noise(9)
    let angles = noise.array(10, scale: 3)
    let table = angles.map { cos($0) } + angles.map { sin($0) }
    let x = noise.array(2 * 24)
    var y = x
    for sign in [1, -1] as [Float] {
      nosce_rotary(nosce_level(rawValue: raw), 1, [0], 2, 24, 20, table, sign, &y, 48)
      #expect(sign < 0 || distance(x, y) > 0.1)
    }
    #expect(distance(x, y) < 1e-6)
  }

  @Test("a row's norm depends on no other row", arguments: KernelCases.all)
  func rowsAlone(_ raw: UInt32, _ width: Int) {
    let level = nosce_level(rawValue: raw)
    var noise = Noise(UInt64(width))
    let rows = 9
    let x = noise.array(rows * width, scale: 3)
    let weight = noise.array(width)
    func run(_ range: Range<Int>) -> [Float] {
      let part = Array(x[range.lowerBound * width..<range.upperBound * width])
      var outputs: [[Float]] = []
      var mean = [Float](repeating: 0, count: range.count)
      var inverse = mean
      for kernel in 0..<4 {
        var y = part
        switch kernel {
        case 0:
          nosce_rmsnorm_forward(
            level, range.count, width, part, nil, weight, 1e-5, nil, nosce_float32, &y, &inverse)
        case 1:
          nosce_group_rmsnorm_forward(
            level, range.count, 1, width, part, width, weight, 1e-5, &y, width, &inverse)
        case 2:
          nosce_postnorm_forward(
            level, range.count, width, part, weight, 1e-5, part, &y, &inverse)
        default:
          nosce_layernorm_forward(
            level, range.count, width, part, nil, weight, weight, 1e-5, nil, nosce_float32, &y,
            &mean, &inverse)
        }
        outputs.append(y)
      }
      return outputs.flatMap { $0 }
    }
    let all = run(0..<rows)
    for row in 0..<rows {
      let alone = run(row..<row + 1)
      for kernel in 0..<4 {
        let at = (kernel * rows + row) * width
        #expect(alone[kernel * width..<(kernel + 1) * width] == all[at..<at + width])
      }
    }
  }
}
