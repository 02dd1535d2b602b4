import Foundation
import NosceCore
import NosceStatistics
import Testing

@Suite("Claims")
struct ClaimTests {
  private let strong = [0.9, 0.85, 0.95, 0.8, 1, 0.9, 0.88, 0.93]
  private let weak = [0.05, 0.1, 0, 0.02, 0.08, 0.03, 0.04, 0.06]

  private func floor(_ name: String, _ treatment: [Double], _ floor: [Double]) -> ClaimTest.Floor {
    .init(
      name: name, treatment: treatment.map(BlockScore.init(share:)),
      floor: floor.map(BlockScore.init(share:)))
  }

  @Test("Beats every floor, and the intervals reach the smallest effect, too")
  func stronglySupported() throws {
    let twin = [0.2, 0.1, 0.15, 0.3, 0.1, 0.2, 0.22, 0.25]
    let result = try ClaimTest(
      floors: [floor("sham", strong, weak), floor("twin", strong, twin)], smallestEffect: 0.3
    ).evaluate()
    #expect(result.verdict == .stronglySupported && result.verdict.isSupported)
    #expect(result.p == 1.0 / 256 && result.smallestReachableP == 1.0 / 256)
    #expect(result.hardest.name == "twin" && result.blocks == 8)
    let mean = zip(strong, twin).reduce(0) { $0 + $1.0 - $1.1 } / 8
    #expect(abs(result.hardest.estimate - mean) < 1e-12)
    #expect(result.blocksToDecide == nil)
    let logOdds = try #require(result.hardest.logOdds)
    #expect(try #require(logOdds.interval.lower) > 0)
  }

  @Test("An estimate at the smallest effect is supported, and not strongly")
  func supported() throws {
    let treatment = [0.5, 0.7, 0.4, 0.6, 0.5, 0.8, 0.3, 0.6]
    let result = try ClaimTest(
      floors: [floor("sham", treatment, weak)], smallestEffect: 0.5
    ).evaluate()
    #expect(result.hardest.estimate < 0.51 && result.verdict == .supported)
  }

  @Test("One floor that is not beaten is enough to fail")
  func oneFloor() throws {
    let result = try ClaimTest(
      floors: [floor("sham", strong, weak), floor("twin", strong, strong)], smallestEffect: 0.3
    ).evaluate()
    #expect(!result.verdict.isSupported && result.hardest.name == "twin" && result.p == 1)
  }

