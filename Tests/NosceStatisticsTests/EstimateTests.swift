import Foundation
import NosceCore
import NosceStatistics
import Testing

@Suite struct EstimateTests {
  @Test func oneSeedHasNoInterval() throws {
    let estimate = try Estimate.mean(of: [0.4])
    #expect(estimate.mean == 0.4)
    #expect(estimate.interval == nil)
    #expect(estimate.n == 1)
    #expect(try Estimate.difference([0.4], minus: [0.1, 0.2]).interval == nil)
  }

  @Test(arguments: [2, 5, 8, 10])
  func agreeingSeedsGetTheExactBound(n: Int) throws {
    let ones = try Estimate.mean(of: [Double](repeating: 1, count: n))
    let interval = try #require(ones.interval)
    #expect(abs(interval.lower - pow(0.025, 1 / Double(n))) < 1e-12)
    #expect(interval.upper == 1)
    let zeros = try Estimate.mean(of: [Double](repeating: 0, count: n))
    let other = try #require(zeros.interval)
    #expect(other.lower == 0)
    #expect(abs(other.upper - (1 - pow(0.025, 1 / Double(n)))) < 1e-12)
  }

  @Test func unboundedSeedsThatAgreeHaveNoInterval() throws {
    #expect(try Estimate.mean(of: [-3, -3, -3], bounds: nil).interval == nil)
  }

