import NosceCore
import NosceStatistics
import Testing

@Suite struct DesignTests {
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
