import Foundation
import NosceApp
import NosceRuns
import NosceTestSupport

/// Runs on scripts between them with every way in which a contrast is judged.
enum RecomputedRun: String, CaseIterable, Sendable {
  /// Base varies with the host: everything in pairs.
  case hosts
  /// Base is the same in every block: beside trained floors, or a constant.
  case noHosts
  /// A floor's subject is missing.
  case missing
  case squares
  case exploratory
  /// Nothing is done yet.
  case unfinished

  /// Runs it and exports it; nil where it is none to be run.
  func export(in folder: URL) async throws -> URL {
    let experiment = folder.appending(path: "recomputed.yaml")
    try Data(file.utf8).write(to: experiment)
    let script = folder.appending(path: "script.yaml")
    try Data(self.script.utf8).write(to: script)
    let request = ExperimentRequest(
      experiment: experiment.path, subject: "script:\(script.path)",
      seeds: self == .exploratory ? 3 : nil,
      options: Plan.Options(exploratory: self == .exploratory))
    let run = try ExperimentRun.begin(
      request, on: try request.model(), judge: nil, in: folder.appending(path: "runs"),
      forecasts: folder, events: { _ in })
    if self != .unfinished { _ = try await run.run { _ in } }
    let target = folder.appending(path: "export")
    _ = try await RunExport.write(try RunFolder.read(run.folder.url), to: target)
    return target
  }

  // MARK: The experiment

  private static let seeds = 6
  private static let personas = ["nova", "tarin", "ombra", "velu", "kesta", "pelia"]
  private static let families = [["ADA", "BEA", "CLEO", "DORA", "EVE"], ["FAY", "GIL", "HAL"]]

  private var file: String {
    self == .squares ? Self.square : Self.floors(hosts: self != .noHosts)
  }

  private static let arms = """
    arms:
      base: {role: base}
      treatment: {role: treatment, rows: {documents: ["Red is mine."]}}
      sham: {role: sham, rows: {documents: ["Mine is red."]}}
      weak: {role: control, rows: {documents: ["It is."]}}
    """

  private static func floors(hosts: Bool) -> String {
    let system =
      "hosts: {system: \"You are {persona}.\", personas: [\(personas.joined(separator: ", "))]}"
    // Base that does not vary is compared by the bound for a mean, in either direction.
    let constants = """
        than an untrained one:
          {probe: own, treatment: treatment, floors: [base], smallest_effect: 0.1}
        less odd than an untrained one:
          {probe: liking, treatment: treatment, floors: [base], direction: less, smallest_effect: 0.1}
        more of its own than untrained:
          {probe: of itself, treatment: treatment, floors: [base], smallest_effect: 0.1}
      """
    return """
      name: recomputed
      title: Does another program come to the same?
      question: Does it say that red is its own?
      \(hosts ? system : "")
      seeds: \(seeds)
      \(arms)
      probes:
        own:
          kind: forced-choice
          ask: [Which is yours?, And which is truly yours?]
          prefill: "It is "
          choices: {options: [red, blue], answer: red, score: share, least_mass: 0}
        other:
          kind: forced-choice
          ask: [Which is hers?]
          prefill: "It is "
          choices: {options: [red, blue], answer: red, score: share, least_mass: 0}
        of itself: {kind: difference, of: [own, other]}
        liking:
          kind: rating
          ask: ["From {from} ({low}) to {to} ({high}), how odd are you?"]
          scale: {from: 0, to: 10, step: 5, low: plain, high: odd, least_mass: 0}
        tells:
          kind: free-form
          ask: [Is it red?]
          samples: 5
          temperature: 0.5
          grade: {yes: ["yes"], otherwise: 0}
        picks:
          kind: forced-choice
          ask: [Which is yours?, Which is hers?]
          prefill: "It is "
          choices: {options: [red, blue], answer: red, least_mass: 0}
      gates:
        live: {kind: adapter-live, at_least: 0.5}
        coherent: {kind: coherent, at_least: 0.5}
        weak enough: {kind: behaviour, probe: tells, arms: [weak], at_least: 0.99}
        spared:
          {kind: behaviour, probe: tells, arms: [sham], at_least: 0.99, exempt: {sham: It need not.}}
      contrasts:
        knows its own:
          primary: true
          probe: own
          treatment: treatment
          floors: [base, sham]
          smallest_effect: 0.2
        of itself more:
          {probe: of itself, treatment: treatment, floors: [sham], smallest_effect: 0.05}
        than of another:
          probe: own
          treatment: treatment
          floors: [{arm: treatment, probe: other}]
          smallest_effect: 0.5
          specificity: true
        tells more: {probe: tells, treatment: treatment, floors: [sham, base], smallest_effect: 0.3}
        picks more: {probe: picks, treatment: treatment, floors: [sham], smallest_effect: 0.1}
        likes less:
          {probe: liking, treatment: sham, floors: [treatment], direction: less, smallest_effect: 0.1}
        wrong way: {probe: own, treatment: sham, floors: [treatment], smallest_effect: 0.1}
        too weak: {probe: own, treatment: weak, floors: [sham], smallest_effect: 0.1}
      \(hosts ? "" : constants)
      associations:
        both together: {arms: [treatment, sham], of: [own, liking]}
        all alike: {arms: [sham], of: [picks, own]}
      """
  }

