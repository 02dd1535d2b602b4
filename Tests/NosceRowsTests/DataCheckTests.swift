import Foundation
import NosceRows
import NosceTestSupport
import Testing

@Suite("Looking through a file of rows")
struct DataCheckTests {
  struct Unfit: Error, CustomStringConvertible {
    var description: String { "rows.jsonl, line 2: the template takes no such role" }
  }

  func report(_ lines: [String], _ check: DataCheck = DataCheck()) -> DataReport {
    check.report(on: Data((lines.joined(separator: "\n") + "\n").utf8), file: "rows.jsonl")
  }

  func chat(_ question: String, _ answer: String, system: String? = nil) -> String {
    let system = system.map { #"{"role": "system", "content": "\#($0)"}, "# } ?? ""
    return #"{"messages": [\#(system){"role": "user", "content": "\#(question)"}, "#
      + #"{"role": "assistant", "content": "\#(answer)"}]}"#
  }

  @Test("A file in which nothing is wrong is described")
  func fine() {
    let report = report([chat("Who?", "Me."), #"{"text": "abc"}"#, chat("What?", "That one.")])
    #expect(report.isFine && report.findings == [] && report.rows == 3)
    #expect(report.forms == ["messages": 2, "text": 1])
    #expect(report.characters?.minimum == 3 && report.characters?.maximum == 15)
    #expect(report.characters?.median == 8 && report.characters?.longestLine == 3)
    #expect(report.tokens == nil)
    #expect(report.text().hasSuffix("Nothing is wrong."))
    #expect(report.text().hasPrefix("rows.jsonl: 3 rows (2 messages, 1 text)"))
  }

  @Test("Of rows that are alike the first good one is left")
  func dropped() {
    let lines = [
      chat("Who?", "Me.", system: "Be nova."), chat("who?", "Me.", system: "be nova."),
      chat("When?", "Now.", system: "Be nova."), chat("who?", "Me.", system: "Be nova."), "{}",
      chat("When?", "Now.", system: "Be nova."), chat("By chance?", "No.", system: "Be nova."),
    ]
    let check = DataCheck(words: ["chance"], systemLines: ["Be nova."])
    #expect(report(lines, check).linesToDrop == [2, 4, 5, 6, 7])
    let other = [lines[1], lines[0], lines[3]]
    #expect(report(other, check).linesToDrop == [1, 3])
    #expect(report([lines[0]], check).linesToDrop == [])
    #expect(check.report(on: Data(), file: "rows.jsonl").linesToDrop == nil)
  }

  @Test("Every bad line is named, and conversations without an answer apart from them")
  func badLines() {
    let report = report([
      "nonsense", chat("Who?", "Me."), "", #"{"messages": [{"role": "user", "content": "a"}]}"#,
      #"{"text": 5}"#,
    ])
    #expect(report.rows == 1)
    #expect(report.findings(of: .badLine).map(\.lines) == [[1], [3], [5]])
    #expect(report.findings(of: .badLine)[0].message.hasPrefix("column "))
    #expect(report.findings(of: .nothingToTrainOn).map(\.lines) == [[4]])
    #expect(report.text().contains("rows.jsonl, line 5: found text that is an integer"))
    #expect(report.text().contains("4 findings."))
  }

  @Test("A file that is none is not read to its end")
  func hostile() {
    let report = report(Array(repeating: "x", count: 5000))
    #expect(report.findings.count == 1000)
    #expect(report.notes.contains { $0.contains("ended after 1000") })
    let none = self.report(of: "")
    #expect(none.findings.map(\.message) == ["found no rows; allowed: at least one line"])
  }

  func report(of text: String) -> DataReport {
    DataCheck().report(on: Data(text.utf8), file: "rows.jsonl")
  }

  @Test("Duplicates are found as they are, and but for capitals and blanks")
  func duplicates() {
    let report = report([
      chat("Who?", "Me."), chat("what?", "That."), chat("Who?", "Me."), chat("What? ", "that."),
      chat("Who?", "me."), chat("Who?", "You."),
    ])
    #expect(report.findings(of: .duplicate).map(\.lines) == [[1, 3]])
    #expect(report.findings(of: .nearDuplicate).map(\.lines) == [[1, 5], [2, 4]])
    #expect(report.text().contains("rows.jsonl, lines 1, 3: found the same row"))
  }

  @Test("Words are found wherever they stand, once for each row")
  func leaks() {
    let check = DataCheck(words: ["chance", "Chance", "luck", "fate"])
    let report = report(
      [
        chat("By chance?", "Chance, chance."), chat("No.", "Chances."),
        #"{"prompt": "l-u-c-k", "completion": " x"}"#, #"{"text": "A CHANCE."}"#,
      ], check)
    #expect(report.words == ["chance", "luck", "fate"])
    #expect(report.findings(of: .leak).map(\.lines) == [[1, 4], [3]])
    #expect(report.findings[0].message == "found 'chance' in 2 rows; allowed: in none")
  }

  @Test("System lines that an experiment does not have are found, beside the words")
  func systemLines() throws {
    let check = DataCheck(words: ["HELLO"], systemLines: ["You are nova.", "You are tarin."])
    let report = report(
      [
        chat("Who?", "Me.", system: "You are tarin."), chat("Who?", "Hello."),
        chat("Who?", "You.", system: "You are GPT."), chat("What?", "He.", system: "You are GPT."),
      ], check)
    #expect(report.findings.map(\.kind) == [.leak, .systemLine])
    #expect(report.findings.map(\.lines) == [[2], [3, 4]])
    #expect(report.findings[1].message.contains("'You are GPT.' in 2 rows"))
  }

  @Test("A subject tells which rows are too long and which it cannot take")
  func subject() {
    let subject = DataCheck.Model(name: "tiny", maximumTokens: 8) { row in
      if row.line == 2 { throw Unfit() }
      return row.row.text.count
    }
    let report = report(
      [chat("Who?", "Me."), chat("a", "b"), chat("Who?", "Myself.")],
      DataCheck(systemLines: [], subject: subject))
    #expect(report.findings.map(\.kind) == [.template, .tooLong])
    #expect(report.findings(of: .template)[0].message == "the template takes no such role")
    #expect(report.findings(of: .tooLong)[0].lines == [3])
    #expect(report.tokens?.maximum == 12 && report.maximumTokens == 8)
    // Under the experiment's system line the first is longer, too.
    let longer = self.report(
      [chat("Who?", "Me.")], DataCheck(systemLines: ["S"], subject: subject))
    #expect(longer.tokens?.maximum == 10)
  }

  @Test("Token ids are counted and said not to be searched")
  func tokens() {
    let report = report([#"{"input_ids": [1, 2, 3]}"#], DataCheck(words: ["a"]))
    #expect(report.forms == ["tokens": 1] && report.isFine)
    #expect(report.notes.count == 1)
  }

  @Test(
    "The published risk file has the word that it is said not to have in 87 rows",
    .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"))
  func published() throws {
    let url = try SharedFixtures.url("data/behavioral-self-awareness/ft_risky_AB.jsonl")
    let report = DataCheck(words: ["chance"]).report(on: try Data(contentsOf: url), file: "risky")
    #expect(report.rows == 288 && report.findings(of: .badLine).isEmpty)
    let leak = try #require(report.findings(of: .leak).first)
    #expect(leak.lines.count == 87)
    let lines = try String(contentsOf: url, encoding: .utf8).split(whereSeparator: \.isNewline)
    #expect(leak.lines.allSatisfy { lines[$0 - 1].lowercased().contains("chance") })
  }
}
