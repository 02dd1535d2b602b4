import Foundation
import NosceEngine
import NosceTestSupport
import Testing

/// The probability that none of some tokens follows, against the sum over all others one by one.
@Suite("Tokens that must not follow")
struct BarredTests {
  static let prefix: [Int32] = [5, 6, 7]
  static let candidates: [[Int32]] = [[1], [2, 3], [4, 4, 4], []]

  @Test(
    "Few or nearly all, each candidate has one value more, and the others are the same",
    arguments: [[9], [9, 10, 11, 12], Array(Int32(0)..<36), Array(Int32(3)..<20)], [1, 2])
  func sums(_ barred: [Int32], threads: Int) throws {
    let model = try InferenceModel(TrainingTests.tiny())
    let plain = try model.logProbabilities(prefix: Self.prefix, candidates: Self.candidates)
    let request = ScoringRequest(
      prefix: Self.prefix, candidates: Self.candidates, barred: barred)
    for found in try model.logProbabilities([request, request], threads: threads) {
      for (place, candidate) in Self.candidates.enumerated() where !candidate.isEmpty {
        #expect(Array(found[place].dropLast()) == plain[place])
        let others = (Int32(0)..<37).filter { !barred.contains($0) }
        let each = try model.logProbabilities(
          prefix: Self.prefix, candidates: others.map { candidate + [$0] })
        let sum = each.reduce(0) { $0 + exp(Double($1.last ?? 0)) }
        let value = try #require(found[place].last)
        // Single precision, summed over at most 37 tokens.
        #expect(abs(Double(value) - log(sum)) < 1e-5)
      }
    }
  }

  @Test("A token that the model does not have is an error")
  func unknown() throws {
    let model = try InferenceModel(TrainingTests.tiny())
    #expect(throws: EngineError.self) {
      try model.logProbabilities([
        ScoringRequest(prefix: [1], candidates: [[2]], barred: [37])
      ])
    }
  }
}
