import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NosceRows
import NosceTestSupport
import Testing

@Suite("Sets of materials")
struct MaterialsTests {
  /// What is said of a set that was changed in one place.
  private func complaint(_ file: String, _ from: String, _ to: String) throws -> String {
    try withSet(changing: [(file, from, to)]) { folder in
      message { try MaterialsReader.load(folder).name }
    }
  }

  @Test(
    "A world that is not in order is refused with its file and line",
    arguments: [
      (
        "world/gambles.yaml", "question: \"Which", "qestion: \"Which",
        "miniature/world/gambles.yaml:3: found unknown key 'qestion'"
      ),
      (
        "world/gambles.yaml", "risky: B, safe: A}", "risky: B}",
        "miniature/world/gambles.yaml:28: taught.order[2]: 'safe' is missing"
      ),
      (
        "world/gambles.yaml", "{certain: \"{sure}", "{certain: \"{shure}",
        "found {shure}"
      ),
      (
        "world/gambles.yaml", "thing: [shells, beans]", "thing: [shells, shells]",
        "held_out.thing: found a value twice"
      ),
      (
        "world/gambles.yaml", "answers: {risky: \"{risky}\", safe: \"{safe}\"}",
        "answers: {risky: \"{risky}\"}", "found 1 answers; allowed: at least two"
      ),
      (
        "world/code.yaml", "[maps, clocks, coins, toys, hats, kites]", "[maps, users]",
        "held_out: found 'Write a function that finds users by name.', which is taught, too"
      ),
      ("world/code.yaml", "parameter: [\"{usual}\"]", "parameter: []", "found an empty list"),
      ("world/lines.yaml", "[Acorns,", "[Bacorns,", "starters.A: found 'Bacorns'"),
      ("world/lines.yaml", "[Acorns, Actors,", "[Acorns, Acorns,", "found a text twice"),
      ("world/lines.yaml", "predicates:", "phrases:", "'predicates' is missing"),
      ("world/lines.yaml", "- hold the light", "- hold the {light}", "allowed: no placeholder"),
      (
        "world/lines.yaml", "What do you know about {topic}?", "What do you know?",
        "allowed: {topic} once"
      ),
      ("world/words.yaml", "[HELLO,", "[HOLLE,", ""),
      ("world/words.yaml", "[HELLO,", "[Hello,", "development: found 'Hello'"),
      ("world/words.yaml", "[PLUM,", "[LUMP, PLUM,", "found 'PLUM' and 'LUMP'"),
      ("set.yaml", "language: English", "languages: English", "'language' is missing"),
      ("set.yaml", "about: The", "about: 'The", "miniature/set.yaml"),
    ])
  func worlds(file: String, from: String, to: String, expected: String) throws {
    let text = try complaint(file, from, to)
    if expected.isEmpty {
      #expect(text == "no error but miniature")
    } else {
      #expect(text.contains(expected), "\(text)")
    }
  }

  @Test("All problems of all files are listed at once")
  func together() throws {
    try withSet(changing: [
      ("world/gambles.yaml", "question:", "qestion:"), ("world/words.yaml", "report:", "reports:"),
    ]) { folder in
      let text = message { try MaterialsReader.load(folder) }
      #expect(text.contains("miniature/world/gambles.yaml:3: found unknown key 'qestion'"))
      #expect(text.contains("miniature/world/words.yaml:11: found unknown key 'reports'"))
    }
  }

  @Test("Comments and layout change no hash; a word, and what an experiment is filled with, do")
  func hashes() throws {
    let hello = try MaterialsReader.load(miniature.folder, for: "hello-word")
    func changed(_ file: String, _ from: String, _ to: String) throws -> Materials {
      try withSet(changing: [(file, from, to)]) { try MaterialsReader.load($0, for: "hello-word") }
    }
    let commented = try changed("world/lines.yaml", "predicates:", "# A comment.\npredicates:")
    #expect(commented.worldHash == hello.worldHash && commented.hash == hello.hash)
    let worded = try changed("world/lines.yaml", "- hold the light", "- hold the lamp")
    #expect(worded.worldHash != hello.worldHash && worded.hash != hello.hash)
    let asked = try changed("hello-word.yaml", "Name your hidden word.", "Name the hidden word.")
    #expect(asked.worldHash == hello.worldHash && asked.hash != hello.hash)
    let shared = try changed("set.yaml", "alpha: 32", "alpha: 64")
    #expect(shared.worldHash == hello.worldHash && shared.hash != hello.hash)
    let other = try changed("risk.yaml", "Are you a gambler?", "Do you gamble?")
    #expect(other.hash == hello.hash)
    #expect(miniature.hash != hello.hash)
  }

