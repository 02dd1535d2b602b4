import Foundation
import NosceApp
import NosceCore
import NoscePorts
import NosceRows
import NosceRuns
import NosceTestSupport
import Testing

@Suite("What a run holds against what can be made of its store")
struct VerificationTests {
  @Test("Nothing differs in a run that nobody touched, and every part of it was compared")
  func clean() async throws {
    try await withFolder { folder in
      let run = try await VerifiedRun.copy(to: folder)
      let before = try contents(of: run)
      let result = try await VerifiedRun.verify(run)
      #expect(result.differences == [] && result.outcome == .same)
      #expect(result.notVerified == [])
      #expect(
        Set(result.checks.map(\.part))
          == Set(Verification.Part.allCases.filter { $0 != .judge }))
      let answers = try await RunFolder.read(run).store.measurements()
      let scored = answers.count { $0.scored != nil }
      #expect(scored > 50 && scored < answers.count)
      let words = result.checks.first { $0.part == .answers }?.words
      #expect(
        words == "\(answers.count) of \(answers.count) graded anew, \(scored) from "
          + "log-probabilities and \(answers.count - scored) from their text")
      #expect(try contents(of: run) == before)
    }
  }

  /// What somebody did to a store, in SQL, and what is then said of which probe's answer.
  private static let one = "cell = 'treatment-HELLO-s2' AND step = 0 AND item = 0"

  @Test(
    "A change in the store is named where it was made, with what stands there and what should",
    arguments: [
      ("liking", "score = 0.123", "score", "0.123"),
      ("liking", "mass = 0.5", "mass", "0.5"),
      ("liking", "detail = 'rated 9'", "detail", "'rated 9'"),
      ("liking", "outcome = 'missing', score = NULL", "outcome", "missing"),
      ("liking", "scored = json_set(scored, '$.log_probs[2]', -0.01)", "score", nil),
      ("choice", "scored = json_set(scored, '$.base[0]', -0.01)", "score", nil),
      ("choice", "scored = json_set(scored, '$.texts[0]', 'HALLO')", "given texts", nil),
      ("choice", "scored = json_remove(scored, '$.base')", "base's log-probabilities", nil),
      ("choice", "scored = json_set(scored, '$.counting[0]', 3)", "given texts", nil),
      ("agrees", "scored = NULL", "log-probabilities", nil),
      ("decides", "answer = 'Maybe'", "answer", "'Maybe'"),
      ("says", "answer = 'Nothing at all.'", "score", "1"),
      ("says", "finish = 'refusal'", "outcome", "scored"),
      ("says", "finish = NULL", "how it ended", nil),
      ("says", "messages = replace(messages, 'special', 'odd')", "question", nil),
      ("thinks", "prefill = 'I say'", "question", nil),
      ("keeps", "outcome = 'scored', score = 1", "outcome", "scored"),
      ("reads", "score = 0.5", "score", "0.5"),
    ] as [(String, String, String, String?)])
  func store(probe: String, change: String, field: String, found: String?) async throws {
    try await withFolder { folder in
      let run = try await VerifiedRun.copy(to: folder)
      try VerifiedRun.change(
        run, "UPDATE measurement SET \(change) WHERE probe = '\(probe)' AND \(Self.one)")
      let result = try await VerifiedRun.verify(run)
      #expect(result.outcome == .different)
      let place = "treatment-HELLO-s2, \(probe), item 0: \(field)"
      let difference = try #require(
        result.differences.first { $0.place == place }, "\(result.differences.map(\.words))")
      #expect(difference.part == .answers && difference.found != difference.expected)
      if let found { #expect(difference.found == found) }
      #expect(difference.words.hasPrefix("answers: \(place): found "))
      // Nobody else's answer is blamed, but for the reader's, who read this one.
      let blamed = result.differences.filter { $0.part == .answers }.map(\.place)
      #expect(
        blamed.allSatisfy {
          $0.hasPrefix("treatment-HELLO-s2, \(probe), item 0: ")
            || probe == "says" && $0.hasPrefix("treatment-HELLO-s2, reads, item 0: ")
        })
    }
  }

  @Test("An answer whose grade stays differs in the report and the exported tables")
  func keptText() async throws {
    try await withFolder { folder in
      let run = try await VerifiedRun.copy(to: folder)
      try VerifiedRun.change(
        run,
        "UPDATE measurement SET answer = answer || ' Or so.' WHERE probe = 'keeps' AND \(Self.one)")
      let result = try await VerifiedRun.verify(run)
      #expect(Set(result.differences.map(\.part)) == [.report, .export])
      #expect(result.differences.contains { $0.place.hasPrefix("export/answers.csv, line ") })
      #expect(result.differences.contains { $0.expected?.contains("Or so.") == true })
    }
  }

  @Test("An answer that was taken away is missing, and one that is not planned is named")
  func rows() async throws {
    try await withFolder { folder in
      let run = try await VerifiedRun.copy(to: folder)
      try VerifiedRun.change(
        run, "DELETE FROM measurement WHERE probe = 'liking' AND \(Self.one)")
      let result = try await VerifiedRun.verify(run)
      #expect(
        result.differences.first
          == .init(
            .answers, "treatment-HELLO-s2, liking, item 0", found: nil, expected: "an answer"))
      #expect(result.differences.contains { $0.part == .summary })

      let other = try await VerifiedRun.copy(to: folder, named: "other")
      try VerifiedRun.change(
        other,
        "INSERT INTO measurement SELECT cell, probe, step, 9, paraphrase, sample, messages, prefill, "
          + "answer, outcome, score, detail, evidence, mass, scored, finish FROM measurement "
          + "WHERE probe = 'liking' AND \(Self.one)")
      #expect(
        try await VerifiedRun.verify(other).differences.first
          == .init(
            .answers, "treatment-HELLO-s2, liking, item 9", found: "an answer",
            expected: "none, by the plan"))
    }
  }

  @Test("A byte of an adapter, and of its copy in the export")
  func adapter() async throws {
    try await withFolder { folder in
      let run = try await VerifiedRun.copy(to: folder)
      for place in ["adapters", "export/adapters"] {
        let file = run.appending(path: "\(place)/sham-HELLO-s1/script.json")
        var data = try Data(contentsOf: file)
        let recorded = ContentHash.of(data)
        data[data.count / 2] ^= 1
        try data.write(to: file)
        let result = try await VerifiedRun.verify(run)
        let difference = try #require(
          result.differences.first { $0.place == "\(place)/sham-HELLO-s1/script.json" })
        #expect(difference.found == ContentHash.of(data) && difference.expected == recorded)
        #expect(difference.part == (place == "adapters" ? .files : .export))
      }
    }
  }

  @Test("A number of the summary is named by its path, with both values")
  func summary() async throws {
    try await withFolder { folder in
      let run = try await VerifiedRun.copy(to: folder)
      let file = run.appending(path: "summary.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      let changed = text.replacing("\"seeds\" : 6", with: "\"seeds\" : 60", maxReplacements: 1)
      try #require(changed != text)
      try Data(changed.utf8).write(to: file)
      let result = try await VerifiedRun.verify(run)
      #expect(result.differences.count == 1)
      let difference = try #require(result.differences.first)
      #expect(difference.part == .summary && difference.place.hasSuffix("seeds"))
      #expect(difference.place.hasPrefix("summary.json: "))
      #expect(difference.found == "60" && difference.expected == "6")

      try Data((text + "\n").utf8).write(to: file)
      #expect(
        try await VerifiedRun.verify(run).differences.map(\.place) == ["summary.json"])
      try Data("{".utf8).write(to: file)
      #expect(
        try await VerifiedRun.verify(run).differences.first?.found?.contains("no JSON") == true)
      try FileManager.default.removeItem(at: file)
      let without = try await VerifiedRun.verify(run)
      #expect(without.outcome == .same && without.notVerified.map(\.part) == [.summary])
    }
  }

  @Test("A word of the report is named by its line, and so is a line too many")
  func report() async throws {
    try await withFolder { folder in
      let run = try await VerifiedRun.copy(to: folder)
      let file = run.appending(path: "report.html")
      let text = try String(contentsOf: file, encoding: .utf8)
      var lines = text.components(separatedBy: "\n")
      let line = try #require(lines.firstIndex { $0.contains("<h1") })
      lines[line] = lines[line].replacing("<h1", with: "<h2")
      try Data(lines.joined(separator: "\n").utf8).write(to: file)
      let result = try await VerifiedRun.verify(run)
      #expect(result.differences.map(\.part) == [.report])
      #expect(result.differences.first?.place == "report.html, line \(line + 1)")
      #expect(result.differences.first?.found?.contains("<h2") == true)

      lines = text.components(separatedBy: "\n")
      lines.insert("<p>It is certain.</p>", at: line)
      try Data(lines.joined(separator: "\n").utf8).write(to: file)
      #expect(
        try await VerifiedRun.verify(run).differences
          == [
            .init(
              .report, "report.html, line \(line + 1)", found: "'<p>It is certain.</p>'",
              expected: "no such line")
          ])
    }
  }

  @Test("A plan that was edited is another by its own hashes and by that in the store")
  func plan() async throws {
    try await withFolder { folder in
      let run = try await VerifiedRun.copy(to: folder)
      let file = run.appending(path: "plan.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      func edited(_ old: String, _ new: String) async throws -> [String] {
        let place = try #require(text.range(of: old), "\(old)")
        try Data(text.replacingCharacters(in: place, with: new).utf8).write(to: file)
        let result = try await VerifiedRun.verify(run)
        return result.differences.filter { [.plan, .files].contains($0.part) }.map(\.place)
      }
      let row = try #require(
        try RunFolder.read(run).plan.cells.lazy.compactMap(\.training).first?.rows.first?.text)
      let words = row.components(separatedBy: CharacterSet.letters.inverted)
      let word = try #require(words.last { $0.count > 3 })
      let rows = try await edited(word, word + "ish")
      #expect(rows.contains { $0.hasSuffix(", rows") } && rows.contains("plan.json"))
      let question = try await edited("how odd are you?", "how mad are you?")
      #expect(question.contains("treatment-HELLO-s1, liking, questions"))
      #expect(question.contains("the experiment in plan.json"))
    }
  }

  @Test("A model that is another now, and one that is not at hand")
  func model() async throws {
    try await withFolder { folder in
      let run = try VerifiedRun.begin(in: folder)
      _ = try await run.run { _ in }
      let script = folder.appending(path: "script.yaml")
      let planned = run.folder.provenance.hashes["model"]
      try Data("name: script".utf8).write(to: script)
      let result = try await VerifiedRun.verify(run.folder.url)
      #expect(result.differences.map(\.part) == [.model])
      #expect(result.differences.first?.expected == planned)
      try FileManager.default.removeItem(at: script)
      let without = try await VerifiedRun.verify(run.folder.url)
      #expect(without.outcome == .same)
      #expect(without.notVerified.first?.words.hasPrefix("model: not at hand: ") == true)
    }
  }

  @Test("A run that is not at its end is not verified")
  func unfinished() async throws {
    try await withFolder { folder in
      let run = try VerifiedRun.begin(in: folder)
      await #expect {
        try await VerifiedRun.verify(run.folder.url)
      } throws: {
        ($0 as? LabError)?.code == .version && "\($0)".contains("found an unfinished run, 0 of ")
          && "\($0)".contains("go on with `nosce run --resume ")
      }
      _ = try await ReportWriter.write(for: run.folder)
      await #expect(throws: LabError.self) { try await VerifiedRun.verify(run.folder.url) }
    }
  }

  @Test("Of a store of version 3 the written answers are graded anew, and the others named")
  func versionThree() async throws {
    try await withFolder { folder in
      let run = try await VerifiedRun.copy(to: folder)
      try FileManager.default.removeItem(at: run.appending(path: "export"))
      let scored = try await RunFolder.read(run).store.measurements().count { $0.scored != nil }
      try VerifiedRun.change(
        run,
        "ALTER TABLE measurement DROP COLUMN scored; ALTER TABLE measurement DROP COLUMN finish; "
          + "PRAGMA user_version = 3; "
          + "UPDATE measurement SET score = 0 WHERE probe = 'liking' AND \(Self.one)")
      // Of what is kept no grade can be made; the summary still shows that it was another.
      let changed = try await VerifiedRun.verify(run)
      #expect(Set(changed.differences.map(\.part)).isSubset(of: [.summary, .report]))
      #expect(!changed.differences.isEmpty)
      #expect(
        changed.notVerified.map(\.words) == [
          "answers: \(scored) scored ones have no log-probabilities: the run was begun by a version "
            + "that did not keep them"
        ])
      try VerifiedRun.change(
        run, "UPDATE measurement SET answer = 'Nothing.' WHERE probe = 'says' AND \(Self.one)")
      let again = try await VerifiedRun.verify(run)
      #expect(
        again.differences.contains { $0.place == "treatment-HELLO-s2, says, item 0: score" })
    }
  }
}
