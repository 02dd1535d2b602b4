import Foundation
import NosceCore
import NosceStatistics
import Testing

@Suite("The treatment against one floor")
struct ComparisonTests {
  @Test("Log-odds: clipped shares, and counts that keep none and all within reach")
  func logOdds() {
    #expect(LogOdds.of(share: 0.5) == 0)
    #expect(abs(LogOdds.of(share: 0.75) - log(3)) < 1e-12)
    #expect(LogOdds.of(share: 1e-12) == LogOdds.of(share: 0.001))
    #expect(abs(LogOdds.of(share: 1) + LogOdds.of(share: 0)) < 1e-12)
    #expect(abs(LogOdds.of(hits: 0, count: 9) - log(0.05 / 0.95)) < 1e-12)
    #expect(abs(LogOdds.of(hits: 9, count: 9) + LogOdds.of(hits: 0, count: 9)) < 1e-12)
    #expect(abs(LogOdds.share(LogOdds.of(share: 0.3)) - 0.3) < 1e-12)
  }

  @Test("The larger p of the two scales counts, and the interval is the wider of both")
  func bothScales() throws {
    // One large difference in shares, and seven small ones the other way that log-odds see.
    let floor = [0.5, 0.010, 0.011, 0.012, 0.013, 0.014, 0.015, 0.016]
    let treatment = [0.9, 0.005, 0.005, 0.006, 0.006, 0.006, 0.007, 0.007]
    let pairs = try PairedComparison(
      treatment.map(BlockScore.init(share:)), floor.map(BlockScore.init(share:)))
    let own = try SignFlips(zip(treatment, floor).map { $0 - $1 }, scaleOf: treatment + floor)
    let differences = zip(treatment, floor).map { LogOdds.of(share: $0) - LogOdds.of(share: $1) }
    let odds = try SignFlips(differences, scaleOf: differences)
    for direction in Direction.allCases {
      #expect(pairs.p(direction) == max(own.p(direction), odds.p(direction)))
    }
    #expect(own.p(.greater) < odds.p(.greater))
    let ends = pairs.ends(tail: 0.05)
    let inOwn = own.ends(tail: 0.05)
    #expect(try #require(ends.lower) <= (try #require(inOwn.lower)))
    #expect(try #require(ends.upper) >= (try #require(inOwn.upper)))
    // What the log-odds' lower end comes to in shares, written out.
    let change = try #require(odds.ends(tail: 0.05).lower)
    let moved = floor.map { share in
      1 / (1 + exp(-(log(share / (1 - share)) + change))) - share
    }
    #expect(abs(try #require(ends.lower) - moved.reduce(0, +) / 8) < 1e-12)
  }

  @Test("p is at most the level exactly where the interval does not hold zero")
  func agreement() throws {
    var generator = SeededGenerator(seed: 31)
    for _ in 0..<300 {
      func draw() -> [BlockScore] {
        (0..<8).map { _ in BlockScore(hits: Double(generator.index(below: 6)), count: 5) }
      }
      let pairs = try PairedComparison(draw(), draw())
      let ends = pairs.ends(tail: 0.05)
      #expect((pairs.p(.greater) <= 0.05) == (try #require(ends.lower) > 0))
      #expect((pairs.p(.less) <= 0.05) == (try #require(ends.upper) < 0))
    }
  }

  @Test("Scores without a range are compared as they are")
  func plain() throws {
    let pairs = try PairedComparison(
      [3.0, 5, 4, 6, 5].map { BlockScore($0) }, [1.0, 1, 1, 1, 1].map { BlockScore($0) })
    #expect(pairs.logOdds == nil && pairs.p(.greater) == 1.0 / 32)
    #expect(pairs.estimate == 3.6 && pairs.blocks == 5)
    #expect(pairs.ends(tail: 0.05).lower == 2)
  }

  @Test("Against a constant: the spacing bound's own error, in closed form where blocks agree")
  func constant() throws {
    let ones = [Double](repeating: 1, count: 8)
    let sure = try ConstantComparison(ones, constant: 0.5, bounds: 0...1)
    // The weight of the range's end must be at least one half.
    #expect(abs(sure.p(.greater) - pow(0.5, 8)) < 1e-12)
    #expect(sure.p(.less) == 1)
    let lower = try #require(sure.ends(tail: 0.05).lower)
    #expect(abs(lower - (pow(0.05, 1.0 / 8) - 0.5)) < 1e-9)
    // p and bound are one: at its own p the bound is the constant.
    let mixed = try ConstantComparison([0.2, 0.5, 0.9, 0.7, 0.8], constant: 0.3, bounds: 0...1)
    let p = mixed.p(.greater)
    #expect(abs(try #require(mixed.ends(tail: p).lower)) < 1e-9)
    let same = try ConstantComparison([0, 0, 0, 0, 0], constant: 0, bounds: 0...1)
    #expect(same.p(.greater) == 1 && same.p(.less) == 1)
  }

  @Test("Where most blocks lie above a skewed mean, sign flips err and the spacing bound does not")
  func skewed() throws {
    var generator = SeededGenerator(seed: 32)
    var flipped = 0
    var bounded = 0
    let repetitions = 2_000
    for _ in 0..<repetitions {
      let values = (0..<8).map { _ in 1 - pow(generator.uniform(), 4) }
      let distances = values.map { $0 - 0.8 }
      if try SignFlips(distances, scaleOf: values).p(.greater) <= 0.05 { flipped += 1 }
      if try ConstantComparison(values, constant: 0.8, bounds: 0...1).p(.greater) <= 0.05 {
        bounded += 1
      }
    }
    #expect(Double(flipped) / Double(repetitions) > 0.08)
    #expect(Double(bounded) / Double(repetitions) <= 0.05 + 3 * 0.005)
  }

  @Test("Bad input is an error")
  func bad() {
    #expect(throws: StatisticsError.self) {
      try PairedComparison([BlockScore(1)], [BlockScore(1), BlockScore(2)])
    }
    #expect(throws: StatisticsError.self) {
      try PairedComparison([BlockScore(.nan)], [BlockScore(1)])
    }
    #expect(throws: StatisticsError.self) {
      try ConstantComparison([0.5, 1.2], constant: 0, bounds: 0...1)
    }
    #expect(throws: StatisticsError.self) {
      try ConstantComparison([0.5], constant: .nan, bounds: 0...1)
    }
  }
}
