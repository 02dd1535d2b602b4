import CNosceKernels
import Foundation
import NosceCore
import Testing

/// One product's numbers in both types: what the kernels are given, and the same as plain floats.
private struct Operands {
  let type: nosce_type
  let outputs: Int
  let inputs: Int
  /// The weight as its packed copy holds it, rounded to the type.
  let weight: [Float]
  let packed: [UInt8]

  init(_ type: nosce_type, _ outputs: Int, _ inputs: Int, level: nosce_level, seed: UInt64) {
    var noise = Noise(seed)
    let floats = noise.array(outputs * inputs)
    self.type = type
    self.outputs = outputs
    self.inputs = inputs
    weight = type == nosce_float32 ? floats : bfloats(Self.halves(floats))
    // Filled beforehand, so that a byte which packing leaves out is a NaN.
    var bytes = [UInt8](repeating: 0xFF, count: nosce_packed_bytes(type, outputs, inputs))
    nosce_pack_rows(level, type, outputs, inputs, 0, outputs, floats, inputs, &bytes)
    packed = bytes
  }

  static func halves(_ floats: [Float]) -> [UInt16] {
    var result = [UInt16](repeating: 0, count: floats.count)
    nosce_to_bfloat16(nosce_scalar, floats.count, floats, &result)
    return result
  }

  /// Rows in the kernels' type, `gap` numbers apart that are NaN, and as floats without gaps.
  func rows(_ count: Int, width: Int, gap: Int, seed: UInt64) -> (bytes: [UInt8], floats: [Float]) {
    var noise = Noise(seed)
    let floats = noise.array(count * width)
    var spread = [Float](repeating: .nan, count: count * (width + gap))
    for r in 0..<count {
      for i in 0..<width { spread[r * (width + gap) + i] = floats[r * width + i] }
    }
    if type == nosce_float32 {
      return (spread.withUnsafeBytes { Array($0) }, floats)
    }
    let halves = Self.halves(spread)
    return (halves.withUnsafeBytes { Array($0) }, bfloats(Self.halves(floats)))
  }

  var element: Int { type == nosce_float32 ? 4 : 2 }
}

/// What differs between the product and the gradient, so that one set of tests covers both.
private enum Direction: CaseIterable {
  case product, gradient

  func width(_ o: Operands) -> Int { self == .product ? o.inputs : o.outputs }
  func columns(_ o: Operands) -> Int { self == .product ? o.outputs : o.inputs }
  func parts(_ o: Operands) -> Int {
    self == .product
      ? nosce_packed_panels(o.outputs) : nosce_packed_input_blocks(o.inputs)
  }

  func run(
    _ o: Operands, _ level: nosce_level, rows: Int, _ x: UnsafeRawPointer, ldx: Int,
    parts: Range<Int>, accumulate: Bool, _ y: UnsafeMutablePointer<Float>, ldy: Int
  ) {
    switch self {
    case .product:
      nosce_packed_product(
        level, o.type, rows, o.outputs, o.inputs, x, ldx, o.packed, parts.lowerBound,
        parts.upperBound, accumulate, y, ldy)
    case .gradient:
      let bytes = nosce_packed_gradient_scratch(o.type, o.outputs, o.inputs)
      var scratch = [UInt8](repeating: 0xFF, count: bytes)
      nosce_packed_gradient(
        level, o.type, rows, o.outputs, o.inputs, x, ldx, o.packed, parts.lowerBound,
        parts.upperBound, accumulate, y, ldy, &scratch)
    }
  }

  func expected(_ o: Operands, rows: Int, _ x: [Float], start: [Float]?) -> [Float] {
    var y = start ?? [Float](repeating: 0, count: rows * columns(o))
    nosce_matmul_reference(
      nosce_float32, false, self == .product, rows, columns(o), width(o), x, width(o), o.weight,
      o.inputs, start != nil, &y, columns(o))
    return y
  }
}

/// A level and a type that this processor can run.
private struct Body: CustomStringConvertible, Sendable {
  let level: UInt32
  let type: UInt32
  var description: String { "level \(level), type \(type)" }

