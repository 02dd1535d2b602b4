import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows

extension Plan {
  /// How long the plan takes and how much memory, in words.
  package func cost(_ forecast: ResourceForecast, parallel: Int = 1) -> String {
    let seconds = work.seconds(forecast.rates, parallel: parallel)
    let time =
      seconds < 90 ? "\(Int(seconds.rounded(.up))) s" : "\(Int((seconds / 60).rounded(.up))) min"
    let memory = forecast.peakBytes.map { ", \(ResourceForecast.text($0)) of memory" } ?? ""
    return "about \(time) here\(memory)"
  }

  /// The plan in words, for a terminal.
  package func text(
    _ forecast: ResourceForecast = ResourceForecast(), parallel: Int = 1
  ) -> String {
    let question = experiment.question.split(whereSeparator: \.isNewline).joined(separator: " ")
    let exploratory = options.exploratory ? " (exploratory: no verdict)" : ""
    var lines = [
      experiment.title, "",
      "  question   \(question)",
      "  model      \(model.name): \(model.summary)",
      judgeLine,
      materials.map { "  materials  \($0.name) (\($0.hash.prefix(12)))" },
      "  seeds      \(experiment.seeds)\(exploratory)",
    ].compactMap(\.self)
    for variable in experiment.variables {
      lines.append("  \(Self.padded(variable.name, 10)) \(variable.values.joined(separator: ", "))")
    }
    if let recipe = experiment.training.byHand {
      lines.append("  recipe     by hand: \(recipe.text)")
    }
    lines += ["", "Arms"]
    for arm in experiment.arms { lines.append("  " + describe(arm)) }
    for name in experiment.replaceableRows {
      lines.append("  rows '\(name)' can be replaced: --data \(name)=FILE")
    }
    lines += ["", "Probes"]
    for probe in experiment.probes {
      let unit = cells.lazy.filter(\.isMain).flatMap(\.units).first { $0.probe == probe.name }
      lines.append(
        "  \(Self.padded(probe.name, 22)) \(probe.kind.rawValue), "
          + describe(probe, items: unit?.items ?? 0) + measured(probe))
    }
    lines += ["", "Gates"]
    for gate in experiment.gates {
      let limit = gate.atLeast.map { ", at least \($0)" } ?? ""
      lines.append(
        "  \(Self.padded(gate.name, 22)) \(gate.kind.rawValue)\(limit): "
          + gate.arms.joined(separator: ", "))
    }
    lines += ["", "Contrasts"]
    for (contrast, planned) in zip(experiment.contrasts, contrasts) {
      let floors = contrast.floors.map(\.name)
      let sign = contrast.direction == .greater ? ">" : "<"
      lines.append(
        "  \(contrast.name)\(contrast.primary ? " (primary)" : ""): \(contrast.treatment) \(sign) "
          + "\(floors.joined(separator: ", ")) on \(contrast.probe); smallest effect "
          + "\(contrast.smallestEffect), level \(contrast.level), smallest p "
          + String(format: "%.4f", planned.smallestP))
    }
    lines += [
      "",
      "Work: \(work.trainedSubjects) trainings, \(work.sampledAnswers) sampled answers, "
        + "\(work.scoredAnswers) scored answers\(judging); \(cost(forecast, parallel: parallel))",
      "Plan \(contentHash.prefix(12))",
    ]
    if !refusals.isEmpty {
      lines += ["", "Cannot be run on this model"] + refusals.map { "  \($0)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// How a probe is measured on this model.
  private func measured(_ probe: Probe) -> String {
    measurements.first { $0.probe == probe.name }.map { "; \($0.method.words)" } ?? ""
  }

  private var judgeLine: String? {
    if let judge { return "  judge      \(judge.name): \(judge.summary)" }
    if judgedProbes.isEmpty { return nil }
    return "  judge      none; --judge is needed for \(judgedProbes.joined(separator: ", "))"
  }

  private var judging: String {
    work.judgedTexts == 0 ? "" : ", \(work.judgedTexts) texts for the judge (time not included)"
  }

  private func describe(_ probe: Probe, items: Int) -> String {
    if let difference = probe.difference {
      return "\(difference.of) less \(difference.minus)"
    }
    var text = "\(items) answers a subject"
    if let choices = probe.choices {
      text += ", chance \(String(format: "%.3f", 1 / Double(choices.count)))"
    }
    if let scale = probe.scale {
      text += scale.isReversed ? ", in both directions" : ", in one direction only"
    }
    if probe.judging != nil { text += ", rated by the judge" }
    if probe.isCollected { text += ", kept to be read and not scored" }
    return text
  }

  private func describe(_ arm: Arm) -> String {
    let cells = cells.filter { $0.isMain && $0.arm == arm.name }
    guard let training = cells.first?.training else {
      return "\(Self.padded(arm.name, 14)) \(arm.role.rawValue), untrained, asked \(cells.count) x"
    }
    let control = arm.rows.compactMap(\.control).map(\.name)
    let files = arm.rows.compactMap { source -> String? in
      if case .file(let file) = source.origin {
        file.path.split(separator: "/").last.map(String.init)
      } else {
        nil
      }
    }
    let made = (files + control).map { ", \($0)" }.joined()
    let settings = training.settings
    return "\(Self.padded(arm.name, 14)) \(arm.role.rawValue), \(cells.count) subjects, "
      + "\(training.rows.count) rows\(made), \(settings.steps) steps at \(settings.learningRate), "
      + "rank \(settings.rank)"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text.count >= width ? text : text + String(repeating: " ", count: width - text.count)
  }
}