  /// All n^n ordered resamples, against the multisets with their weights that the library visits.
  @Test(arguments: [
    [0.1, 0.5, 0.4, 0.9], [2, 3, 5, 11.5], [0.61, 0.7, 0.72, 0.9, 0.95], [-3, -1.5, -1, 0, 40],
  ])
  func bootstrapMatchesBruteForce(values: [Double]) throws {
    let n = values.count
    let mean = values.reduce(0, +) / Double(n)
    var ratios: [Double] = []
    for code in 0..<Int(pow(Double(n), Double(n))) {
      var rest = code
      let picked = (0..<n).map { _ -> Double in
        defer { rest /= n }
        return values[rest % n]
      }
      let average = picked.reduce(0, +) / Double(n)
      let variance = picked.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(n - 1)
      if Set(picked).count == 1 {
        ratios.append(average < mean ? -.infinity : .infinity)
      } else {
        ratios.append((average - mean) / (variance / Double(n)).squareRoot())
      }
    }
    ratios.sort()
    let tail = 0.025
    let count = Double(ratios.count)
    let high = ratios[Int((count * (1 - tail)).rounded(.up)) - 1]
    let low = ratios[Int((count * tail).rounded(.up)) - 1]
    let t = StudentT.quantile(0.975, degreesOfFreedom: Double(n - 1))
    let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n - 1) / Double(n)
    let above = high.isFinite ? max(t, high) : t
    let below = low.isFinite ? min(-t, low) : -t
    let interval = try #require(try Estimate.mean(of: values, bounds: nil).interval)
    #expect(abs(interval.lower - (mean - above * spread.squareRoot())) < 1e-9 * abs(above))
    #expect(abs(interval.upper - (mean - below * spread.squareRoot())) < 1e-9 * abs(below))
  }

  @Test func intervalsMirrorAndScale() throws {
    let values = [0.62, 0.8, 0.81, 0.9, 0.97]
    let plain = try #require(try Estimate.mean(of: values).interval)
    let mirrored = try #require(try Estimate.mean(of: values.map { 1 - $0 }).interval)
    #expect(abs(plain.lower - (1 - mirrored.upper)) < 1e-9)
    #expect(abs(plain.upper - (1 - mirrored.lower)) < 1e-9)
    let percent = try #require(
      try Estimate.mean(of: values.map { 100 * $0 }, bounds: 0...100).interval)
    #expect(abs(percent.lower - 100 * plain.lower) < 1e-6)
    #expect(abs(percent.upper - 100 * plain.upper) < 1e-6)
    let narrower = try #require(try Estimate.mean(of: values, level: 0.8).interval)
    #expect(narrower.width < plain.width)
    #expect(narrower.level == 0.8)
  }

  @Test func intervalsStayInTheRangeAndHoldTheMean() throws {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<200 {
      let n = 2 + generator.index(below: 6)
      let values = (0..<n).map { _ in (generator.uniform() * 4).rounded() / 4 }
      let estimate = try Estimate.mean(of: values)
      let interval = try #require(estimate.interval)
      #expect(interval.lower >= 0 && interval.upper <= 1)
      #expect(interval.lower <= estimate.mean && estimate.mean <= interval.upper)
    }
  }

  @Test func differenceOfAgreeingArmsRecoversBothErrors() throws {
    let estimate = try Estimate.difference([1, 1, 1, 1, 1], minus: [0, 0, 0, 0, 0])
    let interval = try #require(estimate.interval)
    let reach = 1 - pow(0.025, 0.2)
    #expect(estimate.mean == 1)
    #expect(abs(interval.lower - (1 - reach * 2.0.squareRoot())) < 1e-12)
    #expect(interval.upper == 1)
    let none = try Estimate.difference([0, 0, 0, 0, 0], minus: [0, 0, 0, 0, 0])
    #expect(abs(try #require(none.interval).upper - reach) < 1e-12)
  }

  @Test func differencesAreAntisymmetric() throws {
    let a = [0.5, 0.61, 0.7, 0.72, 0.9]
    let b = [0.1, 0.15, 0.3, 0.32, 0.4]
    let forward = try #require(try Estimate.difference(a, minus: b).interval)
    let backward = try #require(try Estimate.difference(b, minus: a).interval)
    #expect(abs(forward.lower + backward.upper) < 1e-9)
    #expect(abs(forward.upper + backward.lower) < 1e-9)
    // Never shorter than Welch's interval.
    let welch = 2.306 * (0.0212 / 5 + 0.0157 / 5).squareRoot()
    #expect(forward.width > 1.9 * welch * 0.9)
  }

  @Test func pairedAndConstantDifferencesAreShiftedMeans() throws {
    let a = [0.5, 0.61, 0.7, 0.72, 0.9]
    let b = [0.4, 0.55, 0.5, 0.6, 0.71]
    let paired = try Estimate.pairedDifference(a, minus: b)
    let direct = try Estimate.mean(of: zip(a, b).map { $0 - $1 }, bounds: -1...1)
    #expect(paired == direct)
    let constant = try Estimate.difference(a, minusConstant: 0.2)
    let own = try Estimate.mean(of: a)
    #expect(abs(constant.mean - (own.mean - 0.2)) < 1e-15)
    let shifted = try #require(constant.interval)
    #expect(abs(shifted.lower - (try #require(own.interval).lower - 0.2)) < 1e-15)
  }

  @Test func manySeedsAreResampledReproducibly() throws {
    var generator = SeededGenerator(seed: 12)
    let values = (0..<40).map { _ in generator.uniform() }
    let first = try Estimate.mean(of: values)
    #expect(try Estimate.mean(of: values) == first)
    // Close to Student's t for so many well-behaved values.
    let mean = values.reduce(0, +) / 40
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 39
    let half = StudentT.quantile(0.975, degreesOfFreedom: 39) * (variance / 40).squareRoot()
    #expect(abs(try #require(first.interval).width / (2 * half) - 1) < 0.1)
  }

  @Test func badInputIsAnError() {
    #expect(throws: StatisticsError.tooFew(name: "seed means", count: 0, needed: 1)) {
      try Estimate.mean(of: [])
    }
    #expect(throws: StatisticsError.notFinite(name: "seed means", index: 1)) {
      try Estimate.mean(of: [0.1, .nan])
    }
    #expect(throws: StatisticsError.notFinite(name: "seed means", index: 0)) {
      try Estimate.mean(of: [.infinity], bounds: nil)
    }
    #expect(throws: StatisticsError.self) { try Estimate.mean(of: [0.1, 1.2]) }
    #expect(throws: StatisticsError.self) { try Estimate.mean(of: [0.1, 0.2], level: 1) }
    #expect(throws: StatisticsError.self) {
      try Estimate.pairedDifference([0.1, 0.2], minus: [0.1])
    }
    #expect(throws: StatisticsError.self) { try Estimate.difference([0.1], minusConstant: .nan) }
  }
}
