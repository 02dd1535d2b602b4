import NosceCore
import NosceStatistics
import Testing

@Suite struct DesignTests {
  @Test func smallestPsOfTheUsualDesigns() {
    #expect(TestDesign.twoSample(5, 5).smallestReachableP() == 1.0 / 252)
    #expect(TestDesign.paired(5).smallestReachableP() == 1.0 / 32)
    #expect(TestDesign.againstConstant(5).smallestReachableP() == 1.0 / 32)
    #expect(TestDesign.againstConstant(4).smallestReachableP() == 1.0 / 16)
    #expect(TestDesign.twoSample(0, 5).smallestReachableP() == 1)
    #expect(TestDesign.paired(0).smallestReachableP() == 1)
    #expect(TestDesign.twoSample(20, 20).smallestReachableP() == 1.0 / 100_000)
    #expect(TestDesign.paired(40).smallestReachableP() == 1.0 / 100_000)
    #expect(!TestDesign.againstConstant(4).canReach(level: 0.05))
    #expect(TestDesign.againstConstant(5).canReach(level: 0.05))
    #expect(!TestDesign.againstConstant(5).canReach(level: 0.05, alternative: .twoSided))
    #expect(TestDesign.paired(5).canReach(level: 1.0 / 32))
    #expect(!TestDesign.twoSample(2, 4).canReach(level: 0.05))
    #expect(TestDesign.twoSample(3, 3).canReach(level: 0.05))
  }

  /// The most extreme data there are, put to the test itself.
  @Test func areReachedByTheTests() throws {
    for a in 1...5 {
      for b in 1...5 {
        for alternative in [Alternative.greater, .twoSided] {
          let high = (0..<a).map { 100 + Double($0) }
          let low = (0..<b).map { Double($0) }
          let p = try PermutationTest.twoSample(high, low, alternative: alternative).p
          let smallest = TestDesign.twoSample(a, b).smallestReachableP(alternative: alternative)
          #expect(abs(p - smallest) < 1e-15)
        }
      }
      let values = (1...a).map(Double.init)
      for alternative in [Alternative.greater, .twoSided] {
        let p = try PermutationTest.againstConstant(values, constant: 0, alternative: alternative).p
        let design = TestDesign.againstConstant(a)
        #expect(abs(p - design.smallestReachableP(alternative: alternative)) < 1e-15)
      }
    }
  }

  /// Holm's adjustment is the closure of Bonferroni's: the largest adjusted p over all subsets that
  /// hold the hypothesis.
  @Test func holmMatchesItsClosure() throws {
    var generator = SeededGenerator(seed: 31)
    for count in 1...6 {
      let p = (0..<count).map { _ in (generator.uniform() * 50).rounded() / 200 }
      let adjusted = try HolmAdjustment.adjusted(p)
      for index in 0..<count {
        var largest = 0.0
        for mask in 1..<(1 << count) where mask >> index & 1 == 1 {
          let members = (0..<count).filter { mask >> $0 & 1 == 1 }
          let smallest = members.map { p[$0] }.min() ?? 1
          largest = max(largest, min(1, Double(members.count) * smallest))
        }
        #expect(abs(adjusted[index] - largest) < 1e-15)
      }
    }
    let known = try HolmAdjustment.adjusted([0.01, 0.04, 0.03, 0.005])
    for (value, expected) in zip(known, [0.03, 0.06, 0.06, 0.02]) {
      #expect(abs(value - expected) < 1e-15)
    }
    #expect(try HolmAdjustment.adjusted([]).isEmpty)
    #expect(throws: StatisticsError.self) { try HolmAdjustment.adjusted([0.1, 1.1]) }
    #expect(throws: StatisticsError.self) { try HolmAdjustment.adjusted([.nan]) }
  }
}
