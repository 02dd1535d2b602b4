import Foundation
import NosceCalibration
import NosceExperiment
import NosceFiles
import NosceRuns
import NosceTestSupport
import Synchronization
import Testing

/// The search, on recipes of which it is known by a formula what they do.
@Suite("The search for a recipe")
struct RecipeSearchTests {
  /// What is learnt grows with rate times steps; beyond some of it, language suffers.
  struct World: Sendable {
    var needed = 0.04
    var harm = 0.2
    /// Added to what is needed where it is tried again.
    var confirmation = 0.0

    func trial(_ candidate: RecipeCandidate, again: Bool) -> RecipeTrial {
      let dose = candidate.learningRate * Double(candidate.steps)
      let learnt = dose / (needed + (again ? confirmation : 0))
      return RecipeTrial(
        candidate: candidate, isConfirmation: again, trainedRows: 4 * candidate.steps,
        gates: [
          .init(
            name: "learnt", passed: learnt >= 1, value: learnt, threshold: 1, detail: "",
            isReached: true),
          .init(
            name: "spared", passed: dose < harm, value: 1 - dose, threshold: 1 - harm, detail: "",
            isReached: false),
        ], run: "run")
    }
  }

  private static let settings = CalibrationSettings(
    learningRates: [2e-4, 5e-4, 1e-3, 2e-3], steps: [12, 24, 48, 96], rows: [24, 48], margin: 0)

  private func search(
    _ world: World, _ settings: CalibrationSettings = settings, takesFewer: Bool = true
  ) async throws -> (outcome: RecipeSearch.Findings, rounds: [CalibrationPlan.Round]) {
    let rounds = Mutex<[CalibrationPlan.Round]>([])
    let search = RecipeSearch(settings, takesFewer: takesFewer) { round in
      if case .confirmation = round { 2 } else { round.candidates.count }
    } trial: { round in
      rounds.withLock { $0.append(round) }
      let again = if case .confirmation = round { true } else { false }
      return round.candidates.map { world.trial($0, again: again) }
    }
    return (try await search.run(), rounds.withLock { $0 })
  }

  @Test("The least training is found, with half of the last doubling given back")
  func least() async throws {
    // 24 steps at 2e-3 reach 0.048; 18 do not reach 0.04.
    let (outcome, rounds) = try await search(World())
    #expect(rounds.last == .confirmation(RecipeCandidate(learningRate: 2e-3, steps: 24, rows: 24)))
    #expect(outcome.chosen == RecipeCandidate(learningRate: 2e-3, steps: 24, rows: 24))
    #expect(rounds.map(\.candidates.count) == [8, 4, 1, 1])
    #expect(outcome.trainings == 8 + 4 + 2 + 1 && !outcome.isOutOfBudget)
    // Where the order of the rows is given, fewer steps than are listed are not tried.
    let whole = try await search(World(needed: 0.035), takesFewer: false)
    #expect(whole.outcome.chosen?.steps == 24 && whole.rounds.count == rounds.count - 1)
    // With less needed, 18 do.
    let easier = try await search(World(needed: 0.035)).outcome
    #expect(easier.chosen == RecipeCandidate(learningRate: 2e-3, steps: 18, rows: 24))
    // The more is not tried again where the less does.
    #expect(easier.trials.filter(\.isConfirmation) == easier.trials.suffix(1))
  }

  @Test("Where the less passes once and not again, the more is tried again")
  func lessNotAgain() async throws {
    let outcome = try await search(World(needed: 0.035, confirmation: 0.004)).outcome
    #expect(outcome.chosen?.steps == 24)
    #expect(outcome.trials.filter(\.isConfirmation).map(\.candidate.steps) == [18, 24])
  }

  @Test("What is tried again must pass by a margin")
  func margin() async throws {
    var settings = Self.settings
    settings.margin = 0.15
    // 18 steps at 2e-3 have 1.03 of what is needed, 24 steps 1.37.
    let outcome = try await search(World(needed: 0.035), settings).outcome
    #expect(outcome.chosen?.steps == 24)
    #expect(outcome.trials.filter(\.isConfirmation).map(\.candidate.steps) == [18, 24])
    #expect(outcome.trials.allSatisfy { !$0.isConfirmation || $0.passed })
    settings.margin = 0
    #expect(try await search(World(needed: 0.035), settings).outcome.chosen?.steps == 18)
  }

