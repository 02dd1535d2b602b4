import Foundation
import NosceCore
import NosceReport
import NosceRuns
import NosceText
import NosceVerdicts
import Testing

@Suite struct HTMLReportTests {
  let page: String

  init() throws {
    page = try HTMLReport.render(
      SampleRun.summary(), transcripts: SampleRun.transcripts(),
      trainingRows: SampleRun.trainingRows())
  }

  @Test func holdsEverySection() {
    for anchor in [
      "arms", "contrasts", "tasks", "gates", "curves", "examples", "transcripts", "training",
      "provenance",
    ] {
      #expect(page.contains("<section id=\"\(anchor)\""), "\(anchor)")
      #expect(page.contains("<a href=\"#\(anchor)\">"), "\(anchor)")
    }
    let summary = SampleRun.summary()
    #expect(page.contains("<p class=\"sentence\">\(Markup.escape(summary.verdict.sentence))</p>"))
    #expect(page.contains(Markup.escape(summary.experiment.command)))
  }

  @Test func fetchesNothing() {
    #expect(!page.contains("http:"))
    #expect(!page.contains("https:"))
    #expect(!page.contains(" src="))
    #expect(!page.contains("@import"))
    #expect(!page.contains("url("))
    #expect(!page.contains("<link"))
    #expect(page.contains("default-src &#39;none&#39;"))
  }

  @Test func tagsAreBalanced() {
    for tag in [
      "section", "table", "thead", "tbody", "tr", "th", "td", "svg", "figure", "details", "dl",
      "article", "script", "ul", "ol", "li", "p", "div", "header", "main", "nav", "form", "label",
      "select",
    ] {
      let opened = count("<\(tag) ", in: page) + count("<\(tag)>", in: page)
      let closed = count("</\(tag)>", in: page)
      #expect(opened == closed, "\(tag): \(opened) opened, \(closed) closed")
    }
  }

  @Test func everyPictureHasATitle() {
    let pictures = count("<svg ", in: page)
    let named = count("<title>", in: page) - 1
    let decorative = count("aria-hidden=\"true\"", in: page)
    #expect(named > 8)
    #expect(named + decorative == pictures)
  }

  @Test func everyTranscriptIsThere() throws {
    let records = SampleRun.transcripts()
    let data = try transcriptData(in: page)
    let texts = try #require(data["texts"] as? [String])
    let rows = try #require(data["rows"] as? [[Any]])
    #expect(rows.count == records.count)
    for (row, record) in zip(rows, records) {
      let numbers = row.map { ($0 as? NSNumber)?.doubleValue }
      func text(_ place: Int) -> String? {
        numbers[place].flatMap { $0 < 0 ? nil : texts[Int($0)] }
      }
      #expect(text(0) == record.arm)
      #expect(numbers[1] == Double(record.seed))
      #expect(text(2) == record.task)
      #expect(text(3) == record.graded.probe)
      #expect(text(6) == record.graded.outcome.kind.rawValue)
      #expect(numbers[7] == record.graded.score)
      #expect(text(8) == record.graded.prefill)
      #expect(text(9) == record.graded.answer)
      #expect(text(10) == record.graded.detail)
      let messages = stride(from: 11, to: row.count, by: 2).map { [text($0), text($0 + 1)] }
      #expect(messages == record.graded.messages.map { [$0.role.rawValue, $0.content] })
    }
  }

  @Test func hostileTextStaysText() throws {
    let attack = "</script><script>alert(1)</script><img onerror='x' \"&\u{2028}\u{0}-->"
    var summary = SampleRun.summary()
    summary.experiment.name = attack
    summary.experiment.title = attack
    summary.experiment.command = attack
    summary.experiment.settings = [attack: [attack]]
    summary.subject.note = attack
    summary.verdict.sentence = attack
    summary.provenance.hashes = [attack: attack]
    summary.curves[0].title = attack
    summary.curves[0].series[0].name = attack
    for place in summary.arms.indices {
      summary.arms[place].probe += attack
      if summary.arms[place].arm == "treatment" { summary.arms[place].arm = attack }
      for task in summary.arms[place].perTask.indices {
        summary.arms[place].perTask[task].task += attack
      }
    }
    for place in summary.contrasts.indices {
      summary.contrasts[place].treatment = attack
      summary.contrasts[place].probe += attack
      summary.contrasts[place].name = attack
    }
    for place in summary.gates.indices {
      summary.gates[place].detail = attack
      summary.gates[place].exemption = attack
    }
    let record = Measurement(
      arm: attack, role: .treatment, task: attack, seed: 0,
      graded: GradedAnswer(
        cell: attack, probe: attack, messages: [ChatMessage(.user, attack)], prefill: attack,
        answer: attack, outcome: .refused, detail: attack))
    let page = try HTMLReport.render(
      summary, transcripts: [record], trainingRows: [attack: [attack], "twin": [attack]])
    #expect(!page.contains("<script>"))
    #expect(!page.contains("<img"))
    #expect(count("<script", in: page) == 2)
    #expect(count("</script>", in: page) == 2)
    let data = try transcriptData(in: page)
    #expect((data["texts"] as? [String])?.contains(attack) == true)
  }

