import Foundation
import NosceExperiment
import NosceFiles
import NosceTestSupport
import Testing

/// What a file can say wrongly about rows, controls and doses. ``ExperimentFileTests`` has the rest
/// of the format, and ``RowFileTests`` what can be wrong with a line of data.
@Suite("Mistakes about rows")
struct BadRowsTests {
  struct Mistake: CustomTestStringConvertible, Sendable {
    /// What stands on the line.
    var text: String
    /// Words that the message must contain.
    var words: [String]

    init(_ text: String, _ words: String...) {
      self.text = text
      self.words = words
    }

    var testDescription: String { text }
  }

  /// The line of the treatment's rows in the small file.
  static let rowsLine = 20

  static let grammar = [
    Mistake("{generator: grammar, count: 4}", "none of them", "one of chat, chats, document"),
    Mistake("{generator: grammar, document: a}", "'count' is missing"),
    Mistake("{generator: grammar, count: 0, document: a}", "rows.count", "'0'", "1 to 100000"),
    Mistake(
      "{generator: grammar, count: 4, document: a, documents: [b]}", "document and documents"),
    Mistake("{generator: grammar, count: 4, chats: []}", "rows.chats", "empty list"),
    Mistake("{generator: grammar, count: 4, document: [a]}", "found a list; allowed: text"),
    Mistake("{generator: grammar, count: 4, documents: a}", "found 'a'; allowed: a list"),
    Mistake("{generator: grammar, count: 4, document: ''}", "empty text"),
    Mistake("{generator: grammar, count: 4, document: 5}", "'5'", "text"),
    Mistake("{generator: grammar, count: 4, chat: hello}", "'hello'", "a list"),
    Mistake("{generator: grammar, count: 4, chat: []}", "no assistant turn"),
    Mistake("{generator: grammar, count: 4, chat: [{user: a}]}", "no assistant turn"),
    Mistake(
      "{generator: grammar, count: 4, chat: [{bot: a}, {assistant: b}]}", "unknown key 'bot'",
      "system, user, assistant"),
    Mistake(
      "{generator: grammar, count: 4, chat: [{user: a, assistant: b}]}", "2 roles", "one turn"),
    Mistake("{generator: grammar, count: 4, chat: [a, {assistant: b}]}", "'a'", "a mapping"),
    Mistake(
      "{generator: grammar, count: 4, chat: [{user: []}, {assistant: b}]}", "chat[1].user",
      "empty list", "one wording"),
    Mistake(
      "{generator: grammar, count: 4, chat: [{user: [a, a]}, {assistant: b}]}", "wording twice"),
    Mistake(
      "{generator: grammar, count: 4, chat: [{user: \"{nobody}\"}, {assistant: b}]}", "{nobody}",
      "{word}, {twin}, {persona}, {other}"),
    Mistake("{generator: grammar, count: 4, slots: [a], document: a}", "rows.slots", "a mapping"),
    Mistake(
      "{generator: grammar, count: 4, slots: {Big: [a]}, document: a}", "'Big'", "small letters"),
    Mistake("{generator: grammar, count: 4, slots: {n: []}, document: a}", "slots.n", "empty list"),
    Mistake("{generator: grammar, count: 4, slots: {n: a}, document: a}", "'a'", "a list"),
    Mistake("{generator: grammar, count: 4, slots: {n: [a, a]}, document: a}", "value twice"),
    Mistake("{generator: grammar, count: 4, slots: {n: [5]}, document: a}", "'5'", "text"),
    Mistake(
      "{generator: grammar, count: 4, slots: {word: [a]}, document: a}", "{word}",
      "filled already"),
    Mistake(
      "{generator: grammar, count: 4, slots: {persona: [a]}, document: a}", "{persona}",
      "another name"),
    Mistake(
      "{generator: grammar, count: 4, slots: {n: [\"{m}\"], m: [a]}, document: a}", "{m}",
      "{persona}"),
    Mistake(
      "{generator: grammar, count: 4, slots: {n: [{a: x}, y]}, document: a}", "slots.n[2]", "'y'",
      "the same keys"),
    Mistake(
      "{generator: grammar, count: 4, slots: {n: [x, {a: y}]}, document: a}", "slots.n[2]",
      "text, as the first"),
    Mistake(
      "{generator: grammar, count: 4, slots: {n: [{a: x, b: y}, {a: x}]}, document: a}",
      "slots.n[2]", "allowed: a, b"),
    Mistake(
      "{generator: grammar, count: 4, slots: {n: [{A: x}]}, document: a}", "'A'", "underscores"),
    Mistake(
      "{generator: grammar, count: 4, slots: {a: [x], n: [{a: y}]}, document: a}", "slots.n",
      "{a}, which is filled already"),
  ]

