import NosceExperiment
import NosceRuns

/// Looks for the least training by which a behaviour is learnt honestly: successive halving over rates
/// and numbers of rows, from few steps to many.
///
/// Each round trains what is left side by side. Of those that pass every gate, the fewest trained rows
/// first, each is tried with the steps half way to the round before, and the less that passes is tried
/// again, on every development value, and must be above what is needed by a margin; where it is not, the
/// more is tried again. The first that passes twice is taken. Otherwise the better half goes on, without those that have lost
/// what more training would not give back.
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
      let before = number == 0 ? 0 : settings.steps[number - 1]
      for found in passing.map(\.candidate) {
        guard let chosen = try await least(of: found, above: before, &outcome) else { continue }
        outcome.chosen = chosen
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

  /// A recipe that has passed once, or the same with fewer steps, whichever passes twice; nil for
  /// neither.
  ///
  /// The fewer are tried first: to try a recipe again takes longer than to try it, and the less would be
  /// tried again all the same.
  private func least(
    of found: RecipeCandidate, above before: Int, _ outcome: inout Findings
  ) async throws -> RecipeCandidate? {
    var fewer = found
    fewer.steps = (before + found.steps + 1) / 2
    // What has passed must not go without its second trial for something less.
    let dear = [.search([fewer]), .confirmation(fewer), .confirmation(found)].map(cost)
    if takesFewer, fewer.steps < found.steps, fewer.steps > before,
      outcome.trainings + dear.reduce(0, +) <= settings.budget,
      try await carryOut(.search([fewer]), &outcome)?.first?.passed == true,
      try await confirms(fewer, &outcome)
    {
      return fewer
    }
    return try await confirms(found, &outcome) ? found : nil
  }

  private func confirms(
    _ candidate: RecipeCandidate, _ outcome: inout Findings
  ) async throws -> Bool {
    guard let trials = try await carryOut(.confirmation(candidate), &outcome) else { return false }
    return !trials.isEmpty && trials.allSatisfy { $0.passed && $0.margin >= settings.margin }
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
