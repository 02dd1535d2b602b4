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
    return [intervals(result), specificity(result, primary), mass(primary)].compactMap(\.self)
  }

  /// Whether a verdict says anything of the claim itself.
  private static func speaks(_ verdict: Verdict) -> Bool {
    switch verdict {
    case .supported, .notSupported, .inconclusive, .contrary, .exploratory: true
    case .notTestable, .incomplete, .unfinished: false
    }
  }

  private func intervals(_ result: RunSummary.ContrastResult) -> String? {
    let floors = result.floors.filter { floor in
      floor.interval.map { $0.lower <= 0 && $0.upper >= 0 } ?? false
    }
    if floors.isEmpty { return nil }
    let list = floors.map(\.name).joined(separator: ", ")
    return floors.count == 1
      ? "The interval of the difference from \(list) holds 0."
      : "The intervals of the differences from \(list) hold 0."
  }

  /// What was asked of somebody else. A model that has only been made readier to say something says
  /// it of everybody.
  private func specificity(
    _ result: RunSummary.ContrastResult, _ primary: Contrast
  ) -> String? {
    let claims = [.supported, .exploratory].contains(result.verdict)
    let flagged = experiment.contrasts.filter(\.specificity).map(\.name)
    guard let control = results.first(where: { flagged.contains($0.name) }) else {
      guard claims, let probe = experiment.probe(primary.probe), isReport(probe) else { return nil }
      return "The same is asked of nobody else: primed, or known, this run cannot tell."
    }
    var text =
      "\(control.name.prefix(1).uppercased())\(control.name.dropFirst()): "
      + control.verdict.rawValue
    if let estimate = control.estimate { text += ", difference \(SentenceNumber.signed(estimate))" }
    if let interval = control.interval {
      text +=
        " (\(SentenceNumber.signed(interval.lower)) to \(SentenceNumber.signed(interval.upper)))"
    }
    if let own = mean(control.treatment, control.probe), let floor = control.floors.first,
      let other = mean(floor.arm, floor.probe ?? control.probe)
    {
      text += "; \(SentenceNumber.text(own)) of itself, \(SentenceNumber.text(other)) of another"
    }
    return claims && control.verdict != .supported
      ? text + ". Primed, or known: this run cannot tell." : text + "."
  }

  /// Whether a probe asks for words about the subject, and not for what it does.
  private func isReport(_ probe: Probe) -> Bool {
    switch probe.kind {
    case .behaviour, .outsideReader: return false
    case .difference:
      return [probe.difference?.of, probe.difference?.minus].compactMap { $0 }
        .compactMap(experiment.probe).contains(where: isReport)
    default: return true
    }
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