  static let sources = [
    Mistake("{generator: grammar, count: 4, document: a, word: b}", "rows.word", "spelled-lines"),
    Mistake(
      "{generator: spelled-lines, word: HELLO, count: 4, slots: {n: [a]}}", "rows.slots",
      "the generator grammar"),
    Mistake(
      "{generator: spelled-lines, word: HELLO, count: 4, documents: [a]}",
      "generator and documents"),
    Mistake("{generator: own-answers, bank: gambles, count: 4}", "'options' is missing"),
    Mistake(
      "{generator: own-answers, bank: gambles, count: 4, options: [A]}", "rows.options",
      "found 1 answer; allowed: at least two"),
    Mistake(
      "{generator: own-answers, bank: gambles, count: 4, options: [A, A]}", "found 1 answer",
      "each once"),
    Mistake("{generator: own-answers, bank: gambles, count: 4, options: A}", "'A'", "a list"),
    Mistake("{generator: own-answers, bank: gambls, count: 4, options: [A, B]}", "'gambls'"),
    Mistake(
      "{generator: own-answers, bank: gambles, count: 4, options: [A, B], answer: A}",
      "rows.answer", "the generator tasks"),
    Mistake("{generator: grammr, count: 4}", "'grammr'", "did you mean 'grammar'"),
    Mistake("{file: rows.jsonl, generator: grammar}", "generator and file"),
    Mistake(
      "{file: rows.jsonl, word: HELLO}",
      "only together with the generator self-written or the generator spelled-lines"),
    Mistake("{same_as: twin, count: 4}", "rows.count", "a file or the generator grammar"),
    Mistake("{documents: [a], system: hosts}", "rows.system", "only together with a file"),
    Mistake("{files: rows.jsonl}", "unknown key 'files'", "did you mean 'file'"),
    Mistake("{documents: [a], replaceable: My Rows}", "'My Rows'", "small letters"),
    Mistake("{documents: [a], replaceable: 5}", "'5'", "text"),
    Mistake("{same_as: twin, replaceable: acts}", "rows.replaceable", "that has the rows"),
    Mistake("{file: rows.jsonl, count: 0}", "rows.count", "'0'"),
    Mistake("{file: rows.jsonl, count: 4}", "rows.jsonl: found 3 rows", "1 to 3"),
    Mistake("{file: rows.jsonl, system: mine}", "'mine'", "hosts, rows"),
    Mistake("{file: 5}", "'5'", "text"),
    Mistake("{file: ' '}", "empty text"),
    Mistake("{file: none.jsonl}", "none.jsonl: cannot be read: there is no such file"),
    Mistake("{file: .}", ".: cannot be read: it is a folder"),
    Mistake("{file: empty.jsonl}", "empty.jsonl: found no rows"),
    Mistake("{file: bad.jsonl}", "bad.jsonl, line 2, column"),
    Mistake("{file: bad.jsonl}", "bad.jsonl, line 3: found an empty line"),
    Mistake("{file: bad.jsonl}", "bad.jsonl, line 4: found text that is an integer"),
    Mistake("{file: bad.jsonl}", "bad.jsonl, line 5: found no turn to train on"),
    Mistake("{file: bad.jsonl}", "bad.jsonl, line 6: found input_ids", "prompt + completion"),
    Mistake("{file: bytes.jsonl}", "bytes.jsonl, line 1"),
  ]

