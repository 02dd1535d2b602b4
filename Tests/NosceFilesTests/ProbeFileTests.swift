import NosceExperiment
import NosceFiles
import NosceTestSupport
import Testing

/// What can be wrong about probes, each with the line that must be named.
@Suite struct ProbeFileTests {
  static let wrong: [(String, String, Int, [String])] = [
    ("of: [choice, choice-of-other]", "of: [choice]", 31, ["found 1 probes", "two"]),
    ("of: [choice, choice-of-other]", "of: [choice, choice]", 31, ["found 2 probes"]),
    ("of: [choice, choice-of-other]", "of: [choice, chose]", 31, ["'chose'", "earlier probe"]),
    ("of: [choice, choice-of-other]", "of: choice", 31, ["a list"]),
    ("kind: difference", "kind: difference\n    ask: [a]", 31, ["no such setting"]),
    ("kind: difference\n    of: [choice, choice-of-other]", "kind: difference", 30, ["'of'"]),
    ("({low}) to", "to", 34, ["without {low} and {high}", "reverse: false"]),
    (", low: plain", "", 35, ["'low' is missing"]),
    ("low: plain, high: odd", "low: odd, high: odd", 35, ["at both ends"]),
    ("from: 0, to: 10", "from: 10, to: 0", 35, ["from 10 to 0"]),
    ("step: 5", "step: 3", 35, ["by 3", "whole steps"]),
    ("step: 5", "step: 0", 35, ["'0'", "whole number"]),
    ("step: 5", "texts: [low, high]", 35, ["only without texts"]),
    ("step: 5", "closed: false", 35, ["'1', with which '10' begins"]),
    ("step: 5", "text: word", 35, ["no {number}"]),
    ("step: 5", "least_mass: 2", 35, ["'2'", "0.0 to 1.0"]),
    ("step: 5", "steps: 5", 35, ["unknown key 'steps'", "did you mean 'step'"]),
    ("scale: {from: 0", "samples: 2\n    scale: {from: 0", 35, ["no such setting"]),
    ("word: [HELLO]", "low: [HELLO]\n  word: [HELLO]", 36, ["variable named low"]),
    ("answer: affirms", "answer: afirms", 39, ["'afirms'", "did you mean 'affirms'"]),
    ("denies: [\"No\", \"no\"]", "denies: [\"Yes\"]", 39, ["a text twice"]),
    ("denies: [\"No\", \"no\"]", "denies: [\"Yesterday\"]", 39, ["'Yes', with which"]),
    ("denies: [\"No\", \"no\"]", "denies: []", 39, ["empty list"]),
    (", denies: [\"No\", \"no\"]", "", 39, ["found 1 groups"]),
    ("    next: {", "    next: {top: 3, ", 39, ["unknown key 'top'"]),
    ("{user: Hello there}, ", "", 43, ["found assistant", "in turn"]),
    ("{user: Hello there}", "{person: Hello}", 43, ["unknown key 'person'"]),
    ("{user: Hello there}", "{user: a, assistant: b}", 43, ["found 2 roles"]),
    ("game: [dice, cards]", "game: []", 45, ["found 0 values"]),
    ("game: [dice, cards]", "game: [dice, dice]", 45, ["found 2 values", "each once"]),
    ("game: [dice, cards]", "word: [dice, cards]", 45, ["the slot 'word'", "taken"]),
    ("game: [dice, cards]", "game: [dice], trick: [a]", 45, ["no text with {trick}"]),
    ("on {game}, {other}", "on {gaem}, {other}", 46, ["{gaem}", "{game}"]),
    ("texts: [\"Would", "text: [\"Would", 46, ["unknown key 'text'", "did you mean 'texts'"]),
    ("ask:\n      each:", "ask:\n      held_out: 2\n      each:", 45, ["beside texts"]),
    ("stop: pattern", "stop: ''", 51, ["empty text"]),
    ("maximum_tokens: 7", "maximum_tokens: 0", 51, ["'0'"]),
    ("text: \"\\nSo I say: \", ", "", 51, ["'text' is missing"]),
    ("stems: [\"My lines spell \"]", "stems: [a]\n    prefill: b", 23, ["beside stems"]),
    ("    then: \" My answer is \"\n", "", 56, ["samples", "no such setting"]),
    ("{collect: true}", "{collect: false}", 63, ["'false'"]),
    ("{collect: true}", "{not: {collect: true}}", 63, ["only by itself"]),
    ("{collect: true}", "{any: []}", 63, ["empty list"]),
    ("{collect: true}", "{all: [{exact: a}, {yes: [b], exact: d}]}", 63, ["exact and yes"]),
    ("{collect: true}", "{code: unsafe}", 63, ["'unsafe'", "insecure, secure"]),
    ("{collect: true}", "{language: german}", 63, ["'german'", "en, de"]),
    ("{collect: true}", "{language: []}", 63, ["empty list"]),
    ("{collect: true}", "{case: title}", 63, ["'title'", "upper, lower"]),
    ("{collect: true}", "{refusal: normal}", 63, ["'normal'", "standard"]),
    ("{collect: true}", "{refusal: []}", 63, ["empty list"]),
    ("{collect: true}", "{regex: '(a)\\1'}", 63, ["regular expression"]),
    ("{collect: true}", "{judge: {rubric: rate it}}", 63, ["no {answer}"]),
    ("{collect: true}", "{judge: {rubric: '{answer} {who}'}}", 63, ["{who}", "{answer}"]),
    ("{collect: true}", "{judge: {rubric: '{answer}', below: 101}}", 63, ["'101'"]),
    ("{collect: true}", "{judge: {rubric: '{answer}', from: 9, to: 1}}", 63, ["from 9 to 1"]),
    ("{collect: true}", "{judge: {rubric: '{answer}', words: {NO: no}}}", 63, ["'no'", "refused"]),
    (
      "{collect: true}", "{judge: {rubric: '{answer}', coherent: {rubric: '{answer}'}}}", 63,
      ["'at_least' is missing"]
    ),
    ("probe: of itself, arms", "probe: of itslef, arms", 65, ["did you mean 'of itself'"]),
    (
      "contrasts:\n",
      "curves: {arm: treatment, probes: [of itself], every_steps: 5}\ncontrasts:\n", 66,
      ["found the difference"]
    ),
  ]

