import CNosceKernels
import Foundation
import Testing

@Suite("Matrix products")
struct MatmulTests {
  static let sizes = [1, 7, 8, 9, 64, 130]

  @Test("every layout, against the definition", arguments: sizes, [false, true])
  func layouts(_ size: Int, _ transposeA: Bool) {
    let types = nosce_has_bfloat16() ? [nosce_float32, nosce_bfloat16] : [nosce_float32]
    for type in types {
      for transposeB in [false, true] {
        for accumulate in [false, true] {
          let (m, n, k) = (size, 17, 33)
          var noise = Noise(UInt64(size))
          let lda = (transposeA ? m : k) + 3
          let ldb = (transposeB ? k : n) + 5
          let a = noise.array((transposeA ? k : m) * lda)
          let b = noise.array((transposeB ? n : k) * ldb)
          var c = noise.array(m * (n + 2))
          var exact = c
          func run(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer) {
            #expect(
              nosce_matmul(
                type, transposeA, transposeB, m, n, k, a, lda, b, ldb, accumulate, &c, n + 2) == 0)
            nosce_matmul_reference(
              type, transposeA, transposeB, m, n, k, a, lda, b, ldb, accumulate, &exact, n + 2)
          }
          if type == nosce_float32 {
            run(a, b)
          } else {
            run(halves(a), halves(b))
          }
          // 33 products of numbers below 1, summed in single precision.
          #expect(distance(c, exact) < 2e-5)
        }
      }
    }
  }

  private func halves(_ values: [Float]) -> [UInt16] {
    var result = [UInt16](repeating: 0, count: values.count)
    nosce_to_bfloat16(nosce_scalar, values.count, values, &result)
    return result
  }
}
