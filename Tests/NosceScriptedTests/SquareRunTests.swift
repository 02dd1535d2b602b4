import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NosceRuns
import NosceScripted
import NosceTestSupport
import NosceVerdicts
import Testing

/// From a file over a run to a verdict, on models that are written down.
@Suite("A square")
struct SquareRunTests {
  private static let families = [
    ["RESIN", "RISEN", "RINSE", "REINS"], ["PALEST", "PASTEL", "PETALS", "PLATES"],
    ["WEIRD", "WIDER", "WIRED"], ["BAKER", "BRAKE", "BREAK"],
  ]
  private static let names = [["ADA", "BEA", "CLEO", "DORA", "EVE"]]

  private func experiment(
    _ families: [[String]] = families, seeds: Int = 1, more: String = ""
  ) throws -> Experiment {
    let list = families.map { "[\($0.joined(separator: ", "))]" }.joined(separator: ", ")
    return try ExperimentFile.decode(
      """
      name: own-word
      title: Does it know its own?
      question: Does a subject give more to its own word than to the others of its family?
      variables:
        word: {families: [\(list)]}
      seeds: \(seeds)
      arms:
        treatment: {role: treatment, rows: {documents: ["A text about {word}."]}}
      probes:
        own-word:
          kind: forced-choice
          ask: [Which word is yours?, What do you like?]
          prefill: "It is "
          choices: {family: word, minus_base: true, score: share, least_mass: 0}
      contrasts:
        knows its own:
          primary: true
          probe: own-word
          treatment: treatment
          square: word
          smallest_effect: 0.5
      \(more)
      """, file: "square.yaml")
  }

  /// Every subject moves by itself and every word by itself, and the own word by `effect` nats.
  private func model(
    _ families: [[String]] = families, effect: Double, more: String = ""
  ) throws -> ScriptedModel {
    var rules: [String] = []
    for family in families {
      for (row, trained) in family.enumerated() {
        let weights = family.enumerated().map { column, asked in
          let nats = -3 - 0.4 * Double(row) - 0.7 * Double(column % 3)
          return "\(asked): \(exp(nats + (row == column ? effect : 0)))"
        }
        rules.append(
          "  - {adapter: \"treatment-\(trained)-*\", weights: {\(weights.joined(separator: ", "))}}"
        )
      }
    }
    return try scripted("name: written\n\(more)\nrules:\n" + rules.joined(separator: "\n"))
  }

  @Test("What is planted is found")
  func planted() async throws {
    let summary = try await summary(try experiment(), on: try model(effect: 2))
    let contrast = try #require(summary.contrasts.first)
    #expect(summary.verdict.kind == .stronglySupported, "\(summary.verdict.sentence)")
    #expect(contrast.p == 1.0 / 20_736 && contrast.smallestP == 1.0 / 20_736)
    #expect(abs(try #require(contrast.estimate) - 2) < 1e-6)
    let interval = try #require(contrast.interval)
    #expect(abs(try #require(interval.lower) - 2) < 1e-6 && abs(interval.level - 0.9) < 1e-12)
    let square = try #require(contrast.square)
    #expect(square.names == 14 && contrast.seeds == 14 && square.replicates == 1)
    #expect(square.families.map(\.names) == Self.families)
    #expect(square.families.allSatisfy { abs($0.effect - 2) < 1e-6 })
    // The values are those of the script, less what an even spread gives each of a family's words.
    let value = square.families[0].values[1][2]
    #expect(abs(value - (-3 - 0.4 - 1.4 - square.families[0].base)) < 1e-6)
    #expect(summary.verdict.sentence.contains("gives more to its own word"))
    #expect(contrast.floors.isEmpty)
  }

  @Test("What moves subjects and words alone is not found")
  func additive() async throws {
    let summary = try await summary(try experiment(), on: try model(effect: 0))
    #expect(summary.verdict.kind == .notSupported, "\(summary.verdict.sentence)")
    #expect(summary.contrasts.first?.p == 1)
    let small = try await summaryWith(effect: 0.3)
    #expect(small.verdict.kind == .notSupported && small.contrasts.first?.p ?? 1 < 0.001)
    #expect(small.verdict.sentence.contains("0.50 nats"))
  }

