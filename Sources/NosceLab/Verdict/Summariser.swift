import Foundation
import NosceStatistics

/// Makes the summary of a run from what its store holds.
package struct Summariser: Sendable {
  package var record: RunRecord
  /// The exact command that reproduces the run.
  package var command: String

  package init(_ record: RunRecord, command: String) {
    self.record = record
    self.command = command
  }

  package static func summary(of folder: RunFolder, command: String) async throws -> RunSummary {
    try Summariser(try await RunRecord(folder), command: command).summary()
  }

  package func summary() throws -> RunSummary {
    let plan = record.plan
    let experiment = plan.experiment
    let gates = try GateCheck(record).results()
    let judged = try ContrastJudge(record: record, gates: gates).contrasts()
    let primary = zip(experiment.contrasts, judged).first { $0.0.primary }
    let forecasts = try ForecastScoring.results(
      record.forecasts, contrasts: judged.map(\.result), plan: plan,
      started: record.provenance.started)
    let verdict = primary.map { contrast, judged in
      RunSummary.Verdict(
        kind: judged.result.verdict,
        sentence: Self.sentence(contrast, judged))
    }
    return RunSummary(
      experiment: RunSummary.Experiment(
        name: experiment.name, title: experiment.title, question: experiment.question,
        command: command,
        settings: Dictionary(
          experiment.variables.map { ($0.name, settings(of: $0)) },
          uniquingKeysWith: { first, _ in first }),
        contentHash: try ContentHash.of(json: experiment), exploratory: plan.options.exploratory,
        seeds: experiment.seeds),
      subject: RunSummary.Subject(
        name: plan.model.name, description: plan.model.summary, note: plan.model.note),
      verdict: verdict
        ?? RunSummary.Verdict(kind: .notTestable, sentence: "No contrast is primary."),
      gates: gates, contrasts: judged.map(\.result), arms: try ArmResults(record).results(),
      associations: experiment.associations == nil
        ? nil : try AssociationResults(record).results(),
      curves: try CurveResults(record).curves(), seconds: record.seconds,
      provenance: record.provenance, forecasts: forecasts.isEmpty ? nil : forecasts)
  }

  /// The values that a variable took, in the order of the tasks.
  private func settings(of variable: Variable) -> [String] {
    var values: [String] = []
    for cell in record.plan.cells {
      if let value = cell.task.values[variable.name], !values.contains(value) {
        values.append(value)
      }
    }
    return values
  }

  private static func sentence(_ contrast: Contrast, _ judged: ContrastJudge.Judged) -> String {
    let result = judged.result
    let numbers = numbers(contrast, result)
    let treatment = contrast.treatment.prefix(1).uppercased() + contrast.treatment.dropFirst()
    switch result.verdict {
    case .supported: return "\(treatment) beats every floor on \(contrast.probe)\(numbers)."
    case .notSupported:
      return "\(treatment) is not ahead of its hardest floor on \(contrast.probe) by "
        + "\(number(contrast.smallestEffect)), the smallest effect of interest\(numbers)."
    case .inconclusive:
      let needed = result.seedsToDecide.map { " About \($0) seeds per arm would decide." } ?? ""
      return "On \(contrast.probe) the seeds do not decide\(numbers).\(needed)"
    case .contrary:
      return "Every floor is ahead of \(contrast.treatment) on \(contrast.probe)\(numbers)."
    case .notTestable: return "\(judged.reason ?? "A gate failed")."
    case .exploratory:
      return "No verdict with so few seeds: \(contrast.treatment) on \(contrast.probe)\(numbers)."
    }
  }

  private static func numbers(_ contrast: Contrast, _ result: RunSummary.Contrast) -> String {
    guard let estimate = result.estimate else { return "" }
    var parts = ["difference \(number(estimate))"]
    if let interval = result.interval {
      parts.append(
        "\(Int((interval.level * 100).rounded()))% interval \(number(interval.lower)) to "
          + number(interval.upper))
    }
    if let p = result.p { parts.append(p < 0.001 ? "p < 0.001" : "p = \(number(p, places: 3))") }
    parts.append("\(result.seeds) seeds")
    return " (\(parts.joined(separator: ", ")))"
  }

  private static func number(_ value: Double, places: Int = 2) -> String {
    // Rounding first keeps a minus sign off what is shown as zero.
    let scale = pow(10, Double(places))
    let rounded = (value * scale).rounded() / scale
    return String(format: "%.\(places)f", rounded == 0 ? 0 : rounded)
  }
}
