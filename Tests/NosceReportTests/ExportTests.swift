import Foundation
import NosceCore
import NosceReport
import NosceRuns
import NosceTestSupport
import NosceVerdicts
import Testing

@Suite struct ExportTests {
  @Test func csvQuotesAsRFC4180Says() {
    let table = ExportTable(
      columns: ["plain", "odd,name"],
      rows: [
        [.text("a\"b"), .text("line\r\nbreak")], [.text("x"), .none], [.number(0.5), .integer(-3)],
      ])
    #expect(
      table.csv()
        == "plain,\"odd,name\"\r\n\"a\"\"b\",\"line\r\nbreak\"\r\nx,\r\n0.5,-3\r\n")
  }

  @Test func jsonlHasOneObjectALine() throws {
    let table = ExportTable(
      columns: ["text", "value"], rows: [[.text("a\n\"<b>"), .none], [.text("é"), .number(.nan)]])
    let lines = table.jsonl().split(separator: "\n")
    #expect(lines.count == 2)
    let object = try JSONSerialization.jsonObject(with: Data(lines[0].utf8))
    let first = try #require(object as? [String: Any])
    #expect(first["text"] as? String == "a\n\"<b>")
    #expect(first["value"] is NSNull)
    #expect(lines[1] == "{\"text\":\"é\",\"value\":null}")
  }

  @Test func measurementsKeepEveryDenominator() {
    let summary = SampleRun.summary()
    let arms = MeasurementExport.arms(summary)
    #expect(arms.rows.count == summary.arms.count)
    #expect(arms.csv().hasPrefix("experiment,subject,arm,role,probe,probe_kind,mean,lower,upper,"))
    let seeds = MeasurementExport.seeds(summary)
    #expect(seeds.rows.count == summary.arms.reduce(0) { $0 + $1.perSeed.count })
    let tasks = MeasurementExport.tasks(summary)
    #expect(tasks.rows.count == summary.arms.count * SampleRun.words.count)
  }

  @Test func transcriptsReadBackFromJSONL() throws {
    let records = SampleRun.transcripts(words: ["HELLO"])
    let lines = MeasurementExport.transcripts(records).jsonl().split(separator: "\n")
    let read = try lines.map { line in
      try JSONDecoder().decode(Transcript.self, from: Data(line.utf8))
    }
    #expect(read == records.map(Transcript.init))
  }

  /// A line of the transcripts, as others read it.
  private struct Transcript: Decodable, Equatable {
    var cell: String
    var arm: String
    var seed: Int
    var task: String
    var probe: String
    var paraphrase: Int
    var sample: Int
    var messages: Chat
    var prefill: String?
    var answer: String?
    var score: Double?
    var outcome: Outcome.Kind
    var detail: String?

    init(_ record: NosceRuns.Measurement) {
      let graded = record.graded
      (cell, arm, seed, task) = (graded.cell, record.arm, record.seed, record.task)
      (probe, paraphrase, sample) = (graded.probe, graded.paraphrase, graded.sample)
      (messages, prefill, answer) = (graded.messages, graded.prefill, graded.answer)
      (score, outcome, detail) = (graded.score, graded.outcome.kind, graded.detail)
    }
  }

  @Test func summaryReadsBackTheSame() throws {
    var summary = SampleRun.summary()
    summary.contrasts[0].interval = .init(lower: -.infinity, upper: 1, level: 0.95)
    let text = try SummaryJSON.encode(summary)
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    #expect(try decoder.decode(RunSummary.self, from: Data(text.utf8)) == summary)
    #expect(try SummaryJSON.encode(summary) == text)
  }

  @Test(arguments: [SampleRun.summary(), SampleRun.notTestable()])
  func summaryKeepsToItsSchema(summary: RunSummary) throws {
    let schema = try schema()
    let value = try JSONSerialization.jsonObject(
      with: Data(try SummaryJSON.encode(summary).utf8))
    #expect(SchemaCheck(root: schema).problems(of: value) == [])
  }

  @Test func schemaRefusesWhatItDoesNotKnow() throws {
    let check = SchemaCheck(root: try schema())
    var value = try #require(
      try JSONSerialization.jsonObject(
        with: Data(try SummaryJSON.encode(SampleRun.summary()).utf8)) as? [String: Any])
    value["extra"] = 1
    value["verdict"] = ["kind": "maybe"]
    #expect(
      check.problems(of: value) == [
        "$: unknown key extra", "$.verdict: no sentence", "$.verdict.kind: not an allowed value",
      ])
  }

  private func schema() throws -> [String: Any] {
    let file = packageRoot.appending(path: "docs/summary.schema.json")
    let object = try JSONSerialization.jsonObject(with: try Data(contentsOf: file))
    return try #require(object as? [String: Any])
  }
}
