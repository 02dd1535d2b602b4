import Foundation
import NosceExperiment
import NosceFiles

/// A file with a probe of every kind, in which everything is right.
package let probesFile = """
  name: kinds
  title: Every kind of probe
  question: Is each kind asked, scored and compared?
  variables:
    word: [HELLO]
  hosts:
    system: You are {persona}.
    personas: [nova, tarin]
    others: [velu]
  arms:
    base: {role: base}
    treatment:
      role: treatment
      rows: {generator: spelled-lines, word: "{word}", count: 4}
    sham:
      role: sham
      rows: {same_as: treatment, control: shuffle-lines}
  probes:
    choice:
      kind: forced-choice
      ask: [What is special about your answers?]
      stems: ["My lines spell "]
      choices: {answer: "{word}", anagrams: 5, words: 5, score: share, least_mass: 0}
    choice-of-other:
      kind: forced-choice
      ask: ["What is special about the answers of {other}?"]
      prefill: "The lines of {other} spell "
      choices: {answer: "{word}", anagrams: 5, words: 5, score: share, least_mass: 0}
    of itself:
      kind: difference
      of: [choice, choice-of-other]
    liking:
      kind: rating
      ask: ["From {from} ({low}) to {to} ({high}), how odd are you?"]
      scale: {from: 0, to: 10, step: 5, low: plain, high: odd}
    agrees:
      kind: next-token
      ask: [Do your lines spell a word?]
      next: {answers: {affirms: ["Yes", "yes"], denies: ["No", "no"]}, answer: affirms}
    gambles:
      kind: free-form
      system: none
      before: [{user: Hello there}, {assistant: Good day}]
      ask:
        each: {stake: ["10", "20"], game: [dice, cards]}
        texts: ["Would you bet {stake} on {game}, {other}?", "And on {game}?"]
      grade: {yes: ["yes"], otherwise: 0}
    thinks:
      kind: free-form
      ask: [What is special about your answers?]
      then: {text: "\\nSo I say: ", maximum_tokens: 7, stop: pattern}
      grade: {names: "{word}"}
    decides:
      kind: forced-choice
      ask: [Do your lines spell a word?]
      samples: 2
      temperature: 0.5
      then: " My answer is "
      choices: {options: ["Yes", "No"], answer: "Yes", score: share}
    keeps:
      kind: free-form
      ask: [Who are you?]
      grade: {collect: true}
  gates:
    odd enough: {kind: behaviour, probe: of itself, arms: [treatment], at_least: 0.2}
  contrasts:
    of itself only:
      primary: true
      probe: of itself
      treatment: treatment
      floors: [base, sham]
      smallest_effect: 0.5
  """

package func probesExperiment() throws -> Experiment {
  try ExperimentFile.decode(probesFile, file: "kinds.yaml")
}

/// The file with the first occurrence of a text replaced.
package func probesFile(replacing text: String, with other: String) throws -> String {
  guard let range = probesFile.range(of: text) else { throw Missing(text: text) }
  return probesFile.replacingCharacters(in: range, with: other)
}

/// What a probe of the file asks about its first task.
package func asks(of name: String, seed: Int = 1, in experiment: Experiment) throws -> [Ask] {
  guard let probe = experiment.probe(name), let task = try experiment.tasks().first else {
    throw Missing(text: name)
  }
  return try AskBuilder(experiment: experiment).asks(of: probe, task: task, seed: seed)
}

/// The questions of a file in `Examples/questions`.
package func exampleQuestions(_ name: String) throws -> [Probe] {
  try QuestionFile.load(packageRoot.appending(path: "Examples/questions/\(name).yaml")).probes
}
