import Foundation
import NosceCore
import NosceStatistics
import Testing

/// A distribution of seed means with its true mean.
struct SeedDistribution: Sendable, CustomTestStringConvertible {
  let name: String
  let mean: Double
  let bounds: ClosedRange<Double>?
  let draw: @Sendable (inout SeededGenerator) -> Double

  var testDescription: String { name }

  private static func share(
    _ trials: Int, _ probability: Double, _ generator: inout SeededGenerator
  ) -> Double {
    var successes = 0
    for _ in 0..<trials where generator.uniform() < probability { successes += 1 }
    return Double(successes) / Double(trials)
  }

  /// Normal; all or nothing; shares of a few answers; skewed; and unbounded skewed.
  static let all: [SeedDistribution] = [
    .init(name: "normal", mean: 0.5, bounds: nil) { 0.5 + 0.1 * $0.normal() },
    .init(name: "all or nothing, 0.5", mean: 0.5, bounds: 0...1) { share(1, 0.5, &$0) },
    .init(name: "all or nothing, 0.9", mean: 0.9, bounds: 0...1) { share(1, 0.9, &$0) },
    .init(name: "10 answers at 0.9", mean: 0.9, bounds: 0...1) { share(10, 0.9, &$0) },
    .init(name: "40 answers at 0.02", mean: 0.02, bounds: 0...1) { share(40, 0.02, &$0) },
    .init(name: "skewed, u^4", mean: 0.2, bounds: 0...1) { pow($0.uniform(), 4) },
    .init(name: "skewed, 1 - u^4", mean: 0.8, bounds: 0...1) { 1 - pow($0.uniform(), 4) },
    .init(name: "10 answers at u^4", mean: 0.2, bounds: 0...1) {
      share(10, pow($0.uniform(), 4), &$0)
    },
    .init(name: "one in five learns", mean: 0.1, bounds: 0...1) {
      $0.uniform() < 0.2 ? $0.uniform() : 0
    },
    .init(name: "exponential", mean: 1, bounds: nil) { -log(1 - $0.uniform()) },
    .init(name: "log-normal", mean: exp(0.5), bounds: nil) { exp($0.normal()) },
  ]

  func sample(_ n: Int, _ generator: inout SeededGenerator) -> [Double] {
    (0..<n).map { _ in draw(&generator) }
  }
}

@Suite struct SimulationTests {
  private func coverage(
    of distribution: SeedDistribution, n: Int, repetitions: Int, level: Double = 0.95
  ) throws -> (share: Double, width: Double) {
    var generator = SeededGenerator(seed: 77, labStream: distribution.name)
    var held = 0
    var widths: [Double] = []
    for _ in 0..<repetitions {
      let estimate = try Estimate.mean(
        of: distribution.sample(n, &generator), bounds: distribution.bounds, level: level)
      guard let interval = estimate.interval else { continue }
      widths.append(interval.width)
      let slack = 1e-9
      if interval.lower - slack <= distribution.mean, distribution.mean <= interval.upper + slack {
        held += 1
      }
    }
    return (Double(held) / Double(repetitions), widths.sorted()[widths.count / 2])
  }

  /// 1,500 repetitions: the Monte Carlo error at 0.95 is 0.0056; three of them are allowed.
  @Test(arguments: SeedDistribution.all.dropLast())
  func intervalsCoverAtFiveSeeds(distribution: SeedDistribution) throws {
    let covered = try coverage(of: distribution, n: 5, repetitions: 1_500).share
    #expect(covered >= 0.94 - 3 * 0.0056)
  }

  /// Too heavy a tail for any method with five unbounded values; the shortfall is documented.
  @Test func logNormalSeedsAreCoveredLess() throws {
    let distribution = try #require(SeedDistribution.all.last)
    let covered = try coverage(of: distribution, n: 5, repetitions: 1_500).share
    #expect(covered >= 0.87)
  }

  /// 400 repetitions of a two-sample interval: Monte Carlo error 0.011 at 0.95.
  @Test(arguments: [(0, 0), (2, 1), (3, 4), (6, 5), (5, 5), (3, 3)])
  func differencesCoverAtFiveSeeds(first: Int, second: Int) throws {
    let a = SeedDistribution.all[first]
    let b = SeedDistribution.all[second]
    let covered = try differenceCoverage(a, b, n: 5, repetitions: 400).share
    #expect(covered >= 0.94 - 3 * 0.011)
  }