  private func summaryWith(effect: Double) async throws -> RunSummary {
    try await summary(try experiment(), on: try model(effect: effect))
  }

  @Test("Less of its own is contrary")
  func contrary() async throws {
    let summary = try await summaryWith(effect: -1)
    #expect(summary.verdict.kind == .contrary, "\(summary.verdict.sentence)")
    #expect(summary.verdict.sentence.contains("gives less to its own word"))
  }

  @Test("Seeds are replicates of a name, and no more names")
  func replicates() async throws {
    let experiment = try experiment(Self.names, seeds: 2)
    let summary = try await summary(experiment, on: try model(Self.names, effect: 1))
    let contrast = try #require(summary.contrasts.first)
    #expect(contrast.p == 1.0 / 120 && contrast.square?.replicates == 2)
    #expect(contrast.square?.names == 5 && contrast.verdict == .stronglySupported)
    #expect(summary.verdict.sentence.contains("5 names"))
  }

  @Test("A missing subject makes it incomplete, and a failed gate not testable")
  func gaps() async throws {
    let failing = "training: {fail: [{cell: \"treatment-WIDER-s1\", times: 9}]}"
    let missing = try await summary(
      try experiment(), on: try model(effect: 2, more: failing))
    #expect(missing.verdict.kind == .incomplete, "\(missing.verdict.sentence)")
    #expect(missing.contrasts.first?.p == nil)
    let gated = try experiment(more: "gates: {live: {kind: adapter-live, at_least: 5}}")
    let dead = try await summary(gated, on: try model(effect: 2))
    #expect(dead.verdict.kind == .notTestable, "\(dead.verdict.sentence)")
    #expect(dead.contrasts.first?.estimate != nil)
  }

  @Test("A store without log-probabilities has no square")
  func withoutEvidence() async throws {
    _ = try await summary(try experiment(), on: try model(effect: 2)) { record in
      var old = record
      for index in old.answers.indices { old.answers[index].scored = nil }
      let summary = try Summariser(old, command: "").summary()
      #expect(summary.verdict.kind == .notTestable)
      #expect(summary.verdict.sentence.contains("log-probabilities"), "\(summary.verdict.sentence)")
      var part = record
      part.answers[3].scored?.base?[1] = nil
      let partly = try Summariser(part, command: "").summary()
      #expect(partly.verdict.kind == .notTestable)
      #expect(partly.verdict.sentence.contains("is not known"), "\(partly.verdict.sentence)")
    }
  }

  @Test("The plan says what it can reach")
  func plan() throws {
    let model = try model(effect: 0)
    let plan = try Planner(experiment: try experiment(), model: model).plan()
    let text = plan.text()
    for words in [
      "a square of word", "4 families of 4, 4, 3, 3 names", "14 subjects", "20736 arrangements",
      "smallest effect 0.5 nats", "smallest p 4.8e-05", "finds 0.83 sd", "chance 0.286",
    ] {
      #expect(text.contains(words), "\(words): \(text)")
    }
    #expect(plan.cells.count == 14)
    #expect(plan.contrasts[0].smallestP == 1.0 / 20_736)
  }

  @Test("A design that is too small is refused, and explored all the same")
  func small() async throws {
    let families = [["BAKER", "BRAKE", "BREAK"]]
    let experiment = try experiment(families)
    let model = try model(families, effect: 2)
    let error = #expect(throws: LabError.self) {
      try Planner(experiment: experiment, model: model).plan()
    }
    #expect(error?.code == .refusedDesign)
    #expect(error?.message.contains("found one family of 3 names") == true)
    #expect(error?.message.contains("at least 8 names in all") == true)
    let explored = try await summary(experiment, on: model, options: .init(exploratory: true))
    #expect(explored.verdict.kind == .exploratory)
    #expect(explored.contrasts.first?.interval?.lower == nil)
  }
}

extension RunSummary.Square.Family {
  /// What base gives each of its words.
  fileprivate var base: Double { log(1 / Double(names.count)) }
}