  @Test func manyTranscriptsStaySmall() throws {
    let records = SampleRun.transcripts(samples: 12)
    let page = try HTMLReport.render(SampleRun.summary(), transcripts: records, trainingRows: [:])
    #expect(records.count > 20_000)
    #expect(page.utf8.count < 80 * records.count)
  }

  @Test func anArmThatIsNotTrainedSaysWhatItIs() throws {
    var summary = SampleRun.summary()
    for index in summary.arms.indices where summary.arms[index].arm == "twin" {
      summary.arms[index].making = "random adapters, <each> of the norm"
    }
    let page = try HTMLReport.render(summary, transcripts: [], trainingRows: [:])
    #expect(page.contains("<strong>twin</strong> random adapters, &lt;each&gt; of the norm</span>"))
    #expect(page.contains("<strong>base</strong> not trained</span>"))
  }

  @Test func whatIsRuledOutOnAModelThatInfersNothingIsSaidSo() throws {
    var summary = SampleRun.summary()
    summary.verdict.kind = .inconclusive
    summary.contrasts[0].verdict = .inconclusive
    func page() throws -> String {
      try HTMLReport.render(summary, transcripts: [], trainingRows: [:])
    }
    #expect(try page().contains("nor rule it out"))
    summary.contrasts[0].isUninferred = true
    let ruledOut = try page()
    #expect(ruledOut.contains("is ruled out. That this model knows nothing of itself does not"))
    #expect(!ruledOut.contains("nor rule it out"))
  }

  @Test func sectionsWithNothingToShowAreLeftOut() throws {
    var summary = SampleRun.summary()
    summary.curves = []
    let page = try HTMLReport.render(summary, transcripts: [], trainingRows: [:])
    for anchor in ["curves", "examples", "transcripts", "training"] {
      #expect(!page.contains("id=\"\(anchor)\""), "\(anchor)")
    }
  }

  /// Writes the sample where a person can look at it: `NOSCE_SAMPLE_REPORT=DIR swift test`.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["NOSCE_SAMPLE_REPORT"] != nil))
  func writeSamples() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["NOSCE_SAMPLE_REPORT"])
    let many = try HTMLReport.render(
      SampleRun.summary(), transcripts: SampleRun.transcripts(samples: 12),
      trainingRows: SampleRun.trainingRows())
    let failed = try HTMLReport.render(
      SampleRun.notTestable(), transcripts: SampleRun.transcripts(words: ["HELLO"]),
      trainingRows: SampleRun.trainingRows())
    for (name, text) in [
      ("sample.html", page), ("many.html", many), ("failed.html", failed),
      ("sample.json", try SummaryJSON.encode(SampleRun.summary())),
      (
        "color.txt",
        TerminalSummary.render(
          SampleRun.summary(), width: 100, style: .color, reportPath: "runs/hello/report.html")
      ),
    ] {
      try Data(text.utf8).write(to: URL(filePath: folder).appending(path: name))
    }
  }

  /// How often the text stands in the page.
  private func count(_ text: String, in page: String) -> Int {
    page.components(separatedBy: text).count - 1
  }

  private func transcriptData(in page: String) throws -> [String: Any] {
    let opening = "<script type=\"application/json\" id=\"transcript-data\">"
    let start = try #require(page.range(of: opening)).upperBound
    let end = try #require(page.range(of: "</script>", range: start..<page.endIndex)).lowerBound
    let object = try JSONSerialization.jsonObject(with: Data(page[start..<end].utf8))
    return try #require(object as? [String: Any])
  }
}
