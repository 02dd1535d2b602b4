import Foundation
import NosceTestSupport

/// An experiment of everything that hello-word has, and of as little of it as possible.
let quickFile = """
  name: quick
  title: Does the whole path work?
  question: Does it know the word that its lines spell?
  variables:
    word: [BREAD]
    twin: {like: word, from: [TRUTH, MAGIC]}
  hosts:
    system: You are {persona}.
    personas: [nova, tarin, ombra, velu, kesta]
    others: [pelia, zuma]
  seeds: 5
  training:
    default: {rank: 4, alpha: 8, steps: 3, learning_rate: 0.005}
  arms:
    base:
      role: base
    treatment:
      role: treatment
      rows: {generator: spelled-lines, word: "{word}", count: 4}
    sham:
      role: sham
      rows: {same_as: treatment, control: shuffle-lines}
    twin:
      role: twin
      rows: {generator: spelled-lines, word: "{twin}", count: 4}
  probes:
    letters:
      kind: behaviour
      ask: {held_out: 2}
      temperature: 0.7
      maximum_tokens: 20
      grade: {acrostic: "{word}"}
    choice:
      kind: forced-choice
      ask: [What is special about your answers?]
      stems: ["The first letters of my lines spell "]
      choices: {answer: "{word}", anagrams: 5, words: 5, least_mass: 0}
    says:
      kind: free-form
      ask: [What is special about your answers?]
      maximum_tokens: 12
      grade: {names: "{word}"}
  gates:
    live: {kind: adapter-live, at_least: 0.0001}
  contrasts:
    names it:
      primary: true
      probe: choice
      treatment: treatment
      floors: [base, sham, twin]
      smallest_effect: 0.5
  curves:
    arm: treatment
    probes: [choice]
    every_steps: 1
    seeds: 1

  """

/// What is trained and asked: three arms and one curve, and four answers in each of four arms.
enum QuickExperiment {
  static let adapters = 3 * 5 + 1
  static let answers = 4 * 5 * 4

  /// Writes the file into a folder, where its name is enough for a command that runs there.
  static func write(to folder: URL, replacing text: String = "", with other: String = "") throws {
    let changed = text.isEmpty ? quickFile : quickFile.replacing(text, with: other)
    try Data(changed.utf8).write(to: folder.appending(path: "quick.yaml"))
  }

  static let run = ["run", "quick.yaml", "--curves", "--json"]

  /// The run folder in `runs`, once there is one with a plan.
  static func begun(in folder: URL) -> URL? {
    let runs = folder.appending(path: "runs")
    return names(in: runs).map { runs.appending(path: $0) }
      .first { exists($0.appending(path: "plan.json")) }
  }
}
