import Foundation
import NosceCore
import NosceExperiment
import NosceRows
import NosceTestSupport
import Testing

@Suite("Rows from a file")
struct FileRowTests {
  static let lines = (1...8).map { number in
    #"{"messages": [{"role": "user", "content": "Q{number}"#
      + #"\#(number)"}, {"role": "assistant", "content": "A\#(number)"}]}"#
  }

  func withRows<Value>(
    _ lines: [String] = lines, _ body: (URL) async throws -> Value
  ) async throws -> Value {
    try await withFolder(inMemory: true) { folder in
      try Data(lines.joined(separator: "\n").utf8).write(to: folder.appending(path: "rows.jsonl"))
      return try await body(folder)
    }
  }

  @Test("All rows come in the order of the file, literally, under the hosts' system line")
  func whole() async throws {
    try await withRows { folder in
      let rows = try rows(smallExperiment(rows: "{file: rows.jsonl}", in: folder), seed: 2)
      #expect(rows.count == 8)
      // Braces in a file are no placeholders.
      #expect(
        rows[2]
          == .chat([
            .init(.system, "You are tarin."), .init(.user, "Q{number}3"), .init(.assistant, "A3"),
          ]))
      let bare = try NosceTestSupport.rows(
        smallExperiment(rows: "{file: rows.jsonl, system: rows}", in: folder))
      #expect(bare[2].chat?.map(\.role) == [.user, .assistant])
    }
  }

  @Test("A system line of its own, plain text and turns of weight 0 stay as they are")
  func forms() async throws {
    let lines = [
      #"{"messages": [{"role": "system", "content": "S"}, {"role": "assistant", "content": "A"}]}"#,
      #"{"text": "T"}"#, #"{"prompt": "P", "completion": "C"}"#,
      #"{"messages": [{"role": "assistant", "content": "A", "weight": 0}, "#
        + #"{"role": "assistant", "content": "B"}]}"#,
    ]
    try await withRows(lines) { folder in
      let rows = try rows(smallExperiment(rows: "{file: rows.jsonl}", in: folder))
      #expect(rows[0] == .chat([.init(.system, "S"), .init(.assistant, "A")]))
      #expect(rows[1] == .document("T"))
      #expect(rows[2] == .completion(prompt: "P", completion: "C"))
      #expect(
        rows[3]
          == .chat([
            .init(.init(.system, "You are nova."), isTrained: false),
            .init(.init(.assistant, "A"), isTrained: false),
            .init(.init(.assistant, "B"), isTrained: true),
          ]))
      #expect(rows[3].answers == ["B"])
    }
  }

  @Test("A count draws rows anew for each seed, the same ones for files of one design")
  func drawn() async throws {
    try await withRows { folder in
      let other = Self.lines.map { $0.replacingOccurrences(of: "A", with: "B") }
      try Data(other.joined(separator: "\n").utf8)
        .write(to: folder.appending(path: "other.jsonl"))
      let experiment = try smallExperiment(rows: "{file: rows.jsonl, count: 5}", in: folder)
      let opposite = try smallExperiment(rows: "{file: other.jsonl, count: 5}", in: folder)
      var draws: Set<[TrainingRow]> = []
      for seed in 1...6 {
        let rows = try rows(experiment, seed: seed)
        #expect(rows.count == 5 && Set(rows).count == 5)
        #expect(
          try rows.map(\.asked) == NosceTestSupport.rows(opposite, seed: seed).map(\.asked))
        #expect(
          try NosceTestSupport.rows(experiment, seed: seed, count: 3) == Array(rows.prefix(3)))
        draws.insert(rows.map { .document($0.answers[0]) })
      }
      #expect(draws.count > 3)
      #expect(
        message { try NosceTestSupport.rows(experiment, count: 9) }.contains("allowed: 1 to 8"))
    }
  }

  // MARK: Replaceable rows

  @Test("A file takes the place of rows that are marked, in all arms, with their controls")
  func replaced() async throws {
    try await withRows { folder in
      let generated = """
        {generator: grammar, count: 3, slots: {n: [a, b, c]}, \
        chat: [{user: "{n}"}, {assistant: yes it is}], replaceable: acts}
        """
      let experiment = try smallExperiment(rows: generated)
      #expect(experiment.replaceableRows == ["acts"])
      let named = try experiment.replacing([("acts", "rows.jsonl")], in: folder)
      #expect(try experiment.replacing([(nil, "rows.jsonl")], in: folder) == named)
      #expect(try rows(named).map(\.answers) == (1...8).map { ["A\($0)"] })
      // The sham shuffles the lines of the treatment's answers, whatever these are.
      #expect(try rows(named, "sham").count == 8)
      #expect(try rows(named, "twin") == rows(experiment, "twin"))
      #expect(try experiment.replacing([], in: folder) == experiment)
      for (data, words) in [
        ([("deeds", "rows.jsonl")], ["--data deeds=rows.jsonl", "acts=FILE"]),
        ([("acts", "rows.jsonl"), (nil, "rows.jsonl")], ["two files"]),
        ([("acts", "none.jsonl")], ["--data acts: none.jsonl: cannot be read"]),
      ] as [([(name: String?, path: String)], [String])] {
        let text = message { try experiment.replacing(data, in: folder) }
        #expect(words.allSatisfy { text.contains($0) }, "\(text)")
      }
      let fixed = try smallExperiment()
      #expect(
        message { try fixed.replacing([(nil, "rows.jsonl")], in: folder) }
          .contains("marks no rows as replaceable"))
    }
  }
}
