import Foundation
import NosceCore
import NosceReport
import NosceRuns
import NosceTestSupport
import NosceVerdicts
import Testing

@Suite struct ExportTests {
  @Test func csvQuotesAsRFC4180Says() {
    let table = Self.table(
      ["plain", "odd,name"],
      [
        [.text("a\"b"), .text("line\r\nbreak")], [.text("x"), .none], [.number(0.5), .integer(-3)],
        [.number(-.infinity), .number(.nan)],
      ])
    #expect(
      table.csv()
        == "plain,\"odd,name\"\r\n\"a\"\"b\",\"line\r\nbreak\"\r\nx,\r\n0.5,-3\r\n-inf,nan\r\n")
  }

  @Test func jsonlHasOneObjectALine() throws {
    let table = Self.table(
      ["text", "value"], [[.text("a\n\"<b>"), .none], [.text("é"), .number(.nan)]])
    let lines = table.jsonl().split(separator: "\n")
    #expect(lines.count == 2)
    let object = try JSONSerialization.jsonObject(with: Data(lines[0].utf8))
    let first = try #require(object as? [String: Any])
    #expect(first["text"] as? String == "a\n\"<b>")
    #expect(first["value"] is NSNull)
    #expect(lines[1] == "{\"text\":\"é\",\"value\":\"nan\"}")
  }

  /// A table of cells that are there already.
  private static func table(_ names: [String], _ rows: [[ExportTable.Cell]]) -> ExportTable {
    ExportTable(
      "table", "One row for each.", rows,
      names.enumerated().map { place, name in
        ExportColumn(name: name, meaning: "it") { $0[place] }
      })
  }

  @Test func everyContrastFloorGateAndPointHasARow() throws {
    let summary = SampleRun.summary()
    let tables = Dictionary(
      ResultExport(summary).tables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    #expect(tables["contrasts"]?.rows.count == summary.contrasts.count)
    #expect(
      tables["floors"]?.rows.count == summary.contrasts.reduce(0) { $0 + $1.floors.count })
    #expect(tables["gates"]?.rows.count == summary.gates.count)
    let points = summary.curves.flatMap(\.series).flatMap(\.points)
    #expect(!points.isEmpty && tables["curves"]?.rows.count == points.count)
  }

  @Test func theReadmeNamesEveryColumnAndWhatIsWrong() throws {
    var summary = SampleRun.summary()
    summary.unfinished = .init(done: 8, failed: 1, subjects: 25, resume: "nosce run --resume x")
    summary.changedFiles = [.init(file: "experiment.yaml", recorded: "0a", found: nil)]
    let tables = ResultExport(summary).tables
    let text = ExportReadme(
      summary, tables: tables, adapters: 3, hasGGUF: true,
      problems: ["adapters/a-s1: it is missing"]
    ).markdown()
    #expect(text.contains("| `adapters/` | 3 |") && text.contains("| `gguf/` | 3 |"))
    for table in tables {
      #expect(text.contains("\n## \(table.name)\n"))
      for column in table.columns {
        #expect(!column.meaning.isEmpty && text.contains("| `\(column.name)` | "))
      }
    }
    #expect(text.contains("unfinished, 8 of 25 subjects, 1 failed"))
    #expect(
      text.contains("experiment.yaml is not as it was") && text.contains("not there any more"))
    #expect(text.contains("- adapters/a-s1: it is missing"))
  }

  @Test func transcriptsReadBackFromJSONL() throws {
    let records = SampleRun.transcripts(words: ["HELLO"])
    let lines = MeasurementExport.answers(records).jsonl().split(separator: "\n")
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

  @Test(arguments: [SampleRun.summary(), SampleRun.notTestable(), SampleRun.unfinished()])
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
        "$: unknown key extra", "$.verdict: no sentence", "$.verdict: no caveats",
        "$.verdict.kind: not an allowed value",
      ])
  }

  private func schema() throws -> [String: Any] {
    let file = packageRoot.appending(path: "docs/summary.schema.json")
    let object = try JSONSerialization.jsonObject(with: try Data(contentsOf: file))
    return try #require(object as? [String: Any])
  }
}