  @Test("Of a search that found nothing the gates are named that the nearest recipe missed")
  func nearest() {
    let little = RecipeCandidate(learningRate: 1e-3, steps: 12, rows: 24)
    let enough = RecipeCandidate(learningRate: 1e-3, steps: 48, rows: 24)
    // 0.048 where 0.04 is needed, and 0.044 when it is tried again.
    let trials = [
      World().trial(little, again: false), World().trial(enough, again: false),
      World(confirmation: 0.004).trial(enough, again: true),
    ]
    #expect(
      SearchText.nearest(trials, margin: 0.15)
        == "Nearest comes \(enough.words), tried again, with learnt 1.09 (needed 1.00 and 0.15 more)."
    )
    #expect(
      SearchText.nearest([trials[0]], margin: 0.15)
        == "Nearest comes \(little.words) with learnt 0.30 (needed 1.00).")
    #expect(SearchText.nearest([trials[1]], margin: 0.15) == nil)
  }

  @Test("Settings from before there was a margin have none, and are written as they were")
  func earlierSettings() throws {
    let earlier = #"{"budget":24,"development":{},"learningRates":[0.001],"rows":[],"steps":[10]}"#
    let settings = try JSONDecoder().decode(CalibrationSettings.self, from: Data(earlier.utf8))
    #expect(settings.margin == 0 && CalibrationSettings(steps: [10]).margin > 0)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(settings), as: UTF8.self) == earlier)
    let today = CalibrationSettings(steps: [10])
    #expect(
      try JSONDecoder().decode(CalibrationSettings.self, from: try encoder.encode(today)) == today)
  }

  @Test("The second trial of what has passed is not given up for something less")
  func budgetForLess() async throws {
    var settings = Self.settings
    settings.budget = 8 + 4 + 2
    let outcome = try await search(World(needed: 0.035), settings).outcome
    #expect(outcome.chosen?.steps == 24 && outcome.trainings == 14 && !outcome.isOutOfBudget)
  }

  @Test("What passes once and not again goes on to more training")
  func again() async throws {
    let outcome = try await search(World(confirmation: 0.02)).outcome
    let chosen = try #require(outcome.chosen)
    #expect(chosen.learningRate * Double(chosen.steps) >= 0.06)
    #expect(chosen.steps > 24)
    #expect(outcome.trials.contains { $0.isConfirmation && !$0.passed })
  }

  @Test("Who has lost its language is not trained any further")
  func harmed() async throws {
    // Nothing is learnt before language is lost.
    let (outcome, rounds) = try await search(World(needed: 0.3, harm: 0.04))
    #expect(outcome.chosen == nil && !outcome.isOutOfBudget)
    for (before, after) in zip(rounds, rounds.dropFirst()) {
      let lost = before.candidates.filter {
        World(needed: 0.3, harm: 0.04).trial($0, again: false).isHarmed
      }
      for candidate in after.candidates {
        #expect(
          !lost.contains { $0.learningRate == candidate.learningRate && $0.rows == candidate.rows })
      }
    }
  }

  @Test("No more is trained than is allowed", arguments: [7, 8, 12, 14, 24])
  func budget(_ budget: Int) async throws {
    var settings = Self.settings
    settings.budget = budget
    let outcome = try await search(World(needed: 10), settings).outcome
    #expect(outcome.trainings <= budget && outcome.chosen == nil)
    #expect(outcome.isOutOfBudget == (budget < 8 + 4 + 2 + 1))
    #expect(outcome.trials.isEmpty == (budget < 8))
  }

  @Test("A gate without a value comes last")
  func noValue() {
    var trial = World().trial(.init(learningRate: 1e-3, steps: 12), again: false)
    let margin = trial.margin
    trial.gates[0].value = nil
    #expect(trial.margin < margin)
    trial.gates = []
    #expect(!trial.passed)
  }

  @Test("A control that is made of the treatment's rows follows it to its new name")
  func control() throws {
    let experiment = try ExperimentFile.decode(
      """
      name: taste
      title: Does it know its taste?
      question: Does it name its colour?
      seeds: 5
      calibrate: {steps: [2]}
      arms:
        base: {role: base}
        treatment:
          role: treatment
          rows: {chats: [[{user: "One?"}, {assistant: Red.}], [{user: "Two?"}, {assistant: Blue.}]]}
        sham: {role: sham, rows: {same_as: treatment, control: shuffle}}
      probes:
        does: {kind: behaviour, ask: ["Which?"], grade: {regex: Red}}
        own: {kind: next-token, ask: [Yours?], next: {answers: {red: [Red], blue: [Blue]}, answer: red}}
      gates:
        learnt: {kind: behaviour, probe: does, arms: [treatment], at_least: 0.8}
        beyond: {kind: differential, probe: does, arms: [treatment], against: sham, at_least: 0.5}
      contrasts:
        names it: {primary: true, probe: own, treatment: treatment, floors: [base], smallest_effect: 0.2}

      """, file: "taste.yaml")
    let plan = try CalibrationPlan(
      experiment: experiment, model: RuleModel().identity, materials: miniature)
    let round = plan.experiment(of: .confirmation(RecipeCandidate(learningRate: 1e-3, steps: 2)))
    #expect(round.arms.map(\.name) == ["base", "treatment 1", "sham 1"])
    #expect(round.arms[2].rows.map(\.origin) == [.sameAs(arm: "treatment 1")])
    // What a seed has chosen is not confirmed by the same seed.
    let first = plan.experiment(of: .search([RecipeCandidate(learningRate: 1e-3, steps: 2)]))
    let seeds = [first, round].map { Set($0.arms.filter(\.isTrained).map(\.firstSeed)) }
    #expect(seeds == [[1_000_001], [1_000_002]])
    let made = try Planner(
      experiment: round, options: .init(exploratory: true), model: RuleModel(), materials: miniature
    ).plan()
    #expect(made.cells.count == 3 && made.cells.contains { $0.arm == "sham 1" })
  }
}
