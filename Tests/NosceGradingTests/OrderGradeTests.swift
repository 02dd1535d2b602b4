import NosceCore
import NosceExperiment
import NosceGrading
import Testing

@Suite("The share of pairs in their order")
struct OrderGradeTests {
  private func score(_ values: [Double], less floor: [Double]? = nil) -> Double? {
    let names = values.indices.map { "name \($0)" }
    let candidates = Candidates(names: names, answer: names.count - 1)
    let grade = candidates.grade(
      values, less: floor, Ask.Choosing(scoring: .order, leastMass: 0)
    ).grade
    guard case .scored(let score) = grade.outcome else { return nil }
    return score
  }

  @Test("1 for the order itself, 0 for its reverse, half where nothing differs")
  func ends() {
    #expect(score([-4, -3, -2, -1]) == 1)
    #expect(score([-1, -2, -3, -4]) == 0)
    #expect(score([-2, -2, -2]) == 0.5)
  }

  @Test("Twice the score less 1 is Kendall's tau, by its definition")
  func tau() throws {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<50 {
      let values = (0..<6).map { _ in -Double(generator.index(below: 5)) - 1 }
      var sum = 0.0
      for first in 0..<6 {
        for second in 0..<6 where first != second {
          let difference = values[second] - values[first]
          sum += (difference == 0 ? 0 : difference > 0 ? 1 : -1) * (second > first ? 1 : -1)
        }
      }
      let found = try #require(score(values))
      #expect(abs(2 * found - 1 - sum / 30) < 1e-12)
    }
  }

  @Test("What base says anyway is taken away")
  func besideBase() {
    #expect(score([-1, -5, -9], less: [-2, -7, -12]) == 1)
    #expect(score([-9, -5, -1], less: [-9, -5, -1]) == 0.5)
  }
}
