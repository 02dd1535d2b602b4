import CNosceKernels
import Foundation
import Testing

@Suite("Loss, log-probabilities and sampling against their definitions")
struct VocabularyKernelTests {
  @Test("cross-entropy and log-probabilities", arguments: KernelCases.all, [0, 30, 5] as [Float])
  func crossEntropy(_ of: (raw: UInt32, vocabulary: Int), _ cap: Float) {
    let (raw, vocabulary) = of
    var noise = Noise(UInt64(vocabulary))
    let rows = 4
    let logits = noise.array(rows * vocabulary, scale: 20)
    let targets: [Int32] = [0, Int32(vocabulary - 1), -1, Int32(vocabulary / 2)]
    func run(_ level: nosce_level) -> (loss: Double, gradient: [Float], inPlace: [Float]) {
      var work = logits
      var gradient = [Float](repeating: .nan, count: work.count)
      let loss = nosce_cross_entropy(
        level, rows, vocabulary, cap, &work, targets, 0.5, nosce_float32, &gradient)
      var inPlace = logits
      inPlace.withUnsafeMutableBufferPointer {
        let again = nosce_cross_entropy(
          level, rows, vocabulary, cap, $0.baseAddress, targets, 0.5, nosce_float32,
          $0.baseAddress)
        #expect(again == loss)
      }
      var halves = [UInt16](repeating: 0, count: work.count)
      work = logits
      #expect(
        loss
          == nosce_cross_entropy(
            level, rows, vocabulary, cap, &work, targets, 0.5, nosce_bfloat16, &halves))
      #expect(bfloats(halves) == toBfloats(gradient))
      return (loss, gradient, inPlace)
    }
    let (found, expected) = compared(raw, run)
    #expect(found.inPlace == found.gradient)
    #expect(abs(found.loss - expected.loss) < 1e-4)
    #expect(distance(found.gradient, expected.gradient) < 2e-6)
  }

  @Test("log-probabilities, each from its row alone", arguments: KernelCases.all)
  func logProbabilities(_ raw: UInt32, _ vocabulary: Int) {
    var noise = Noise(UInt64(vocabulary))
    let rows = 5
    let logits = noise.array(rows * vocabulary, scale: 20)
    let tokens = (0..<rows).map { Int32($0 * 31 % vocabulary) }
    let (found, expected) = compared(raw) { level in
      var result = [Float](repeating: 0, count: rows)
      nosce_log_probabilities(level, rows, vocabulary, logits, tokens, &result)
      return result
    }
    #expect(distance(found, expected) < 2e-5)
    for row in 0..<rows {
      var alone: Float = 0
      let part = Array(logits[row * vocabulary..<(row + 1) * vocabulary])
      nosce_log_probabilities(
        nosce_level(rawValue: raw), 1, vocabulary, part, [tokens[row]], &alone)
      #expect(alone == found[row])
    }
  }

  @Test("sampling follows the running sum", arguments: KernelCases.all)
  func sample(_ raw: UInt32, _ vocabulary: Int) {
    let level = nosce_level(rawValue: raw)
    var noise = Noise(UInt64(vocabulary))
    var logits = noise.array(vocabulary, scale: 4)
    if vocabulary > 2 { logits[vocabulary - 1] = -1000 }
    if vocabulary > 7 { logits[3] = -.infinity }
    var scratch = [Float](repeating: 0, count: vocabulary)
    var differing = 0
    for step in 0..<200 {
      let uniform = Float(step) / 200
      let one = nosce_sample(level, vocabulary, logits, 0.7, uniform, &scratch)
      let other = nosce_sample(nosce_scalar, vocabulary, logits, 0.7, uniform, &scratch)
      if one != other { differing += 1 }
      #expect(vocabulary <= 2 || Int(one) < vocabulary - 1)
      #expect(vocabulary <= 7 || one != 3)
    }
    // Only where a draw falls within rounding of a boundary may the two differ.
    #expect(differing <= 1)
    #expect(
      nosce_sample(level, vocabulary, logits, 0, 0, &scratch)
        == nosce_sample(nosce_scalar, vocabulary, logits, 0, 0, &scratch))
    let last = nosce_sample(level, vocabulary, logits, 1, 0.99999994, &scratch)
    #expect(last >= 0 && Int(last) < vocabulary)
  }

  @Test("equal logits are drawn by number", arguments: KernelCases.levels)
  func equalLogits(_ raw: UInt32) {
    let level = nosce_level(rawValue: raw)
    // 1024 terms of exactly 1: no sum rounds, so every draw is known.
    let logits = [Float](repeating: -3, count: 1024)
    var scratch = logits
    for step in 0..<1024 {
      let uniform = Float(step) / 1024
      #expect(nosce_sample(level, 1024, logits, 0.5, uniform, &scratch) == step)
      #expect(nosce_sample(level, 1024, logits, 0.5, uniform + 0x1p-11, &scratch) == step)
    }
    #expect(nosce_sample(level, 1024, logits, 0, 0.5, &scratch) == 0)
  }

  @Test("a large vocabulary", arguments: KernelCases.levels)
  func large(_ raw: UInt32) {
    let level = nosce_level(rawValue: raw)
    let vocabulary = 151_936
    var noise = Noise(7)
    var logits = noise.array(vocabulary, scale: 10)
    var scratch = [Float](repeating: 0, count: vocabulary)
    let terms = logits.map { exp(Double($0)) }
    let total = terms.reduce(0, +)
    for step in 0..<20 {
      let uniform = Float(step) / 20
      let token = Int(nosce_sample(level, vocabulary, logits, 1, uniform, &scratch))
      let before = terms[..<token].reduce(0, +) / total
      // Ten thousand additions in single precision, one after another in each lane.
      #expect(before <= Double(uniform) + 1e-5)
      #expect(before + terms[token] / total > Double(uniform) - 1e-5)
    }
    for at in [0, 17, 151_919, 151_935] {
      logits[at] = 11 + Float(at) * 1e-5
      #expect(nosce_sample(level, vocabulary, logits, 0, 0, &scratch) == at)
    }
  }
}