  static let all = ([nosce_scalar.rawValue] + KernelCases.levels).flatMap { level in
    [nosce_float32, nosce_bfloat16].map { Body(level: level, type: $0.rawValue) }
  }
}

@Suite("Packed products")
struct PackedProductTests {
  /// [outputs, inputs]: around panels, blocks and pairs, and beyond what is summed in one go.
  static let shapes = [
    (1, 1), (3, 2), (31, 33), (32, 32), (33, 31), (64, 65), (97, 130), (130, 97), (224, 48),
    (40, 2305), (2305, 40), (600, 1100),
  ]

  private func operands(_ body: Body, _ shape: (Int, Int)) -> Operands {
    Operands(
      nosce_type(rawValue: body.type), shape.0, shape.1, level: nosce_level(rawValue: body.level),
      seed: UInt64(shape.0 * 7 + shape.1))
  }

  @Test("against the definition", arguments: Body.all)
  fileprivate func definition(_ body: Body) {
    let level = nosce_level(rawValue: body.level)
    for shape in Self.shapes {
      let o = operands(body, shape)
      for direction in Direction.allCases {
        let (width, columns) = (direction.width(o), direction.columns(o))
        for (rows, accumulate) in [(1, false), (5, true), (29, false)] {
          let (bytes, floats) = o.rows(rows, width: width, gap: 3, seed: 5)
          var noise = Noise(9)
          let start = noise.array(rows * columns)
          var y = [Float](repeating: accumulate ? 0 : .nan, count: rows * (columns + 2))
          if accumulate {
            for r in 0..<rows {
              for i in 0..<columns { y[r * (columns + 2) + i] = start[r * columns + i] }
            }
          }
          direction.run(
            o, level, rows: rows, bytes, ldx: width + 3, parts: 0..<direction.parts(o),
            accumulate: accumulate, &y, ldy: columns + 2)
          let expected = direction.expected(o, rows: rows, floats, start: accumulate ? start : nil)
          // A sum of n numbers below 1 rounds by at most n steps of 2^-24 of what it has reached,
          // which for random signs is some sqrt(n).
          let tolerance = 4e-7 * Float(width)
          var found: [Float] = []
          for r in 0..<rows {
            found += y[r * (columns + 2)..<r * (columns + 2) + columns]
            let behind = y[r * (columns + 2) + columns..<(r + 1) * (columns + 2)]
            #expect(behind.allSatisfy { accumulate ? $0 == 0 : $0.isNaN })
          }
          let away = distance(found, expected)
          #expect(away <= tolerance, "\(direction) \(shape) rows \(rows)")
        }
      }
    }
  }

