import Foundation
import NosceCore
import NosceExperiment

/// What must be known beside a verdict so that it is not read for more than it is.
struct Caveats {
  let experiment: Experiment
  let results: [RunSummary.ContrastResult]
  let arms: [RunSummary.ArmResult]

  /// One sentence each; none where there is no verdict on the claim.
  func of(_ primary: Contrast) -> [String] {
    guard let result = results.first(where: { $0.primary }), Self.speaks(result.verdict) else {
      return []
    }
    return [sameness(result), base(result), specificity(result, primary), mass(primary)]
      .compactMap(\.self)
  }

  /// Whether a verdict says anything of the claim itself.
  private static func speaks(_ verdict: Verdict) -> Bool {
    switch verdict {
    case .stronglySupported, .supported, .notSupported, .inconclusive, .contrary, .exploratory: true
    case .notTestable, .incomplete, .unfinished: false
    }
  }

  /// Where nothing varies an interval has no width, but blocks that were not run may differ.
  private func sameness(_ result: RunSummary.ContrastResult) -> String? {
    guard result.verdict == .notSupported, result.seeds > 0 else { return nil }
    let alike = result.floors.filter { floor in
      floor.binds && floor.interval?.lower == 0 && floor.interval?.upper == 0
    }
    if alike.isEmpty { return nil }
    let unseen = 1 - pow(result.level, 1 / Double(result.seeds))
    return "In all \(result.seeds) blocks \(result.treatment) and "
      + "\(alike.map(\.name).joined(separator: ", ")) score alike: an effect that shows in fewer than "
      + "\(Int((unseen * 100).rounded()))% of blocks could have gone unseen."
  }

  /// How much more often than the others the test against base errs, at most (`docs/validation.md`).
  private static let errorAgainstBase = 3.0

  /// Sign flips need differences that lie symmetrically around nothing. Arms that are trained alike
  /// give that by their making; base is not trained.
  private func base(_ result: RunSummary.ContrastResult) -> String? {
    guard result.verdict.isSupported, let floor = result.hardestFloor, floor.probe == nil,
      let p = floor.p, let least = floor.estimate, Self.errorAgainstBase * p > result.level,
      experiment.arm(floor.arm)?.isTrained == false
    else { return nil }
    let trained = result.floors.filter { $0.binds && experiment.arm($0.arm)?.isTrained == true }
    let ahead = trained.compactMap(\.estimate).map { result.direction.sign * ($0 - least) }
    guard let nearest = ahead.min(), nearest > 0, nearest >= result.smallestEffect else {
      return nil
    }
    return "\(floor.arm.prefix(1).uppercased())\(floor.arm.dropFirst()), the hardest floor, is not "
      + "trained as the other arms are: where scores pile up near 1 its test errs up to three times as "
      + "often as its p of \(SentenceNumber.text(p, places: 3)) says."
  }

  /// What was asked of somebody else. A model that has only been made readier to say something says
  /// it of everybody.
  private func specificity(
    _ result: RunSummary.ContrastResult, _ primary: Contrast
  ) -> String? {
    let claims = result.verdict.isSupported || result.verdict == .exploratory
    let flagged = experiment.contrasts.filter(\.specificity).map(\.name)
    guard let control = results.first(where: { flagged.contains($0.name) }) else {
      guard claims, let probe = experiment.probe(primary.probe), experiment.isReport(probe) else {
        return nil
      }
      return "The same is asked of nobody else: primed, or known, this run cannot tell."
    }
    var text =
      "\(control.name.prefix(1).uppercased())\(control.name.dropFirst()): "
      + control.verdict.rawValue
    if let estimate = control.estimate { text += ", difference \(SentenceNumber.signed(estimate))" }
    if let interval = control.interval, interval.lower != nil || interval.upper != nil {
      text += " (\(SentenceNumber.signed(interval)))"
    }
    if control.square != nil {
      if let own = result.estimate { text += "; of itself \(SentenceNumber.signed(own))" }
      // Known of itself is what is said of itself at least twice as much.
      let isOwn = result.estimate.flatMap { own in control.estimate.map { 2 * $0 <= own } } ?? false
      return claims && !isOwn ? text + ". Primed, or known: this run cannot tell." : text + "."
    }
    if let own = mean(control.treatment, control.probe), let floor = control.floors.first,
      let other = mean(floor.arm, floor.probe ?? control.probe)
    {
      text += "; \(SentenceNumber.text(own)) of itself, \(SentenceNumber.text(other)) of another"
    }
    return claims && !control.verdict.isSupported
      ? text + ". Primed, or known: this run cannot tell." : text + "."
  }

  /// Where an experiment asks for less mass than is usual, on how little the choice was made.
  private func mass(_ primary: Contrast) -> String? {
    guard let asked = experiment.probe(primary.probe)?.leastMass, asked < LeastMass.usual else {
      return nil
    }
    let others = primary.floors.filter { $0.probe == nil }.map(\.arm)
    let found = ([primary.treatment] + others).compactMap { arm in
      cell(arm, primary.probe)?.mass.map { (arm, $0) }
    }
    guard let least = found.map(\.1).min(), least < LeastMass.usual else { return nil }
    let list = found.map { "\(ProbabilityText.of($0.1)) in \($0.0)" }.joined(separator: ", ")
    return "Chosen among given texts, on little probability: the texts together have \(list) "
      + "(medians)."
  }

  private func cell(_ arm: String, _ probe: String) -> RunSummary.ArmResult? {
    arms.first { $0.arm == arm && $0.probe == probe }
  }

  private func mean(_ arm: String, _ probe: String) -> Double? { cell(arm, probe)?.mean }
}