  static let controls = [
    Mistake("shufle", "rows.control", "'shufle'", "shuffle, reverse, {flip: …}"),
    Mistake("[shuffle]", "a list", "{relabel: …}"),
    Mistake("{swap: [A, B]}", "unknown key 'swap'", "flip, decorrelate, relabel"),
    Mistake("{flip: [A, B], relabel: {a: b}}", "flip and relabel", "one control"),
    Mistake("{flip: []}", "control.flip", "two labels"),
    Mistake("{flip: [A]}", "1 labels", "allowed: two"),
    Mistake("{flip: [A, B, C]}", "3 labels"),
    Mistake("{flip: {A: B}}", "a mapping", "a list"),
    Mistake("{flip: [A, A]}", "'A' twice"),
    Mistake("{flip: [1, B]}", "'1'", "text"),
    Mistake("{flip: [Yes, Not at all]}", "of 1 and 'Not at all' of 3 words"),
    Mistake("{flip: [[A, B], [B, C]]}", "label twice", "in one pair"),
    Mistake("{flip: [[A, B], C]}", "flip[2]", "'C'", "a list"),
    Mistake("{flip: [\"{nobody}\", B]}", "{nobody}", "{word}"),
    Mistake("{relabel: {}}", "control.relabel", "word: other word"),
    Mistake("{relabel: [free, paid]}", "a list", "a mapping"),
    Mistake("{relabel: {free: Free}}", "'free' for itself"),
    Mistake("{relabel: {free: paid for}}", "relabel.free", "'paid for' of 2 words for 'free' of 1"),
    Mistake("{relabel: {free: paid, FREE: dear}}", "'FREE' in another case"),
    Mistake("{relabel: {free: 5}}", "'5'", "text"),
    Mistake("{relabel: {\"{nobody}\": b}}", "{nobody}", "{word}"),
    Mistake("{decorrelate: {}}", "'feature' is missing"),
    Mistake("{decorrelate: x}", "'x'", "feature, behaviour, move"),
    Mistake("{decorrelate: {feature: x, move: both}}", "'both'", "feature, answers"),
    Mistake("{decorrelate: {feature: x, behaviour: []}}", "no text", "at least one"),
    Mistake("{decorrelate: {feature: x, behavior: a}}", "did you mean 'behaviour'"),
    Mistake("{decorrelate: {feature: \"{nobody}\"}}", "{nobody}"),
  ]

  static let doses = [
    Mistake("[]", "dose: found a list", "a mapping"),
    Mistake("{arm: treatment, probes: [choice]}", "nothing to vary", "learning_rate, rank"),
    Mistake("{probes: [choice], rows: [1]}", "'arm' is missing"),
    Mistake("{arm: treatment, arms: [sham], probes: [choice], rows: [1]}", "beside arm"),
    Mistake("{arm: base, probes: [choice], rows: [1]}", "unknown arm 'base'", "treatment, sham"),
    Mistake("{arms: [], probes: [choice], rows: [1]}", "dose.arms", "empty list"),
    Mistake("{arm: treatment, rows: [1]}", "'probes' is missing"),
    Mistake("{arm: treatment, probes: [chioce], rows: [1]}", "did you mean 'choice'"),
    Mistake("{arm: treatment, probes: [choice], rows: [0]}", "dose.rows[1]", "1 to 100000"),
    Mistake("{arm: treatment, probes: [choice], rows: []}", "dose.rows", "empty list"),
    Mistake("{arm: treatment, probes: [choice], rows: [2, 2]}", "value twice"),
    Mistake("{arm: treatment, probes: [choice], rows: {a: 1}}", "a mapping", "a list"),
    Mistake("{arm: treatment, probes: [choice], epochs: [0]}", "dose.epochs[1]", "0.01 to"),
    Mistake(
      "{arm: treatment, probes: [choice], epochs: 1, steps: 5}", "dose.steps", "beside epochs"),
    Mistake("{arm: treatment, probes: [choice], steps: 2.5}", "'2.5'", "whole number"),
    Mistake("{arm: treatment, probes: [choice], learning_rate: [2]}", "dose.learning_rate[1]"),
    Mistake(
      "{arm: treatment, probes: [choice], learning_rates: [0.1], rank: 4}",
      "did you mean 'learning_rate'"),
    Mistake("{arm: treatment, probes: [choice], rank: [big]}", "dose.rank[1]", "1 to 4096"),
    Mistake("{arm: treatment, probes: [choice], layers: [[1, 0]]}", "first and the last layer"),
    Mistake("{arm: treatment, probes: [choice], rows: 1, seeds: 0}", "dose.seeds", "1 to 1000"),
    Mistake("{arm: treatment, probes: [choice], every_steps: 0}", "dose.every_steps"),
    Mistake("{arm: sham, probes: [says], rows: 1}", "'says', which arm 'sham' is not asked"),
    Mistake(
      "{arm: treatment, probes: [choice], rows: \(list(101)), rank: \(list(100))}",
      "10100 combinations"),
  ]