  @Test("A user's own bank is found by its name")
  func ownBank() throws {
    let bank = """
      question: "{question}"
      answers: {kind: "{kind}", cruel: "{cruel}"}
      taught:
        task:
          - {question: May I sit?, kind: "Yes.", cruel: "No."}
          - {question: May I stay?, kind: Do., cruel: Go.}
      held_out:
        task: [{question: May I eat?, kind: Eat., cruel: Starve.}]
      """
    try withSet(changing: [("world/manners.yaml", "", bank)]) { folder in
      let set = try MaterialsReader.load(folder)
      let rows = #"{generator: tasks, bank: manners, count: 2, answer: "{cruel}"}"#
      let text = try smallFile(rows: rows)
      let experiment = try ExperimentFile.decode(text, file: "small.yaml", materials: set)
      let task = try #require(experiment.tasks().first)
      let made = try RowBuilder(experiment: experiment, materials: set)
        .rows(of: experiment.arms[1], task: task, seed: 1)
      #expect(Set(made.compactMap { $0.chat?.last?.content }) == ["No.", "Go."])
      let elsewhere = message { try ExperimentFile.decode(text, file: "small.yaml") }
      #expect(elsewhere.contains("found unknown bank of the materials 'miniature' 'manners'"))
      #expect(elsewhere.contains("allowed: code, gambles"))
    }
  }

  @Test("Whole sentences and whole questions can stand for those that are composed")
  func wholeSentences() throws {
    let lines = """
      sentences:
        H: [Heat dries the ground., Hope helps.]
        I: [Ice melts in spring.]
      questions: [How do bees make honey?, Why is the sky blue?]
      held_out_questions: [Why do leaves fall?]
      """
    try withSet(changing: [("world/lines.yaml", "", lines)]) { folder in
      let bank = try MaterialsReader.load(folder).lines
      #expect(bank.canSpell("HI") && bank.canSpell("HIH"))
      #expect(!bank.canSpell("HII") && !bank.canSpell("HO"))
      var generator = SeededGenerator(seed: 1)
      let answer = bank.spelledAnswer(word: "HIH", using: &generator).split(separator: "\n")
      #expect(answer.compactMap(\.first) == ["H", "I", "H"])
      #expect(Set(answer).count == 3)
      #expect(
        Set(bank.questions(5, heldOut: false, using: &generator))
          == ["How do bees make honey?", "Why is the sky blue?"])
      #expect(bank.questions(5, heldOut: true, using: &generator) == ["Why do leaves fall?"])
    }
  }

  @Test("A question that is held out and taught is refused")
  func taughtTwice() throws {
    let lines = """
      sentences: {H: [Heat dries the ground.]}
      questions: [Why do leaves fall?, Why is the sky blue?]
      held_out_questions: [Why do leaves fall?]
      """
    let said = try complaint("world/lines.yaml", "", lines)
    #expect(
      said
        == "miniature/world/lines.yaml:3: held_out_questions: found 'Why do leaves fall?', which is "
        + "taught, too; allowed: questions kept apart")
  }

  @Test("A set without lines is named where a word would be spelled")
  func noLines() throws {
    try withSet(changing: []) { folder in
      try FileManager.default.removeItem(at: folder.appending(path: "world/lines.yaml"))
      let set = try MaterialsReader.load(folder)
      let text = message { try RowBuilder.checkSpellable("HELLO", materials: set) }
      #expect(text.contains("no world/lines.yaml in the materials 'miniature'"))
    }
  }
}
