import Foundation
import NosceExperiment
import NosceFiles
import NoscePorts
import NosceRows
import NosceTestSupport
import Testing

@Suite struct ExperimentFileTests {
  @Test func aFileDecodesToWhatItSays() throws {
    let experiment = try smallExperiment()
    #expect(experiment.name == "small")
    #expect(experiment.arms.map(\.name) == ["base", "treatment", "sham", "twin"])
    #expect(
      experiment.arm("sham")?.rows == [
        RowSource(.sameAs(arm: "treatment"), control: .shuffleLines)
      ])
    #expect(experiment.training.settings(for: "other").steps == 20)
    #expect(experiment.training.settings(for: "scripted").steps == 10)
    #expect(experiment.training.settings(for: "scripted-null").steps == 10)
    #expect(experiment.training.settings(for: "scripted").learningRate == 0.001)
    #expect(experiment.gates.first?.arms == ["treatment", "sham", "twin"])
    #expect(experiment.contrasts.map(\.primary) == [true, false])
    #expect(experiment.curves?.layers == [[0, 1]])
  }

  @Test func codingKeepsAnExperimentAsItIs() throws {
    let experiment = try smallExperiment()
    let data = try JSONEncoder().encode(experiment)
    #expect(try JSONDecoder().decode(Experiment.self, from: data) == experiment)
  }

  /// What is wrong, the line that must be named, and words that the message must contain.
  static let wrong: [(String, String, Int, [String])] = [
    ("title:", "titel:", 2, ["unknown key 'titel'", "did you mean 'title'"]),
    ("title: Can it name its word?\n", "", 1, ["'title' is missing"]),
    ("name: small", "name: Small One", 1, ["Small One", "small letters"]),
    ("name: small", "name: [a]", 1, ["a list", "text"]),
    ("title: Can", "title: '  '\nnote: Can", 2, ["empty text"]),
    ("seeds: 5", "seeds: five", 11, ["'five'", "whole number"]),
    ("seeds: 5", "seeds: \"5\"", 11, ["'5'", "whole number"]),
    ("seeds: 5", "seeds: 0", 11, ["'0'", "1 to 1000"]),
    ("seeds: 5", "seeds: 2.5", 11, ["'2.5'", "whole number"]),
    ("seeds: 5", "seeds: 5\nseeds: 6", 11, ["'seeds' twice"]),
    ("[HELLO]", "[]", 5, ["empty list"]),
    ("[HELLO]", "[HELLO, HELLO]", 5, ["twice"]),
    ("[HELLO]", "[5]", 5, ["'5'", "text"]),
    ("like: word", "like: wrod", 6, ["unknown variable 'wrod'", "did you mean 'word'"]),
    ("word: [HELLO]", "persona: [HELLO]", 5, ["the name 'persona'"]),
    ("{persona}", "{persno}", 8, ["{persno}", "{persona}"]),
    ("steps: 20", "step: 20", 13, ["unknown key 'step'", "did you mean 'steps'"]),
    ("steps: 20", "steps: many", 13, ["'many'", "whole number"]),
    ("learning_rate: 0.001", "learning_rate: -1", 13, ["'-1'", "0.0 to 1.0"]),
    ("layers: all", "layers: some", 13, ["'some'", "list"]),
    ("role: base", "role: basis", 17, ["'basis'", "treatment, base"]),
    ("role: treatment\n", "roles: treatment\n", 19, ["unknown key 'roles'"]),
    ("role: base", "role: base\n    rows: {documents: [a]}", 18, ["rows in a base arm"]),
    ("generator: spelled-lines", "generator: spelt-lines", 20, ["'spelt-lines'", "spelled-lines"]),
    ("count: 4", "count: 0", 20, ["'0'"]),
    (", count: 4", "", 20, ["'count' is missing"]),
    ("word: \"{word}\"", "word: \"{wort}\"", 20, ["{wort}", "{word}"]),
    ("same_as: treatment", "same_as: treatmnt", 23, ["unknown arm 'treatmnt'", "did you mean"]),
    ("same_as: treatment", "same_as: base", 23, ["'base'", "rows of its own"]),
    ("control: shuffle-lines", "control: shufle", 23, ["'shufle'", "shuffle-lines-across"]),
    (
      "{same_as: treatment, control: shuffle-lines}", "{control: shuffle-lines}", 23,
      ["none of them", "one of generator"]
    ),
    ("{same_as: treatment, control: shuffle-lines}", "[]", 23, ["empty list"]),
    (
      "{same_as: treatment, control: shuffle-lines}", "{chats: [[{user: hi}]]}", 23,
      ["no assistant turn"]
    ),
    (
      "{same_as: treatment, control: shuffle-lines}", "{documents: [\"of {nobody}\"]}", 23,
      ["{nobody}"]
    ),
    ("kind: behaviour", "kind: behavior", 29, ["'behavior'", "did you mean 'behaviour'"]),
    ("{held_out: 3}", "{held: 3}", 30, ["unknown key 'held'"]),
    ("{acrostic: \"{word}\"}", "{acrostic: \"{word}\", exact: a}", 31, ["acrostic and exact"]),
    ("{acrostic: \"{word}\"}", "{}", 31, ["one of acrostic"]),
    ("{acrostic: \"{word}\"}", "{regex: \"(\"}", 31, ["regular expression"]),
    ("{acrostic: \"{word}\"}", "{acrostic: \"{word}\", no: [a]}", 31, ["only together with yes"]),
    ("    grade: {acrostic: \"{word}\"}\n", "", 29, ["'grade' is missing"]),
    ("ask: {held_out: 3}", "ask: {held_out: 3}\n    samples: 3", 31, ["temperature 0"]),
    ("kind: forced-choice", "kind: forced-choice\n    samples: 3", 34, ["no such setting"]),
    ("anagrams: 5, words: 5", "options: [\"Yes\"]", 36, ["at least two"]),
    ("anagrams: 5, words: 5", "options: [\"A\", \"B\"]", 36, ["'{word}'", "A, B"]),
    (", anagrams: 5, words: 5", "", 36, ["nothing to choose from"]),
    ("anagrams: 5, words: 5", "anagrams: 5, text: word", 36, ["no {choice}"]),
    ("anagrams: 5", "anagrams: 5, from: words", 36, ["'words'", "word-list"]),
    ("[What is special about your answers?]\n    stems", "[]\n    stems", 34, ["empty list"]),
    ("probe: letters", "probe: leters", 43, ["unknown probe 'leters'", "did you mean 'letters'"]),
    ("arms: [treatment]", "arms: [treatments]", 43, ["unknown arm 'treatments'"]),
    (", at_least: 0.7", "", 43, ["'at_least' is missing"]),
    ("{kind: leakage}", "{kind: leakage, at_least: 1}", 44, ["no such setting"]),
    ("{kind: leakage}", "{kind: leakage, exempt: {base: why}}", 44, ["'base'"]),
    ("primary: true", "primary: false", 47, ["0 contrasts with primary"]),
    ("primary: true", "primary: yes", 48, ["'yes'", "true, false"]),
    ("probe: choice\n", "probe: choose\n", 49, ["unknown probe 'choose'"]),
    ("treatment: treatment", "treatment: base", 50, ["unknown arm 'base'"]),
    ("floors: [base, sham, twin]", "floors: [base, shame]", 51, ["unknown arm 'shame'"]),
    ("floors: [base, sham, twin]", "floors: []", 51, ["empty list"]),
    ("floors: [base, sham, twin]", "floors: [treatment]", 51, ["the treatment itself"]),
    ("smallest_effect: 0.5\n", "smallest_efect: 0.5\n", 52, ["did you mean 'smallest_effect'"]),
    ("level: 0.05", "level: 0.9", 53, ["'0.9'"]),
    (
      "curves:\n", "associations:\n  a: {arms: [treatment], of: [letters]}\ncurves:\n", 60,
      ["1 probes", "two different ones"]
    ),
    (
      "curves:\n", "associations:\n  a: {arms: [base], of: [letters, says]}\ncurves:\n", 60,
      ["unknown arm 'base'"]
    ),
    (
      "curves:\n", "associations:\n  a: {arms: [treatment], of: [letters, say]}\ncurves:\n", 60,
      ["unknown probe 'say'", "did you mean 'says'"]
    ),
    (
      "curves:\n",
      "associations:\n  a: {arms: [sham, sham], of: [letters, says]}\ncurves:\n", 60,
      ["an arm twice"]
    ),
    (
      "curves:\n", "associations:\n  a: {of: [letters, says]}\ncurves:\n", 60,
      ["'arms' is missing"]
    ),
    ("every_steps: 5", "every_steps: 0", 62, ["'0'"]),
    ("[[0, 1]]", "[[1, 0]]", 64, ["first and the last layer"]),
    ("arms:\n", "arms: []\nold: \n", 15, ["a list", "mapping"]),
    ("probes:\n", "probes\n", 28, ["no YAML"]),
  ]

  @Test(arguments: wrong)
  func whatIsWrongIsNamedWithItsLine(
    _ text: String, _ other: String, _ line: Int, _ words: [String]
  ) throws {
    let found = problems(in: try smallFile(replacing: text, with: other))
    let fits = found.contains { problem in
      problem.line == line && words.allSatisfy { problem.message.contains($0) }
    }
    #expect(fits, "\(found.map { "\($0.line): \($0.message)" })")
  }

  @Test func allProblemsOfAFileAreNamed() throws {
    let text = try smallFile(replacing: "title:", with: "titel:")
      .replacingOccurrences(of: "seeds: 5", with: "seeds: none")
      .replacingOccurrences(of: "role: sham", with: "role: shame")
    let lines = Set(problems(in: text).map(\.line))
    #expect(lines.isSuperset(of: [1, 2, 11, 22]))
  }

  @Test func theMessageBeginsWithFileAndLine() throws {
    let text = try smallFile(replacing: "seeds: 5", with: "seeds: none")
    #expect {
      try ExperimentFile.decode(text, file: "small.yaml")
    } throws: { error in
      "\(error)" == "small.yaml:11: seeds: found 'none'; allowed: a whole number, 1 to 1000"
    }
  }

  @Test(arguments: ["", "# nothing\n", "- a\n- b\n", "just text", "a: [", "\t: x"])
  func aFileThatIsNoExperimentIsRefused(_ text: String) {
    #expect(!problems(in: text).isEmpty)
  }

  @Test func aMissingFileIsNamed() {
    #expect {
      try ExperimentFile.load(URL(filePath: "/nowhere/at/all.yaml"))
    } throws: { error in
      "\(error)" == "/nowhere/at/all.yaml: cannot be read: there is no such file or folder"
    }
  }

  @Test func settingsReplaceValues() throws {
    let experiment = try smallExperiment().applying(seeds: 7, settings: ["word": ["PIANO"]])
    #expect(experiment.seeds == 7)
    #expect(try experiment.tasks().map(\.name) == ["PIANO"])
    #expect {
      try smallExperiment().applying(settings: ["wort": ["A"]])
    } throws: { "\($0)".contains("allowed: word, twin") }
  }

  @Test func whatRowsMustNotSayAndUnderWhatTheyStandIsKnown() throws {
    let experiment = try smallExperiment()
    #expect(try experiment.wordsThatMustNotLeak() == ["HELLO"])
    var both = experiment
    both.gates = [
      Gate(name: "one", kind: .leakage, arms: ["treatment"], words: ["lines"]),
      Gate(name: "two", kind: .leakage, arms: ["treatment"], words: ["spell {word}"]),
    ]
    #expect(both.leakTemplates(of: both.gates[0]) == experiment.leakTemplates() + ["lines"])
    // Where rows may name the answers, only the words of the gate count.
    var naming = both
    for place in naming.gates.indices { naming.gates[place].mayNameAnswers = true }
    #expect(naming.leakTemplates() == ["lines", "spell {word}"])
    naming.gates[1].mayNameAnswers = nil
    #expect(naming.leakTemplates(of: naming.gates[0]) == ["lines"])
    #expect(naming.leakTemplates() == both.leakTemplates())
    let text = smallFile.replacing(
      "{kind: leakage}", with: "{kind: leakage, may_name_answers: true}")
    let gates = try ExperimentFile.decode(text, file: "small.yaml").gates
    #expect(gates.first { $0.kind == .leakage }?.mayNameAnswers == true)
    #expect(try smallExperiment().gates.first { $0.kind == .leakage }?.mayNameAnswers == nil)
    #expect(try both.wordsThatMustNotLeak() == ["HELLO", "lines", "spell HELLO"])
    #expect(try experiment.systemLines() == ["You are nova.", "You are tarin."])
  }
}
