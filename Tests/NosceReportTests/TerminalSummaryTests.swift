import NosceReport
import NosceText
import NosceVerdicts
import Testing

@Suite struct TerminalSummaryTests {
  @Test(arguments: [80, 100]) func supportedRun(width: Int) throws {
    let text = TerminalSummary.render(
      SampleRun.summary(), width: width, style: .plain, reportPath: "runs/hello/report.html")
    try Snapshot.expect(text, matches: "terminal-supported-\(width)")
  }

  @Test func failedGateIsNamed() throws {
    let text = TerminalSummary.render(SampleRun.notTestable(), width: 80, style: .plain)
    #expect(text.hasPrefix("NOT TESTABLE: "))
    #expect(text.contains("FAILED behaviour learnt, treatment: 0.41 (needs 0.8)"))
    try Snapshot.expect(text, matches: "terminal-not-testable-80")
  }

  @Test(arguments: [60, 72, 80, 100]) func fitsAScreen(width: Int) {
    let text = TerminalSummary.render(
      SampleRun.summary(), width: width, style: .plain, reportPath: "runs/hello/report.html")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= 42)
    // The command is never cut: it must be possible to copy it.
    for line in lines where !line.hasPrefix("again") {
      #expect(line.count <= width, "\(line)")
    }
    #expect(text.contains(SampleRun.summary().experiment.command))
  }

  @Test func verdictSentenceComesFirst() {
    let summary = SampleRun.summary()
    let text = TerminalSummary.render(summary, width: 80, style: .plain)
    let flat = text.split(whereSeparator: { $0 == "\n" }).joined(separator: " ")
    #expect(flat.hasPrefix("SUPPORTED: \(summary.verdict.sentence)"))
  }

  @Test func plainHasNoColour() {
    let plain = TerminalSummary.render(SampleRun.summary(), width: 80, style: .plain)
    let color = TerminalSummary.render(SampleRun.summary(), width: 80, style: .color)
    #expect(!plain.contains("\u{1B}"))
    #expect(color.contains("\u{1B}[1;32mSUPPORTED"))
    #expect(color.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
  }

  @Test func absentNumbersAreDashes() {
    var summary = SampleRun.summary()
    for place in summary.arms.indices where summary.arms[place].arm == "twin" {
      summary.arms[place].mean = nil
      summary.arms[place].interval = nil
      summary.arms[place].kept = 0
    }
    let text = TerminalSummary.render(summary, width: 80, style: .plain)
    let line = text.split(separator: "\n").first { $0.hasPrefix("twin") }
    #expect(line?.contains("-     -             0/1200") == true)
    #expect(line?.contains("0.00") == false)
  }

  @Test func namesCannotMoveTheCursor() {
    var summary = SampleRun.summary()
    summary.subject.name = "evil\u{1B}[2J\nname"
    summary.verdict.sentence = "a\u{07}b"
    let text = TerminalSummary.render(summary, width: 80, style: .plain)
    #expect(!text.contains("\u{1B}"))
    #expect(!text.contains("\u{07}"))
  }

  @Test func emptySummaryRenders() throws {
    var summary = SampleRun.summary()
    summary.arms = []
    summary.gates = []
    summary.contrasts = []
    summary.curves = []
    summary.seconds = [:]
    let text = TerminalSummary.render(summary, width: 80, style: .plain)
    #expect(text.contains("again"))
    let page = try HTMLReport.render(summary, transcripts: [], trainingRows: [:])
    #expect(page.hasSuffix("</html>\n"))
  }
}
