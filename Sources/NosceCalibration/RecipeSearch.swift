import NosceExperiment
import NosceRuns

/// Looks for the least training by which a behaviour is learnt honestly: successive halving over rates
/// and numbers of rows, from few steps to many.
///
/// Each round trains what is left side by side. Whoever passes every gate is tried again with another
/// seed and on every development value, the fewest trained rows first; the first that passes there as
/// well is taken, or the same with the steps half way to the round before, if that passes too. Otherwise
/// the better half goes on, without those that have lost what more training would not give back.
package struct RecipeSearch: Sendable {
  package struct Findings: Sendable {
    package var trials: [RecipeTrial]
    package var chosen: RecipeCandidate?
    package var trainings: Int
    /// Whether it ended because no more trainings were allowed.
    package var isOutOfBudget: Bool
  }

  private let settings: CalibrationSettings
  private let takesFewer: Bool
  private let cost: @Sendable (CalibrationPlan.Round) -> Int
  private let trial: @Sendable (CalibrationPlan.Round) async throws -> [RecipeTrial]

  /// - Parameters:
  ///   - takesFewer: whether fewer steps than those that are listed will do. Where rows are trained on in
  ///     a given order they would leave out the last ones.
  ///   - cost: how many trainings a round takes.
  ///   - trial: carries a round out, and gives a trial for each recipe in its order.
  package init(
    _ settings: CalibrationSettings, takesFewer: Bool = true,
    cost: @escaping @Sendable (CalibrationPlan.Round) -> Int,
    trial: @escaping @Sendable (CalibrationPlan.Round) async throws -> [RecipeTrial]
  ) {
    self.settings = settings
    self.takesFewer = takesFewer
    self.cost = cost
    self.trial = trial
  }

  package func run() async throws -> Findings {
    var outcome = Findings(trials: [], chosen: nil, trainings: 0, isOutOfBudget: false)
    var live = settings.candidates(steps: settings.steps.first ?? 0)
    for (number, steps) in settings.steps.enumerated() {
      let tried = live.map { candidate in
        var candidate = candidate
        candidate.steps = steps
        return candidate
      }
      guard let trials = try await carryOut(.search(tried), &outcome) else { break }
      let passing = trials.filter(\.passed).sorted(by: Self.isBetter)
      for found in passing.map(\.candidate) {
        guard try await confirms(found, &outcome) else { continue }
        let before = number == 0 ? 0 : settings.steps[number - 1]
        outcome.chosen = try await half(found, above: before, &outcome) ?? found
        return outcome
      }
      live = Self.better(trials, (live.count + 1) / 2)
      if live.isEmpty { break }
    }
    return outcome
  }

  /// So many of those that are sound, the widest margin first, and none twice of a rate as long as there
  /// are others: what learns fastest often loses its language before it is there.
  private static func better(_ trials: [RecipeTrial], _ count: Int) -> [RecipeCandidate] {
    let sound = trials.filter { !$0.isHarmed }
      .sorted { ($0.margin, -$0.candidate.learningRate) > ($1.margin, -$1.candidate.learningRate) }
      .map(\.candidate)
    var rates: Set<Double> = []
    let first = sound.filter { rates.insert($0.learningRate).inserted }
    let rest = sound.filter { !first.contains($0) }
    return Array((first + rest).prefix(count))
  }

  /// The fewest trained rows first; of as many the widest margin.
  private static func isBetter(_ one: RecipeTrial, _ other: RecipeTrial) -> Bool {
    (one.trainedRows, -one.margin, one.candidate.learningRate)
      < (other.trainedRows, -other.margin, other.candidate.learningRate)
  }

  /// The same with fewer steps, where that passes too.
  private func half(
    _ found: RecipeCandidate, above before: Int, _ outcome: inout Findings
  ) async throws -> RecipeCandidate? {
    if !takesFewer { return nil }
    var fewer = found
    fewer.steps = (before + found.steps + 1) / 2
    guard fewer.steps < found.steps, fewer.steps > before, fewer.steps > 0 else { return nil }
    let spent = outcome.isOutOfBudget
    guard let trial = try await carryOut(.search([fewer]), &outcome)?.first, trial.passed,
      try await confirms(fewer, &outcome)
    else {
      // There is a recipe already: that it cannot be improved any further is no failure.
      outcome.isOutOfBudget = spent
      return nil
    }
    return fewer
  }

  private func confirms(
    _ candidate: RecipeCandidate, _ outcome: inout Findings
  ) async throws -> Bool {
    guard let trials = try await carryOut(.confirmation(candidate), &outcome) else { return false }
    return trials.allSatisfy(\.passed) && !trials.isEmpty
  }

  /// Nil where the round would take more trainings than are left.
  private func carryOut(
    _ round: CalibrationPlan.Round, _ outcome: inout Findings
  ) async throws -> [RecipeTrial]? {
    let cost = cost(round)
    guard outcome.trainings + cost <= settings.budget else {
      outcome.isOutOfBudget = true
      return nil
    }
    let trials = try await trial(round)
    outcome.trainings += cost
    outcome.trials += trials
    return trials
  }
}