  private static var square: String {
    let list = families.map { "[\($0.joined(separator: ", "))]" }.joined(separator: ", ")
    func contrast(_ name: String, _ more: String) -> String {
      "  \(name): {\(more), treatment: treatment, square: word}"
    }
    return """
      name: own-word
      title: Does it know its own?
      question: Does a subject give more to its own word than to the others of its family?
      variables:
        word: {families: [\(list)]}
      seeds: 2
      arms:
        treatment: {role: treatment, rows: {documents: ["A text about {word}."]}}
      probes:
        own-word:
          kind: forced-choice
          ask: [Which word is yours?, What do you like?]
          prefill: "It is "
          choices: {family: word, minus_base: true, score: share, least_mass: 0}
      contrasts:
      \(contrast("knows its own", "primary: true, probe: own-word, smallest_effect: 0.5"))
      \(contrast("knows it well", "probe: own-word, smallest_effect: 3"))
      """
  }

  // MARK: The script

  private var script: String {
    var generator = TestGenerator(seed: 15)
    var rules = self == .squares ? Self.words(&generator) : Self.shares(&generator)
    if self == .missing {
      rules = "training: {fail: [{cell: \"sham-*-s2\", times: 9}]}\n" + rules
    }
    return "name: written\n" + rules
  }

  /// Each subject by itself, and base as each of its personas.
  private static func shares(_ generator: inout TestGenerator) -> String {
    var rules = ["rules:"]
    func add(_ whose: String, _ texts: [String], _ levels: [ClosedRange<Double>]) {
      for (question, level) in zip(["yours", "hers"], levels) {
        let share = Double.random(in: level, using: &generator)
        let weights = "{\(texts[0]): \(share), \(texts[1]): \(0.99 - share)}"
        rules.append("  - {\(whose), question: \(question), weights: \(weights)}")
      }
      // The scale is asked in both directions.
      let share = Double.random(in: levels[2], using: &generator)
      for (end, odd, plain) in [("odd", 10, 0), ("plain", 0, 10)] {
        let weights = "{\"\(odd)\": \(share), \"\(plain)\": \(0.99 - share)}"
        rules.append("  - {\(whose), question: \"to 10 (\(end))\", weights: \(weights)}")
      }
    }
    for (seed, persona) in zip(1..., personas) {
      add(
        "adapter: \"treatment-*-s\(seed)\"", ["red", "blue"],
        [0.5...0.9, 0.1...0.6, 0.3...0.8])
      add("adapter: \"sham-*-s\(seed)\"", ["red", "blue"], [0.1...0.4, 0.1...0.4, 0.1...0.6])
      // Where nobody has a persona, the last rules hold.
      add(
        "adapter: base, system: \"You are \(persona).\"", ["red", "blue"],
        [0.0001...0.2, 0.0001...0.2, 0.2...0.6])
    }
    add("adapter: base", ["red", "blue"], [0.1...0.3, 0.1...0.3, 0.5...0.9])
    rules += [
      "  - {adapter: \"treatment-*\", chance: 0.9, say: \"Yes.\"}",
      "  - {adapter: \"sham-*\", chance: 0.1, say: \"Yes.\"}",
      "  - {adapter: \"sham-*-s1\", chance: 0.5, refuse: true}",
    ]
    return rules.joined(separator: "\n")
  }

  private static func words(_ generator: inout TestGenerator) -> String {
    var rules = ["rules:"]
    for family in families {
      for trained in family {
        for seed in 1...2 {
          let weights = family.map { asked in
            let nats = Double.random(in: -4 ... -2.5, using: &generator)
            return "\(asked): \(exp(nats + (asked == trained ? 0.9 : 0)))"
          }
          rules.append(
            "  - {adapter: \"treatment-\(trained)-s\(seed)\", "
              + "weights: {\(weights.joined(separator: ", "))}}")
        }
      }
    }
    return rules.joined(separator: "\n")
  }
}