  @Test("a row does not depend on the others, nor on the split", arguments: Body.all)
  fileprivate func invariance(_ body: Body) {
    let level = nosce_level(rawValue: body.level)
    for shape in Self.shapes {
      let o = operands(body, shape)
      for direction in Direction.allCases {
        let (width, columns) = (direction.width(o), direction.columns(o))
        let parts = direction.parts(o)
        let rows = 37
        let (bytes, _) = o.rows(rows, width: width, gap: 0, seed: 6)
        var noise = Noise(10)
        let start = noise.array(rows * columns)
        func run(_ range: Range<Int>, _ splits: [Range<Int>], _ accumulate: Bool) -> [Float] {
          var y = Array(start[range.lowerBound * columns..<range.upperBound * columns])
          bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            for split in splits {
              direction.run(
                o, level, rows: range.count, base + range.lowerBound * width * o.element,
                ldx: width, parts: split, accumulate: accumulate, &y, ldy: columns)
            }
          }
          return y
        }
        for accumulate in [false, true] {
          let all = run(0..<rows, [0..<parts], accumulate)
          for count in level == nosce_scalar ? [1] : Array(1...19) + [24, 25, 32] {
            let from = (rows - count) / 2
            let some = run(from..<from + count, [0..<parts], accumulate)
            #expect(
              some.elementsEqual(all[from * columns..<(from + count) * columns]),
              "\(direction) \(shape) rows \(count)")
          }
          let single = run(0..<rows, (0..<parts).map { $0..<$0 + 1 }, accumulate)
          #expect(single == all)
          if parts > 4 {
            let thirds = [0..<3, 3..<4, 4..<parts]
            #expect(run(0..<rows, thirds, accumulate) == all)
            #expect(
              run(0..<1, thirds, accumulate).elementsEqual(all[..<columns]))
          }
        }
      }
    }
  }

  @Test("no rows and no parts leave everything alone", arguments: Body.all)
  fileprivate func nothing(_ body: Body) {
    let o = operands(body, (40, 33))
    for direction in Direction.allCases {
      let x = [UInt8](repeating: 0, count: 40 * 4)
      var y = [Float](repeating: 7, count: 40)
      let level = nosce_level(rawValue: body.level)
      direction.run(o, level, rows: 0, x, ldx: 40, parts: 0..<2, accumulate: false, &y, ldy: 40)
      direction.run(o, level, rows: 1, x, ldx: 40, parts: 1..<1, accumulate: false, &y, ldy: 40)
      #expect(y.allSatisfy { $0 == 7 })
    }
  }

  @Test("packing in pieces writes what packing at once does, and the same at every level")
  func packing() {
    for (outputs, inputs) in Self.shapes {
      var noise = Noise(UInt64(outputs + inputs))
      let ld = inputs + 1
      let floats = noise.array(outputs * ld)
      for type in [nosce_float32, nosce_bfloat16] {
        func pack(_ level: nosce_level, _ pieces: [Range<Int>]) -> [UInt8] {
          var bytes = [UInt8](repeating: 0xFF, count: nosce_packed_bytes(type, outputs, inputs))
          floats.withUnsafeBufferPointer { floats in
            guard let base = floats.baseAddress else { return }
            for piece in pieces {
              nosce_pack_rows(
                level, type, outputs, inputs, piece.lowerBound, piece.count,
                base + piece.lowerBound * ld, ld, &bytes)
            }
          }
          return bytes
        }
        let whole = pack(nosce_scalar, [0..<outputs])
        let cuts = [0, outputs / 3, outputs / 2, outputs]
        let pieces = zip(cuts, cuts.dropFirst()).map { $0..<$1 }.reversed()
        for level in [nosce_scalar] + KernelCases.levels.map(nosce_level.init(rawValue:)) {
          #expect(pack(level, [0..<outputs]) == whole)
          #expect(pack(level, Array(pieces)) == whole)
        }
        let which = [outputs - 1, 0, outputs / 2, 0].map { Int32($0) }
        var rows = [Float](repeating: .nan, count: which.count * ld)
        nosce_unpack_rows(
          type, outputs, inputs, which, which.count, whole, &rows, ld)
        for (i, row) in which.enumerated() {
          let plain = Array(floats[Int(row) * ld..<Int(row) * ld + inputs])
          let expected = type == nosce_float32 ? plain : bfloats(Operands.halves(plain))
          #expect(Array(rows[i * ld..<i * ld + inputs]) == expected)
          #expect(rows[i * ld + inputs].isNaN)
        }
      }
    }
  }

  @Test("nothing beyond the last row is read", arguments: Body.all)
  fileprivate func bounds(_ body: Body) throws {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let memory = try #require(
      mmap(nil, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0))
    defer { munmap(memory, 4 * page) }
    // Reading past the third page ends the process.
    #expect(mprotect(memory + 3 * page, page, PROT_NONE) == 0)
    for shape in [(33, 31), (31, 33), (97, 130), (65, 47)] {
      let o = operands(body, shape)
      for direction in Direction.allCases {
        let (width, columns) = (direction.width(o), direction.columns(o))
        for rows in [1, 2, 7] {
          let (bytes, floats) = o.rows(rows, width: width, gap: 0, seed: 7)
          let x = memory + 3 * page - bytes.count
          x.copyMemory(from: bytes, byteCount: bytes.count)
          var y = [Float](repeating: .nan, count: rows * columns)
          direction.run(
            o, nosce_level(rawValue: body.level), rows: rows, x, ldx: width,
            parts: 0..<direction.parts(o), accumulate: false, &y, ldy: columns)
          let expected = direction.expected(o, rows: rows, floats, start: nil)
          #expect(distance(y, expected) <= 4e-7 * Float(width))
        }
      }
    }
  }
}