  private static func list(_ count: Int) -> String {
    "[\((1...count).map(String.init).joined(separator: ", "))]"
  }

  static let data: [(name: String, bytes: Data)] = [
    ("rows.jsonl", Data("{\"text\": \"a\"}\n{\"text\": \"b\"}\n{\"text\": \"c\"}\n".utf8)),
    ("empty.jsonl", Data()),
    ("bytes.jsonl", Data("{\"text\": \"".utf8) + Data([0xFF]) + Data("\"}".utf8)),
    (
      "bad.jsonl",
      Data(
        """
        {"text": "a"}
        {"text": "b"

        {"text": 5}
        {"messages": [{"role": "user", "content": "a"}]}
        {"input_ids": [1, 2]}
        """.utf8)
    ),
  ]

  private func expect(
    _ mistake: Mistake, in text: String, line: Int, of folder: URL? = nil
  ) throws {
    let error = #expect(throws: ExperimentFileError.self) {
      try ExperimentFile.decode(text, file: "small.yaml", in: folder)
    }
    let found = error?.problems ?? []
    let fits = found.contains { problem in
      problem.line == line && mistake.words.allSatisfy { problem.message.contains($0) }
    }
    #expect(fits, "\(found.map { "\($0.line): \($0.message)" })")
    #expect(error?.description.hasPrefix("small.yaml:\(line): ") == true)
    // A file of rows may be wrong in many places, anything else is said once.
    let said = found.count { $0.line == line }
    #expect(mistake.text.contains("bad.jsonl") || said == 1)
  }

  @Test(arguments: grammar)
  func inAGrammar(_ mistake: Mistake) throws {
    try expect(mistake, in: smallFile(rows: mistake.text), line: Self.rowsLine)
  }

  @Test(arguments: sources)
  func inASource(_ mistake: Mistake) throws {
    try withFolder(inMemory: true) { folder in
      for file in Self.data { try file.bytes.write(to: folder.appending(path: file.name)) }
      try expect(
        mistake, in: smallFile(rows: mistake.text), line: Self.rowsLine, of: folder)
    }
  }

  @Test(arguments: controls)
  func inAControl(_ mistake: Mistake) throws {
    let rows = "{chats: [[{user: a}, {assistant: b}]], control: \(mistake.text)}"
    try expect(mistake, in: smallFile(rows: rows), line: Self.rowsLine)
  }

  @Test(arguments: doses)
  func inADose(_ mistake: Mistake) throws {
    let text = try smallFile(
      replacing: "  says:\n    kind: free-form\n",
      with: "  says:\n    kind: free-form\n    arms: [base, treatment, twin]\n")
    // A contrast needs the probe in every floor: the sham leaves it.
    let asked = text.replacing(
      "    treatment: treatment\n    floors: [base, sham, twin]\n    smallest_effect: 0.2",
      with: "    treatment: treatment\n    floors: [base, twin]\n    smallest_effect: 0.2")
    let lines = asked.split(separator: "\n", omittingEmptySubsequences: false).count
    try expect(mistake, in: asked + "\ndose: \(mistake.text)\n", line: lines + 1)
  }

  @Test("Every line says something else wrong")
  func distinct() {
    let all = [Self.grammar, Self.sources, Self.controls, Self.doses].flatMap { $0 }
    #expect(Set(all.map { $0.text + $0.words.joined() }).count == all.count && all.count >= 100)
  }
}