  @Test("Significant and too small is no support; one floor at level / k rules the effect out")
  func tooSmall() throws {
    let low = strong.map { $0 - 0.05 }
    let result = try ClaimTest(
      floors: [floor("sham", strong, low)], smallestEffect: 0.3
    ).evaluate()
    #expect(result.p == 1.0 / 256 && result.verdict == .notSupported)
    // Four floors share the level: eight blocks reach 0.05 / 4, five do not.
    let four = (1...4).map { floor("f\($0)", weak, weak) }
    #expect(try ClaimTest(floors: four, smallestEffect: 0.3).evaluate().verdict == .notSupported)
    let few = (1...4).map { floor("f\($0)", Array(weak.prefix(6)), Array(weak.prefix(6))) }
    let open = try ClaimTest(floors: few, smallestEffect: 0.3).evaluate()
    #expect(open.verdict == .inconclusive && open.floors.allSatisfy { $0.mostAtShare == nil })
    #expect(
      try ClaimTest(floors: Array(few.prefix(3)), smallestEffect: 0.3).evaluate().verdict
        == .notSupported)
  }

  @Test("Where single blocks lie far from the others, nothing is ruled out")
  func loneBlocks() throws {
    // Seven blocks at nothing and one that does it: the interval's far end, which a block that moved
    // as the others do could not reach, is below the smallest effect.
    let one = [0.02, 0, 0.01, 0, 0.9, 0.01, 0.02, 0]
    let none = [0.01, 0.01, 0, 0.02, 0, 0.02, 0, 0.01]
    let result = try ClaimTest(floors: [floor("sham", one, none)], smallestEffect: 0.6).evaluate()
    let upper = try #require(result.hardest.interval.upper)
    #expect(upper < 0.6 && result.hardest.mostAtShare == nil && result.hardest.hasLoneBlocks)
    #expect(result.verdict == .inconclusive)
    // No further off than the smallest effect, it is no matter.
    let less = try ClaimTest(floors: [floor("sham", one, none)], smallestEffect: 0.95).evaluate()
    #expect(less.verdict == .notSupported && !less.hardest.hasLoneBlocks)
    // Seven that do it and one that does not: nothing is ruled out, and support is not touched.
    let most = [1, 1, 1, 1, 0.2, 1, 1, 1]
    let rest = try ClaimTest(floors: [floor("sham", most, none)], smallestEffect: 0.3).evaluate()
    #expect(rest.verdict == .stronglySupported && rest.hardest.hasLoneBlocks)
    // By hand: the median is 0, the median distance 0.5, and eight of them are 4.
    #expect(!LoneBlocks.exist(in: [0, 0.5, -0.5, 4, 0], smallestEffect: 0))
    #expect(LoneBlocks.exist(in: [0, 0.5, -0.5, 4.1, 0], smallestEffect: 0))
    #expect(LoneBlocks.exist(in: [0, 0.5, -0.5, -4.1, 0], smallestEffect: 0))
    #expect(!LoneBlocks.exist(in: [0, 0.5, -0.5, 4.1, 0], smallestEffect: 4.2))
    #expect(!LoneBlocks.exist(in: [0.3], smallestEffect: 0))
    #expect(!LoneBlocks.exist(in: [0.1 + 0.2, 0.3, 0.3], smallestEffect: 0))
  }

  @Test("Worse than every floor is contrary; worse than one is not")
  func contrary() throws {
    let claim = ClaimTest(
      floors: [floor("a", weak, strong), floor("b", weak, strong)], smallestEffect: 0.3)
    #expect(try claim.evaluate().verdict == .contrary)
    let mixed = try ClaimTest(
      floors: [floor("a", weak, strong), floor("b", weak, [0, 0, 0, 0, 0, 0, 0, 0])],
      smallestEffect: 0.3
    ).evaluate()
    #expect(mixed.verdict == .notSupported)
  }

  @Test("A claim that one is less mirrors the claim that one is more")
  func mirror() throws {
    var generator = SeededGenerator(seed: 41)
    for _ in 0..<60 {
      let a = (0..<8).map { _ in generator.uniform() }
      let b = (0..<8).map { _ in generator.uniform() * 0.7 }
      let more = try ClaimTest(floors: [floor("f", a, b)], smallestEffect: 0.2).evaluate()
      let less = try ClaimTest(
        floors: [floor("f", a.map { 1 - $0 }, b.map { 1 - $0 })], direction: .less,
        smallestEffect: 0.2
      ).evaluate()
      #expect(more.verdict == less.verdict && more.p == less.p && more.oppositeP == less.oppositeP)
      #expect(abs(more.hardest.estimate + less.hardest.estimate) < 1e-12)
      #expect(more.blocksToDecide == less.blocksToDecide)
    }
  }

  @Test("Base alone, the same in every block, is a floor by the spacing bound")
  func constant() throws {
    let base = ClaimTest.Floor(name: "base", treatment: strong, constant: 0.1)
    let result = try ClaimTest(floors: [base], smallestEffect: 0.3).evaluate()
    #expect(result.verdict.isSupported && result.hardest.logOdds == nil)
    #expect(result.hardest.test.contains("spacing bound"))
    let zero = ClaimTest.Floor(name: "base", treatment: [0, 0, 0, 0, 0, 0, 0, 0], constant: 0)
    let none = try ClaimTest(floors: [zero], smallestEffect: 0.5).evaluate()
    #expect(none.verdict == .notSupported && none.p == 1)
    // Eight blocks at zero bound the mean by 0.31 at 0.05, so a smaller effect stays open.
    let small = try ClaimTest(floors: [zero], smallestEffect: 0.3).evaluate()
    #expect(small.verdict == .inconclusive && small.blocksToDecide == nil)
  }

  @Test("How many new blocks would decide follows the stated formula")
  func toDecide() throws {
    var generator = SeededGenerator(seed: 42)
    let a = (0..<8).map { _ in 0.5 + 0.2 * generator.normal() }
    let b = (0..<8).map { _ in 0.42 + 0.2 * generator.normal() }
    let claim = ClaimTest(
      floors: [
        .init(name: "f", treatment: a.map { BlockScore($0) }, floor: b.map { BlockScore($0) })
      ], smallestEffect: 0.01)
    let result = try claim.evaluate()
    #expect(result.verdict == .inconclusive)
    let needed = try #require(result.blocksToDecide)
    let differences = zip(a, b).map { $0 - $1 }
    let mean = differences.reduce(0, +) / 8
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 7
    func reach(_ n: Int) -> Double {
      let ratio =
        StudentT.quantile(0.95, degreesOfFreedom: Double(n - 1))
        + StudentT.quantile(0.8, degreesOfFreedom: Double(n - 1))
      return ratio * (variance / Double(n)).squareRoot()
    }
    #expect(needed >= 5)
    #expect(reach(needed) <= mean && (needed == 5 || reach(needed - 1) > mean))
  }

  @Test("Bad parameters are errors")
  func bad() {
    #expect(throws: StatisticsError.self) {
      try ClaimTest(floors: [], smallestEffect: 0.1).evaluate()
    }
    #expect(throws: StatisticsError.self) {
      try ClaimTest(floors: [floor("f", weak, weak)], level: 0.5, smallestEffect: 0.1).evaluate()
    }
    #expect(throws: StatisticsError.self) {
      try ClaimTest(floors: [floor("f", weak, weak)], smallestEffect: -0.1).evaluate()
    }
  }
}
