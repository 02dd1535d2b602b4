import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRuns

/// Makes the summary of a run from what its store holds.
package struct Summariser: Sendable {
  package var record: RunRecord
  /// The exact command that reproduces the run.
  package var command: String

  /// Sealed before the run, and found in its folder.
  package var forecasts: [ForecastFolder.Reading]

  /// The command that goes on with the run; nil where none can.
  package var resume: String?

  /// Files of the run that were changed since it began.
  package var changes: [FileChange]

  package init(
    _ record: RunRecord, command: String, forecasts: [ForecastFolder.Reading] = [],
    resume: String? = nil, changes: [FileChange] = []
  ) {
    self.record = record
    self.command = command
    self.forecasts = forecasts
    self.resume = resume
    self.changes = changes
  }

  /// The contrasts alone, judged as in the summary.
  package func contrasts() throws -> [RunSummary.ContrastResult] {
    let gates = record.plan.experiment.gates.isEmpty ? [] : try GateCheck(record).results()
    return try ContrastResults(record: record, gates: gates, ladders: ladders())
      .contrasts().map(\.result)
  }

  private func ladders() throws -> [RunSummary.Ladder] {
    try record.ladder.map { try LadderReading($0, of: record.plan.experiment).results() } ?? []
  }

  package func summary() throws -> RunSummary {
    let plan = record.plan
    let experiment = plan.experiment
    let gates = try GateCheck(record).results()
    let ladders = try ladders()
    let judged = try ContrastResults(record: record, gates: gates, ladders: ladders).contrasts()
    let primary = zip(experiment.contrasts, judged).first { $0.0.primary }
    let all = judged.map(\.result)
    let arms = try ArmResults(record).results()
    let scored = try ForecastScoring.results(
      self.forecasts, contrasts: all, plan: plan,
      origin: record.provenance)
    let standing = record.standing
    let verdict =
      standing.isUnfinished
      ? Self.headline(of: standing)
      : primary.map { contrast, judged in
        RunSummary.Headline(
          kind: judged.result.verdict,
          sentence: Self.sentence(contrast, judged),
          caveats: Caveats(experiment: experiment, results: all, arms: arms).of(contrast)
            + plan.omissions.map { "Left out on this model: \($0.words)." }
            + plan.estimates.map { "Not measured exactly on this model: \($0)." } + record.remarks)
      }
    return RunSummary(
      unfinished: standing.isUnfinished
        ? RunSummary.Unfinished(
          done: standing.count(.done), failed: standing.count(.failed),
          subjects: standing.subjects, resume: resume) : nil,
      experiment: RunSummary.ExperimentFacts(
        name: experiment.name, title: experiment.title, question: experiment.question,
        command: command,
        settings: settings(),
        contentHash: record.provenance.hashes["experiment"] ?? Fingerprint.hash(of: experiment),
        exploratory: plan.options.exploratory,
        seeds: experiment.seeds),
      subject: RunSummary.Model(
        name: plan.model.name, description: plan.model.summary, note: plan.model.note,
        template: plan.model.template.map { .init(name: $0.name, sha256: $0.hash) }),
      verdict: verdict
        ?? RunSummary.Headline(kind: .notTestable, sentence: "No contrast is primary."),
      gates: gates, contrasts: all, arms: arms,
      associations: experiment.associations.isEmpty
        ? nil : try AssociationResults(record).results(),
      curves: try CurveResults(record).curves(),
      reportByBehaviour: try ReportByBehaviourResults(record).result(ladders),
      seconds: record.seconds,
      provenance: record.provenance, forecasts: scored.isEmpty ? nil : scored,
      failures: record.failures.isEmpty
        ? nil : record.failures.map { .init(subject: $0.cell, error: $0.error) },
      changedFiles: changes.isEmpty ? nil : changes, ladder: ladders.isEmpty ? nil : ladders)
  }

  private static func headline(of standing: RunStanding) -> RunSummary.Headline {
    RunSummary.Headline(
      kind: .unfinished,
      sentence: "The run is unfinished, \(standing.words). It has no verdict before its end.")
  }

  /// What was chosen for this run: the values of variables, and a recipe that was given by hand.
  private func settings() -> [String: [String]] {
    let experiment = record.plan.experiment
    var settings = Dictionary(
      experiment.variables.map { ($0.name, self.settings(of: $0)) },
      uniquingKeysWith: { first, _ in first })
    if let recipe = experiment.training.byHand {
      settings["recipe by hand"] = [recipe.text]
    } else if let recipe = experiment.training.calibrated {
      settings["recipe"] = [recipe.words]
    }
    return settings
  }

  /// The values that a variable took, in the order of the tasks; of an order those that are drawn from.
  private func settings(of variable: Variable) -> [String] {
    if case .order(let values) = variable.source { return values }
    var values: [String] = []
    for cell in record.plan.cells {
      if let value = cell.task.values[variable.name], !values.contains(value) {
        values.append(value)
      }
    }
    return values
  }

  private static func sentence(_ contrast: Contrast, _ judged: ContrastResults.Evaluated) -> String
  {
    let result = judged.result
    let numbers = numbers(contrast, result)
    if let text = squareSentence(contrast, result, numbers) { return text }
    let treatment = contrast.treatment.prefix(1).uppercased() + contrast.treatment.dropFirst()
    let isLess = contrast.direction == .less
    switch result.verdict {
    case .stronglySupported, .supported:
      let strongly =
        result.verdict == .stronglySupported
        ? " The intervals lie at or \(isLess ? "below" : "above") the smallest effect of interest too."
        : ""
      return "\(treatment) \(isLess ? "is below" : "beats") every floor on "
        + "\(contrast.probe)\(numbers).\(strongly)"
    case .notSupported:
      return "\(treatment) is not \(isLess ? "below" : "ahead of") every floor on "
        + "\(contrast.probe) by \(SentenceNumber.text(contrast.smallestEffect)), the smallest effect of "
        + "interest\(numbers)."
    case .inconclusive:
      let needed =
        result.seedsToDecide.map {
          " A new run with about \(Counted.text($0, "new seed")) would decide."
        }
        ?? ""
      let lone =
        result.isLeftOpenByLoneBlocks
        ? " Single seeds lie so far from the others that no effect is ruled out." : ""
      if result.isUninferred == true {
        return "On \(contrast.probe) an effect of the smallest size of interest is ruled out"
          + "\(numbers), but this model does not infer the answer even from a page, so that nothing "
          + "follows for what it knows."
      }
      return "On \(contrast.probe) the seeds do not decide\(numbers).\(lone)\(needed)"
    case .contrary:
      return "Every floor is \(isLess ? "below" : "ahead of") \(contrast.treatment) on "
        + "\(contrast.probe)\(numbers)."
    case .unfinished: return "Subjects that were planned have not been run."
    case .incomplete: return "\(judged.reason ?? "A planned subject is missing")."
    case .notTestable:
      let reason = judged.reason ?? "A gate failed"
      return reason.hasSuffix(".") ? reason : reason + "."
    case .exploratory:
      return "No verdict with so few seeds: \(contrast.treatment) on \(contrast.probe)\(numbers)."
    }
  }

  private static func numbers(_ contrast: Contrast, _ result: RunSummary.ContrastResult) -> String {
    guard let estimate = result.estimate else { return "" }
    var parts = ["difference \(SentenceNumber.text(estimate))"]
    if let interval = result.interval, interval.lower != nil || interval.upper != nil {
      parts.append(
        "\(Int((interval.level * 100).rounded()))% interval "
          + SentenceNumber.text(interval))
    }
    if let p = result.p {
      parts.append(p < 0.001 ? "p < 0.001" : "p = \(SentenceNumber.text(p, places: 3))")
    }
    parts.append(
      Counted.text(result.seeds, result.square == nil ? "seed" : "name"))
    return " (\(parts.joined(separator: ", ")))"
  }
}