  private func differenceCoverage(
    _ a: SeedDistribution, _ b: SeedDistribution, n: Int, repetitions: Int
  ) throws -> (share: Double, width: Double) {
    var generator = SeededGenerator(seed: 78, labStream: a.name + b.name)
    let truth = a.mean - b.mean
    var held = 0
    var widths: [Double] = []
    for _ in 0..<repetitions {
      let estimate = try Estimate.difference(
        a.sample(n, &generator), minus: b.sample(n, &generator), bounds: a.bounds)
      guard let interval = estimate.interval else { continue }
      widths.append(interval.width)
      if interval.lower - 1e-9 <= truth, truth <= interval.upper + 1e-9 { held += 1 }
    }
    return (Double(held) / Double(repetitions), widths.sorted()[widths.count / 2])
  }

  /// Under the null hypothesis of a continuous distribution, exactly 12 of 252 arrangements have
  /// p <= 0.05; 4,000 repetitions leave an error of 0.0034.
  @Test func permutationKeepsItsLevel() throws {
    var generator = SeededGenerator(seed: 79)
    var rejections = (two: 0, flip: 0, coarse: 0)
    let repetitions = 4_000
    for _ in 0..<repetitions {
      let a = (0..<5).map { _ in exp(generator.normal()) }
      let b = (0..<5).map { _ in exp(generator.normal()) }
      if try PermutationTest.twoSample(a, b).p <= 0.05 { rejections.two += 1 }
      let symmetric = (0..<5).map { _ in generator.normal() }
      if try PermutationTest.againstConstant(symmetric, constant: 0).p <= 0.05 {
        rejections.flip += 1
      }
      let coarse = (0..<10).map { _ in Double(generator.index(below: 3)) / 10 }
      let ties = try PermutationTest.twoSample(Array(coarse[..<5]), Array(coarse[5...]))
      if ties.p <= 0.05 { rejections.coarse += 1 }
    }
    let total = Double(repetitions)
    #expect(abs(Double(rejections.two) / total - 12.0 / 252) < 4 * 0.0034)
    #expect(abs(Double(rejections.flip) / total - 1.0 / 32) < 4 * 0.0028)
    #expect(Double(rejections.coarse) / total <= 0.05 + 4 * 0.0034)
  }

  /// A treatment like its floors is called supported at most at the level; one that truly reaches
  /// the smallest effect is seldom called not supported. 400 repetitions: error 0.011 at 0.05.
  @Test func verdictsErrAtMostAsOftenAsStated() throws {
    var generator = SeededGenerator(seed: 80)
    var falselySupported = 0
    var falselyDenied = 0
    let repetitions = 400
    func draw(_ centre: Double) -> [Double] {
      (0..<5).map { _ in min(1, max(0, centre + 0.15 * generator.normal())) }
    }
    for _ in 0..<repetitions {
      let none = ClaimTest(
        treatment: draw(0.4), floors: [.init(name: "sham", seedMeans: draw(0.4))],
        smallestEffect: 0)
      if try none.evaluate().verdict == .supported { falselySupported += 1 }
      let some = ClaimTest(
        treatment: draw(0.6), floors: [.init(name: "sham", seedMeans: draw(0.4))],
        smallestEffect: 0.2)
      if try some.evaluate().verdict == .notSupported { falselyDenied += 1 }
    }
    #expect(Double(falselySupported) / Double(repetitions) <= 0.05 + 3 * 0.011)
    #expect(Double(falselyDenied) / Double(repetitions) <= 0.05 + 3 * 0.011)
  }

  /// Prints the tables of docs/statistics.md; a few minutes, so only on demand.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["NOSCE_COVERAGE_TABLE"] != nil))
  func printCoverageTables() throws {
    func cell(_ result: (share: Double, width: Double)) -> String {
      String(format: "%.3f (%.2f)", result.share, result.width)
    }
    for distribution in SeedDistribution.all {
      let cells = try [5, 8, 10].map {
        cell(try coverage(of: distribution, n: $0, repetitions: $0 == 5 ? 10_000 : 1_500))
      }
      print("| \(distribution.name) | \(cells.joined(separator: " | ")) |")
    }
    for (first, second) in [(0, 0), (2, 1), (3, 4), (6, 5), (5, 5), (7, 8), (3, 3)] {
      let a = SeedDistribution.all[first]
      let b = SeedDistribution.all[second]
      let cells = try [5, 8].map {
        cell(try differenceCoverage(a, b, n: $0, repetitions: 1_000))
      }
      print("| \(a.name) - \(b.name) | \(cells.joined(separator: " | ")) |")
    }
  }
}
