import Foundation
import NosceCore
import NosceReport
import NosceTestSupport
import NosceVerdicts
import Testing

/// Behaviour against report in a page.
@Suite struct BehaviourReportTests {
  private typealias Results = RunSummary.ReportByBehaviour

  private func summary(isSquare: Bool = true, ceiling: Double? = 6.5) -> RunSummary {
    var summary = SampleRun.summary()
    func point(_ label: String, _ behaviour: Double, _ report: Double) -> Results.Point {
      Results.Point(label: label, behaviour: behaviour, report: report, subjects: 4)
    }
    summary.reportByBehaviour = Results(
      behaviourProbe: "<letters>", reportProbe: "own-word", isSquare: isSquare,
      lines: [
        .init(
          name: "Along training", arm: "treatment", beginsWithBase: true,
          points: [point("10 steps", 0.5, 1), point("20 steps", 0.9, 3)]),
        .init(
          name: "By strength of the adapter", arm: "treatment", beginsWithBase: false,
          points: [
            point("scale 0", 0.03, 0.01), point("scale 1", 0.9, 3), point("scale 1.5", 1, 2),
          ]),
      ],
      base: point("base", 0.02, 0), ceiling: ceiling)
    return summary
  }

  private func page(_ summary: RunSummary) throws -> String {
    try HTMLReport.render(summary, transcripts: [], trainingRows: [:])
  }

  /// How often a text occurs in the chart.
  private func count(_ text: String, in page: String) throws -> Int {
    let start = try #require(page.range(of: "<figcaption>Report by behaviour</figcaption>"))
    let rest = page[start.upperBound...]
    let svg = rest[..<(try #require(rest.range(of: "</figure>")).lowerBound)]
    return svg.components(separatedBy: text).count - 1
  }

  @Test func thePageHasAMarkForEverySettingBesideBaseAndTheCeiling() throws {
    let page = try page(summary())
    #expect(try count("class=\"mark c0\"", in: page) == 3, "two points and the legend")
    #expect(try count("hollow", in: page) == 2, "the mark and its name below")
    #expect(try count(">told the answer 6.50</text>", in: page) == 1)
    #expect(try count(">20 steps</text>", in: page) == 1)
    #expect(try count(">scale 1.5</text>", in: page) == 1)
    // Its place is base's, whose name is enough.
    #expect(try count(">scale 0</text>", in: page) == 0)
    #expect(try count("own-word: own less the others, nats</text>", in: page) == 1)
    #expect(try count("<td>scale 0</td>", in: page) == 1)
    #expect(!page.contains("<letters>") && page.contains("&lt;letters&gt;"))
  }

  @Test func whatThereIsNotIsNotSaid() throws {
    let page = try page(summary(isSquare: false, ceiling: nil))
    #expect(try count("told the answer", in: page) == 0)
    #expect(try count("nats", in: page) == 0)
    var without = summary()
    without.reportByBehaviour = nil
    #expect(!(try self.page(without)).contains("Report by behaviour"))
  }

  @Test func theSummaryKeepsToItsSchema() throws {
    let url = packageRoot.appending(path: "docs/summary.schema.json")
    let schema = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    let value = try JSONSerialization.jsonObject(with: Data(SummaryJSON.encode(summary()).utf8))
    #expect(SchemaCheck(root: schema).problems(of: value) == [])
  }
}
