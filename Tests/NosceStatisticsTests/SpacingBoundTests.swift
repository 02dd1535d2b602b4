import Foundation
import NosceCore
import NosceStatistics
import Testing

@Suite struct SpacingBoundTests {
  @Test func equalsClopperPearsonForZerosAndOnes() throws {
    for n in [1, 3, 5, 8] {
      for successes in 0...n {
        let values =
          [Double](repeating: 1, count: successes) + [Double](repeating: 0, count: n - successes)
        let exact = try Proportion.clopperPearson(successes: successes, of: n)
        #expect(abs(SpacingBound.upper(values, limit: 1, tail: 0.025) - exact.upper) < 1e-9)
        #expect(abs(SpacingBound.lower(values, limit: 0, tail: 0.025) - exact.lower) < 1e-9)
      }
    }
  }

  @Test func hasAClosedFormWhereAllAgree() {
    let same = SpacingBound.upper([0.3, 0.3, 0.3, 0.3, 0.3], limit: 1, tail: 0.025)
    #expect(abs(same - (0.3 + 0.7 * (1 - pow(0.025, 0.2)))) < 1e-12)
    // A hair of spread must not make a jump.
    let nearly = SpacingBound.upper([0.3, 0.3, 0.3, 0.3, 0.300001], limit: 1, tail: 0.025)
    #expect(abs(same - nearly) < 1e-5)
  }

  @Test func exceedanceMatchesItsDefinition() {
    // Uniform weights on the simplex are the spacings of sorted uniform numbers.
    let knots = [0.1, 0.25, 0.25, 0.7, 1]
    var generator = SeededGenerator(seed: 3)
    let draws = 200_000
    var above = [0, 0, 0]
    let thresholds = [0.2, 0.4, 0.65]
    for _ in 0..<draws {
      let cuts = [0] + (0..<4).map { _ in generator.uniform() }.sorted() + [1]
      let mean = knots.indices.reduce(0) { $0 + knots[$1] * (cuts[$1 + 1] - cuts[$1]) }
      for (index, threshold) in thresholds.enumerated() where mean > threshold {
        above[index] += 1
      }
    }
    for (index, threshold) in thresholds.enumerated() {
      let expected = Double(above[index]) / Double(draws)
      let value = SpacingBound.exceedance(threshold, knots: knots)
      #expect(abs(value - expected) < 4 * (0.25 / Double(draws)).squareRoot())
    }
    // Two knots: a uniform distribution between them.
    #expect(abs(SpacingBound.exceedance(0.4, knots: [0.2, 1]) - 0.75) < 1e-15)
    #expect(SpacingBound.exceedance(0.1, knots: [0.2, 1]) == 1)
    #expect(SpacingBound.exceedance(1, knots: [0.2, 1]) == 0)
  }
}
