import Foundation
import NosceCore
import NosceReport
import NosceResults
import NosceText
import NosceVerdicts
import Testing

@Suite("What goes together, as reports show it")
struct AssociationReportTests {
  private static func summary() -> RunSummary {
    var summary = SampleRun.summary()
    summary.associations = [
      .init(
        name: "who knows <it> does it", probe: "claims", otherProbe: "behaviour",
        arms: ["treatment", "sham"], coefficient: 0.53, p: 0.21, subjects: 4,
        test: "permutation within arms, all 4 arrangements",
        points: [
          .init(arm: "treatment", seed: 1, x: 0.8, y: 0.9),
          .init(arm: "treatment", seed: 2, x: 0.7, y: 0.6),
          .init(arm: "sham", seed: 1, x: 0.1, y: 0.2), .init(arm: "sham", seed: 2, x: 0.2, y: 0.2),
        ])
    ]
    summary.curves[0].halfways = [
      .init(
        name: "behaviour", step: 7.3, interval: .init(lower: 5, upper: 9.5, level: 0.95), moved: 3,
        seeds: 3),
      .init(name: "forced-choice", step: nil, interval: nil, moved: 0, seeds: 3),
    ]
    return summary
  }

  @Test("The terminal has a line for each, and no line is too long")
  func terminal() {
    let text = TerminalSummary.render(Self.summary(), width: 80, style: .plain)
    #expect(text.contains("claims with behaviour  r +0.53  p 0.210  4 subjects of treatment, sham"))
    #expect(text.contains("behaviour: after 7.3 steps"))
    #expect(text.contains("forced-choice: no change in 3 seeds"))
    for line in text.split(separator: "\n") where !line.hasPrefix("again") {
      #expect(line.count <= 80, "\(line)")
    }
  }

  @Test("The page has a mark for each subject, and text stays text")
  func page() throws {
    let page = try HTMLReport.render(Self.summary(), transcripts: [], trainingRows: [:])
    let start = try #require(page.range(of: "id=\"associations\""))
    let section = page[start.lowerBound...]
    #expect(section.contains("who knows &lt;it&gt; does it"))
    #expect(section.contains("+0.53") && section.contains("behaviour: after 7.3 steps"))
    #expect(!page.contains("<it>"))
    let chart = try #require(section.range(of: "</figure>"))
    // A mark for each of the four subjects, and one for each of the two arms in the legend.
    #expect(section[..<chart.lowerBound].components(separatedBy: "class=\"mark").count - 1 == 6)
    #expect(
      try !HTMLReport.render(SampleRun.summary(), transcripts: [], trainingRows: [:])
        .contains("id=\"associations\""))
  }

  @Test("The document of results names both probes, r, p and the subjects")
  func results() {
    let text = ResultsMarkdown.render([Self.summary()])
    #expect(text.contains("claims with behaviour, r +0.53, p 0.210, 4 subjects"))
  }
}