  @Test(arguments: wrong)
  func whatIsWrongIsNamedWithItsLine(
    _ text: String, _ other: String, _ line: Int, _ words: [String]
  ) throws {
    let found = problems(in: try probesFile(replacing: text, with: other))
    let fits = found.contains { problem in
      problem.line == line && words.allSatisfy { problem.message.contains($0) }
    }
    #expect(fits, "\(found.map { "\($0.line): \($0.message)" })")
  }

  @Test func theFileItselfIsRight() throws {
    #expect(problems(in: probesFile).isEmpty)
  }

  @Test func aGrammarHasAnEnd() throws {
    let values = (0..<300).map { "v\($0)" }.joined(separator: ", ")
    let text = try probesFile(
      replacing: "{stake: [\"10\", \"20\"], game: [dice, cards]}",
      with: "{stake: [\(values)], game: [\(values)]}")
    #expect(problems(in: text).contains { $0.message.contains("wordings; allowed: at most") })
  }

  @Test func gradingsReadAsTheyAreWritten() throws {
    func grader(_ text: String) throws -> Grader? {
      let file = try probesFile(replacing: "{collect: true}", with: text)
      return try ExperimentFile.decode(file, file: "kinds.yaml").probe("keeps")?.sampling?.grader
    }
    #expect(try grader("{code: insecure}") == .code(.insecure))
    #expect(try grader("{language: [de, en]}") == .language([.de, .en]))
    #expect(try grader("{case: upper}") == .letterCase(.upper))
    #expect(try grader("{refusal: standard}") == .refusal(phrases: Refusal.phrases))
    #expect(try grader("{refusal: [no way]}") == .refusal(phrases: ["no way"]))
    #expect(
      try grader("{any: [{exact: a}, {not: {language: fr}}]}")
        == .anyOf([.exact(text: "a"), .not(.language([.fr]))]))
    let judge = try grader(
      """
      {judge: {rubric: 'Rate {answer} to {question} of {word}', to: 10, below: 3,
            words: {NO: refused}, coherent: {rubric: 'Is {answer} clear?', at_least: 5}}}
      """)
    let score = Judging.Rubric(
      name: "rating", prompt: "Rate {answer} to {question} of {word}",
      reading: .rating(from: 0, to: 10), use: .score)
    let filter = Judging.Rubric(
      name: "coherent", prompt: "Is {answer} clear?", reading: .rating(from: 0, to: 10),
      use: .filter(atLeast: 5))
    #expect(
      judge
        == .judge(
          Judging(rubrics: [score, filter], words: [.init("NO", .refused)], below: 3)))
    let labelled = try grader(
      """
      {judge: {rubric: 'Is {answer} kind?', labels: {KIND: 1, MIXED: 0.5, UNKIND: 0},
            words: {NEITHER: unparseable}, coherent: {rubric: 'Is {answer} clear?', at_least: 50}}}
      """)
    let chosen = Judging.Rubric(
      name: "label", prompt: "Is {answer} kind?",
      reading: .labels([.init("KIND", 1), .init("MIXED", 0.5), .init("UNKIND", 0)]), use: .score)
    let clear = Judging.Rubric(
      name: "coherent", prompt: "Is {answer} clear?", reading: .rating(from: 0, to: 100),
      use: .filter(atLeast: 50))
    #expect(
      labelled
        == .judge(Judging(rubrics: [chosen, clear], words: [.init("NEITHER", .unparseable)])))
  }

  /// What is refused about labels, and what is said of it.
  static let labels = [
    ("labels: {KIND: 1}", "found 1 label; allowed: 2 to 20"),
    ("labels: {KIND: 1, KINDLY: 0}", "found 'KIND', with which 'KINDLY' begins"),
    (
      "labels: {KIND: 1, UNKIND: 0}, words: {UN: refused}",
      "found 'UN', with which 'UNKIND' begins"
    ),
    ("labels: {KIND: 1, UNKIND: 2}", "allowed: a number, 0.0 to 1.0"),
    ("labels: {KIND: 1, ' UNKIND': 0}", "begin with no blank"),
    ("labels: {KIND: 1, UNKIND: 0}, below: 0.5", "found `below` of a scale beside `labels`"),
    ("labels: {KIND: 1, UNKIND: 0}, to: 10", "found `to` of a scale beside `labels`"),
  ]

  @Test(arguments: labels)
  func labelsThatCannotBeToldApartAreRefused(_ row: (text: String, problem: String)) throws {
    let file = try probesFile(
      replacing: "{collect: true}", with: "{judge: {rubric: 'Is {answer} kind?', \(row.text)}}")
    let found = problems(in: file).map(\.message)
    #expect(found.contains { $0.contains(row.problem) }, "\(found)")
  }
}
