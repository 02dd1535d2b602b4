import NosceCore
import NosceStatistics
import Testing

@Suite("The smallest effect that a design finds")
struct SmallestEffectFoundTests {
  @Test("An effect of that size is found in four of five cases")
  func power() throws {
    let effect = try #require(
      try SmallestEffectFound.deviations(blocks: 8, floors: 2, level: 0.05))
    var generator = SeededGenerator(seed: 51)
    var found = 0
    let repetitions = 1_000
    for _ in 0..<repetitions {
      let treatment = (0..<8).map { _ in generator.normal() }
      let beats = try (0..<2).allSatisfy { _ in
        let differences = treatment.map { ($0 - generator.normal()) / 2.0.squareRoot() + effect }
        return try SignFlips(differences, scaleOf: differences).p(.greater) <= 0.05
      }
      if beats { found += 1 }
    }
    // 400 repetitions there and 1,000 here: errors of 0.02 and 0.013.
    #expect(abs(Double(found) / Double(repetitions) - 0.8) < 0.07)
  }

  @Test("More blocks find less, more floors need more, and too few find nothing")
  func order() throws {
    func effect(_ blocks: Int, _ floors: Int, _ level: Double = 0.05) throws -> Double? {
      try SmallestEffectFound.deviations(blocks: blocks, floors: floors, level: level)
    }
    let six = try #require(try effect(6, 1))
    let eight = try #require(try effect(8, 1))
    let sixteen = try #require(try effect(16, 1))
    #expect(six > eight && eight > sixteen)
    #expect(try #require(try effect(8, 4)) > eight)
    #expect(try effect(4, 1) == nil)
    #expect(try effect(6, 1, 0.05 / 4) == nil)
    #expect(try effect(8, 1) == eight)
  }
}
