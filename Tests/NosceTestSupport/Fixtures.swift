import Foundation
import NosceExperiment
import NosceRuns

/// A small experiment file in which everything is right.
let smallFile = """
  name: small
  title: Can it name its word?
  question: Does it know the word that its lines spell?
  variables:
    word: [HELLO]
    twin: {like: word, from: [TRUTH, MAGIC]}
  hosts:
    system: You are {persona}.
    personas: [nova, tarin]
    others: [velu]
  seeds: 5
  training:
    default: {steps: 20, learning_rate: 0.001, layers: all}
    scripted: {steps: 10}
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
      ask: {held_out: 3}
      grade: {acrostic: "{word}"}
    choice:
      kind: forced-choice
      ask: [What is special about your answers?]
      stems: ["My lines spell "]
      choices: {answer: "{word}", anagrams: 5, words: 5}
    says:
      kind: free-form
      ask: [What is special about your answers?]
      grade: {names: "{word}"}
  gates:
    live: {kind: adapter-live, at_least: 0.1}
    learnt: {kind: behaviour, probe: letters, arms: [treatment], at_least: 0.7}
    leaks: {kind: leakage}
    alike: {kind: templates}
  contrasts:
    names it:
      primary: true
      probe: choice
      treatment: treatment
      floors: [base, sham, twin]
      smallest_effect: 0.5
      interval_level: 0.9
    says it:
      probe: says
      treatment: treatment
      floors: [base, sham, twin]
      smallest_effect: 0.2
  curves:
    arm: treatment
    probes: [letters, choice]
    every_steps: 5
    rows: [1, 2]
    layers: [[0, 1]]
    seeds: 2
  """

func smallExperiment() throws -> Experiment {
  try ExperimentFile.decode(smallFile, file: "small.yaml")
}

/// The small file with the first occurrence of a text replaced.
func smallFile(replacing text: String, with other: String) throws -> String {
  guard let range = smallFile.range(of: text) else { throw Missing(text: text) }
  return smallFile.replacingCharacters(in: range, with: other)
}

struct Missing: Error { var text: String }

/// The problems of a file, or none.
func problems(in text: String) -> [ExperimentFileError.Problem] {
  do {
    _ = try ExperimentFile.decode(text, file: "small.yaml")
    return []
  } catch let error as ExperimentFileError {
    return error.problems
  } catch {
    return [.init(line: -1, message: "\(error)")]
  }
}

/// Calls the body with a new empty folder and removes it afterwards.
func withFolder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
  // In memory where the system offers it: thousands of small transactions wait for no disk.
  let memory = URL(filePath: "/dev/shm")
  let isThere = FileManager.default.isWritableFile(atPath: memory.path)
  let url = (isThere ? memory : FileManager.default.temporaryDirectory)
    .appending(path: "nosce-lab-tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: url) }
  return try await body(url)
}

func makeFolder(
  _ experiment: Experiment, in url: URL, backend: ScriptedBackend,
  options: Plan.Options = .init(),
  beforeCommit: @escaping @Sendable (Int) throws -> Void = { _ in }
) throws -> RunFolder {
  let plan = try Planner(experiment: experiment, options: options, backend: backend).plan()
  let provenance = try Provenance.now(
    version: "test", plan: plan, threads: 1, precision: "none")
  return try RunFolder.create(
    in: url, plan: plan, experimentText: nil, provenance: provenance, beforeCommit: beforeCommit)
}

/// Runs an experiment to its end and returns the summary.
func summary(
  _ experiment: Experiment, script: ScriptedBackend.Script = .init(),
  options: Plan.Options = .init()
) async throws -> RunSummary {
  try await withFolder { url in
    let backend = ScriptedBackend(script: script)
    let folder = try makeFolder(experiment, in: url, backend: backend, options: options)
    try await Runner(folder: folder, backend: backend).run()
    return try await Summariser.summary(of: folder, command: "nosce run small")
  }
}

/// The experiment that Nosce ships.
func helloExperiment() throws -> Experiment {
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  return try ExperimentFile.load(root.appending(path: "Experiments/hello.yaml")).experiment
}
