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

  @Test func scoresWithoutARangeHaveStudentsInterval() throws {
    let values = [2, 3, 5, 11.5]
    let interval = try #require(try Estimate.mean(of: values, bounds: nil).interval)
    let variance = values.reduce(0) { $0 + ($1 - 5.375) * ($1 - 5.375) } / 3
    let reach = StudentT.quantile(0.975, degreesOfFreedom: 3) * (variance / 4).squareRoot()
    #expect(abs(interval.lower - (5.375 - reach)) < 1e-9)
    #expect(abs(interval.upper - (5.375 + reach)) < 1e-9)
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

  @Test func badInputIsAnError() {
    #expect(throws: StatisticsError.tooFew(name: "block means", count: 0, needed: 1)) {
      try Estimate.mean(of: [])
    }
    #expect(throws: StatisticsError.notFinite(name: "block means", index: 1)) {
      try Estimate.mean(of: [0.1, .nan])
    }
    #expect(throws: StatisticsError.notFinite(name: "block means", index: 0)) {
      try Estimate.mean(of: [.infinity], bounds: nil)
    }
    #expect(throws: StatisticsError.self) { try Estimate.mean(of: [0.1, 1.2]) }
    #expect(throws: StatisticsError.self) { try Estimate.mean(of: [0.1, 0.2], level: 1) }
  }
}
