import Foundation
import NosceReport
import NosceResults
import NosceRuns
import NosceText
import NosceVerdicts
import Testing

@Suite struct SuiteTests {
  static func suite() throws -> SuiteSummary {
    var suite = SuiteSummary(
      subject: .init(name: "organism", description: "a model", note: "A positive control."),
      version: "0.1.0")
    try suite.append(.init(SampleRun.summary(), folder: "hello-1"))
    try suite.append(.init(SampleRun.notTestable(), folder: "hello 2/\"><script>"))
    try suite.append(
      .init(failed: "broken", error: "broken.yaml:3: found nothing; allowed: <something>"))
    return suite
  }

  @Test func aLineForEachExperiment() throws {
    let text = SuiteText.render(
      try Self.suite(), width: 80, style: .plain, index: "runs/index.html")
    let lines = text.split(separator: "\n")
    #expect(lines[0] == "3 experiments on organism")
    #expect(lines[1].hasPrefix("  hello") && lines[1].contains("supported"))
    #expect(lines[1].contains("+0.80") && lines[1].contains("Holm"))
    #expect(lines[2].contains("not testable"))
    #expect(lines[3].contains("FAILED: broken.yaml:3"))
    #expect(text.contains("Of 1 primary claim tested 1 is supported"))
    #expect(lines.last == "index   runs/index.html")
    for line in lines { #expect(line.count <= 80, "\(line)") }
  }

  @Test func whatWasNotTrainedForSaysWhy() throws {
    var suite = try Self.suite()
    try suite.append(.init(stopped: "square", title: "Own?", why: "It cannot <read>."))
    let text = SuiteText.render(suite, width: 80, style: .plain)
    #expect(text.contains("  square      not testable: It cannot <read>."))
    #expect(suite.failed.count == 1 && suite.primaries?.tested == 1)
    #expect(try SuitePage.render(suite).contains("<h2>square</h2><p>It cannot &lt;read&gt;.</p>"))
  }

  @Test func theIndexLinksEveryReportAndFetchesNothing() throws {
    let page = try SuitePage.render(try Self.suite())
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
    #expect(page.contains("<a href=\"hello-1/report.html\">hello</a>"))
    #expect(!page.contains("<script>"))
    #expect(page.contains("allowed: &lt;something&gt;"))
    #expect(page.contains("A positive control."))
    for reference in ["http:", "https:", " src=", "@import", "url(", "<link"] {
      #expect(!page.contains(reference))
    }
    for contrast in SampleRun.summary().contrasts { #expect(page.contains(contrast.name)) }
  }

  @Test func theDocumentReadsBack() throws {
    let suite = try Self.suite()
    let read = try JSONDecoder().decode(SuiteSummary.self, from: Data(try suite.json().utf8))
    #expect(read == suite)
    #expect(read.failed.map(\.experiment) == ["broken"])
    #expect(read.entries[0].primary?.name == "names the word")
  }
}

@Suite struct ResultsTests {
  @Test func everyArmProbeAndContrastIsThereWithItsInterval() throws {
    let text = ResultsMarkdown.render([SampleRun.summary()])
    #expect(text.hasPrefix("# Results\n"))
    #expect(text.contains("| hello | organism | **supported** | +0.80 |"))
    #expect(text.contains(", n 1200/1200"))
    for contrast in SampleRun.summary().contrasts { #expect(text.contains(contrast.name)) }
    for arm in SampleRun.arms { #expect(text.contains("| \(arm.name)")) }
    #expect(text.contains("`3f9a0c51d2e7`"))
  }

  @Test func theOrderOfRunsChangesNothing() throws {
    var other = SampleRun.notTestable()
    other.subject.name = "organism-null"
    var third = SampleRun.summary()
    third.experiment.name = "actress"
    let runs = [SampleRun.summary(), other, third]
    let text = ResultsMarkdown.render(runs)
    #expect(ResultsMarkdown.render(runs.reversed()) == text)
    let headings = text.split(separator: "\n").filter { $0.hasPrefix("## ") }
    #expect(headings == ["## actress", "## hello"])
  }

  @Test func ofTwoRunsOfOneExperimentTheLaterCounts() throws {
    var later = SampleRun.notTestable()
    later.provenance.started = "2026-11-24T10:15:00Z"
    let text = ResultsMarkdown.render([later, SampleRun.summary()])
    #expect(text.contains("**not testable**") && !text.contains("**supported**"))
    #expect(text == ResultsMarkdown.render([SampleRun.summary(), later]))
  }

  @Test func namesCannotBreakTheTable() throws {
    var summary = SampleRun.summary()
    summary.contrasts[0].name = "a|b\nc"
    summary.experiment.question = "<script> [x](y)\nz"
    let text = ResultsMarkdown.render([summary])
    #expect(text.contains("| a\\|b c (primary) |"))
    #expect(text.contains("&lt;script> \\[x](y) z"))
  }
}
