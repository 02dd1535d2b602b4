import Foundation
import NosceCore
import NosceReport
import NosceTestSupport
import NosceText
import NosceVerdicts
import Testing

/// A square in every form in which a run is shown.
@Suite struct SquareReportTests {
  private func summary(_ verdict: Verdict = .supported) -> RunSummary {
    var summary = SampleRun.summary()
    var contrast = RunSummary.ContrastResult(
      name: "knows its own", primary: true, probe: "own-word", treatment: "treatment",
      verdict: verdict, estimate: 1.25,
      interval: OpenInterval(lower: 0.375, upper: nil, level: 0.9),
      p: 0.0125, seeds: 5, smallestEffect: 0.5, level: 0.05, smallestP: 0.008)
    contrast.square = RunSummary.Square(
      variable: "word",
      families: [
        .init(
          names: ["<ADA>", "BEA"], values: [[1.5, 0.25], [0.75, 2]], effect: 1.25)
      ], replicates: 2, test: "permutation within families, all 120 arrangements")
    summary.contrasts[0] = contrast
    summary.verdict.kind = verdict
    return summary
  }

  @Test func theTerminalShowsFamiliesAndAllOfThem() {
    let text = TerminalSummary.render(summary(), width: 120, style: .plain)
    #expect(text.contains("own word minus the others, nats above base; smallest effect 0.5"))
    #expect(text.contains("<ADA>, BEA  +1.25"))
    #expect(text.contains("all         +1.25  [+0.38, open]   p 0.013"))
    #expect(text.contains("2 names, permutation within families"))
  }

  private func page(_ summary: RunSummary) throws -> String {
    try HTMLReport.render(summary, transcripts: [], trainingRows: [:])
  }

  @Test func thePageShowsWhatEverySubjectGaveToEveryName() throws {
    let page = try page(summary())
    #expect(page.contains("<th scope=\"row\">&lt;ADA&gt;</th><td><strong>+1.50</strong></td>"))
    #expect(page.contains("<td>+0.75</td><td><strong>+2.00</strong></td>"))
    #expect(page.contains("own minus the others, nats above base"))
    #expect(page.contains("Each word has its subjects in"))
    #expect(page.contains("A subject gives more to the word that it was trained on"))
    let denied = try self.page(summary(.notSupported))
    #expect(denied.contains("The interval of the effect ends below 0.5 nats"))
    var open = self.summary(.inconclusive)
    open.contrasts[0].isUninferred = true
    #expect(try self.page(open).contains("0.5 nats, the smallest effect of interest is ruled out"))
  }

  @Test func theExportHasARowForEachValue() throws {
    let table = try #require(ResultExport(summary()).tables.first { $0.name == "squares" })
    let lines = table.csv().split(separator: "\r\n")
    #expect(lines.count == 5)
    #expect(lines[3].hasSuffix(",1,BEA,<ADA>,0.75"))
  }

  @Test func theSummaryKeepsToItsSchema() throws {
    let url = packageRoot.appending(path: "docs/summary.schema.json")
    let schema = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    let square = try #require((schema["$defs"] as? [String: Any])?["square"])
    let value = try JSONSerialization.jsonObject(
      with: Data(try SummaryJSON.encode(summary()).utf8))
    let contrasts = try #require((value as? [String: Any])?["contrasts"] as? [[String: Any]])
    let check = SchemaCheck(root: ["$defs": schema["$defs"] as Any, "$ref": "#/$defs/square"])
    #expect(square is [String: Any])
    #expect(check.problems(of: try #require(contrasts[0]["square"])) == [])
  }
}
