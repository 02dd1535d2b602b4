import Foundation
import NosceExperiment
import NosceFiles

/// A small experiment file in which everything is right.
package let smallFile = """
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
      choices: {answer: "{word}", anagrams: 5, words: 5, least_mass: 0}
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
      level: 0.05
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

package func smallExperiment() throws -> Experiment {
  try ExperimentFile.decode(smallFile, file: "small.yaml")
}

/// The small file with the first occurrence of a text replaced.
package func smallFile(replacing text: String, with other: String) throws -> String {
  guard let range = smallFile.range(of: text) else { throw Missing(text: text) }
  return smallFile.replacingCharacters(in: range, with: other)
}

/// The problems of a file, or none.
package func problems(in text: String) -> [ExperimentFileError.Problem] {
  do {
    _ = try ExperimentFile.decode(text, file: "small.yaml")
    return []
  } catch let error as ExperimentFileError {
    return error.problems
  } catch {
    return [.init(line: -1, message: "\(error)")]
  }
}

/// The small experiment with other rows in its treatment arm, given as YAML on one line.
package func smallFile(rows: String) throws -> String {
  try smallFile(
    replacing: #"{generator: spelled-lines, word: "{word}", count: 4}"#, with: rows)
}

package func smallExperiment(rows: String, in folder: URL? = nil) throws -> Experiment {
  try ExperimentFile.decode(try smallFile(rows: rows), file: "small.yaml", in: folder)
}

/// The experiment that Nosce ships.
package func helloExperiment() throws -> Experiment {
  try ExperimentFile.load(packageRoot.appending(path: "Experiments/hello-word.yaml")).experiment
}
