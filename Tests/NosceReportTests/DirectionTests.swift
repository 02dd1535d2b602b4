import Foundation
import NosceCore
import NosceReport
import NosceText
import NosceVerdicts
import Testing

/// A treatment that is claimed to be *below* its floors. Three floors leave it 0.8, 0.5 and 0.1 below;
/// the last one is the hardest.
@Suite("The direction of a contrast")
struct DirectionTests {
  static func contrast(_ direction: Direction = .less) -> RunSummary.ContrastResult {
    let sign = direction.sign
    func floor(
      _ arm: String, probe: String? = nil, _ advantage: Double
    )
      -> RunSummary.FloorComparison
    {
      let (one, other) = (sign * (advantage + 0.05), sign * (advantage - 0.05))
      return .init(
        arm: arm, probe: probe, estimate: sign * advantage,
        interval: OpenInterval(lower: min(one, other), upper: max(one, other), level: 0.95),
        p: 0.004, test: "exact permutation", seeds: 5)
    }
    return .init(
      name: "rates itself lower", primary: true, probe: "claims", treatment: "treatment",
      direction: direction, verdict: .supported, estimate: sign * 0.1,
      interval: OpenInterval(
        lower: min(sign * 0.05, sign * 0.15), upper: max(sign * 0.05, sign * 0.15), level: 0.95),
      p: 0.004, seeds: 5, smallestEffect: 0.05, level: 0.05,
      floors: [
        floor("base", 0.8), floor("sham", probe: "letters", 0.5), floor("twin", 0.1),
      ])
  }

  static func summary(_ direction: Direction) -> RunSummary {
    var summary = SampleRun.summary()
    summary.contrasts = [contrast(direction)]
    summary.verdict = .init(kind: .supported, sentence: "It is so.")
    return summary
  }

  @Test("The hardest floor leaves the smallest advantage in the claimed direction")
  func hardest() {
    #expect(Self.contrast(.less).hardestFloor?.arm == "twin")
    #expect(Self.contrast(.greater).hardestFloor?.arm == "twin")
  }

  @Test("The page names it, says which way is claimed, and never that the treatment beats a floor")
  func page() throws {
    let page = try HTMLReport.render(Self.summary(.less), transcripts: [], trainingRows: [:])
    #expect(page.contains("minus the hardest floor (twin)"))
    #expect(page.contains("The treatment lies below every floor arm"))
    #expect(page.contains("is at most -0.05, the smallest effect of interest"))
    #expect(page.contains("Smallest effect of interest -0.05."))
    #expect(page.contains("claimed to be below zero"))
    #expect(page.contains("sham (letters)"))
    #expect(!page.contains("beats"))
    let other = try HTMLReport.render(Self.summary(.greater), transcripts: [], trainingRows: [:])
    #expect(other.contains("The treatment beats every floor arm"))
    #expect(other.contains("is at least 0.05, the smallest effect of interest"))
  }

  /// The x of the chart's line for the smallest effect, and of that for zero.
  private func places(_ page: String) throws -> (effect: Double, zero: Double) {
    let chart = try #require(page.range(of: "minus each floor on claims")).lowerBound
    func x(_ name: String) throws -> Double {
      let lines = page[chart...].split(separator: "<line ").first {
        $0.contains("class=\"\(name)\"")
      }
      let value = try #require(lines?.split(separator: "x1=\"").last?.split(separator: "\"").first)
      return try #require(Double(value))
    }
    return (try x("chance"), try x("zero"))
  }

  @Test("The chart draws the smallest effect on the side that is claimed")
  func chart() throws {
    let less = try places(
      HTMLReport.render(Self.summary(.less), transcripts: [], trainingRows: [:]))
    #expect(less.effect < less.zero)
    let greater = try places(
      HTMLReport.render(Self.summary(.greater), transcripts: [], trainingRows: [:]))
    #expect(greater.effect > greater.zero)
  }

  @Test("The terminal shows the arm that is hardest to be below, and the effect with its sign")
  func terminal() {
    let text = TerminalSummary.render(Self.summary(.less), width: 100, style: .plain)
    #expect(text.contains("smallest effect -0.05"))
    #expect(text.contains("sham (letters)"))
    let row = text.split(separator: "\n").first { $0.hasPrefix("claims ") }
    #expect(row.map { $0.hasSuffix(" twin") } ?? true)
  }
}
