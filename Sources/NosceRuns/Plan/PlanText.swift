import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows

extension Plan {
  /// How long the plan takes and how much memory, in words.
  package func cost(_ forecast: ResourceForecast, parallel: Int = 1) -> String {
    let seconds = seconds(forecast, parallel: parallel)
    let time =
      seconds < 90 ? "\(Int(seconds.rounded(.up))) s" : "\(Int((seconds / 60).rounded(.up))) min"
    let memory = forecast.peakBytes.map { ", \(ResourceForecast.text($0)) of memory" } ?? ""
    return "about \(time) here\(memory)\(forecast.bill.map { ", \($0.words)" } ?? "")"
      + (forecast.judging?.bill.map { "; the judge: \($0.words)" } ?? "")
  }

  /// How long the plan takes, in seconds, with what the judge takes.
  package func seconds(_ forecast: ResourceForecast, parallel: Int = 1) -> Double {
    work.seconds(forecast.rates, parallel: parallel) + (forecast.judging?.seconds ?? 0)
  }

  /// The plan in words, for a terminal of so many columns. Lines are broken at blanks, and names are
  /// never cut.
  package func text(
    _ forecast: ResourceForecast = ResourceForecast(), parallel: Int = 1, width: Int = .max,
    spreads: BaseSpreads = BaseSpreads()
  ) -> String {
    var page = PlanPage(width: width)
    addHead(to: &page)
    page.addHeading("Arms")
    for arm in experiment.arms { page.addEntry(arm.name, describe(arm), column: 17) }
    for name in experiment.replaceableRows {
      page.addItem("rows '\(name)' can be replaced: --data \(name)=FILE")
    }
    page.addHeading("Probes")
    for probe in experiment.probes {
      let unit = cells.lazy.filter(\.isMain).flatMap(\.units).first { $0.probe == probe.name }
      page.addEntry(
        probe.name,
        "\(probe.kind.rawValue), " + describe(probe, items: unit?.items ?? 0) + measured(probe)
          + (forecast.bill?.words(of: probe.name).map { "; \($0)" } ?? ""),
        column: 25)
    }
    page.addHeading("Gates")
    for gate in experiment.gates {
      let limit = gate.atLeast.map { ", at least \($0)" } ?? ""
      page.addEntry(
        gate.name, "\(gate.kind.rawValue)\(limit): " + gate.arms.joined(separator: ", "),
        column: 25)
    }
    page.addHeading("Contrasts")
    for (contrast, planned) in zip(experiment.contrasts, contrasts) {
      page.addItem(describe(contrast, planned, spreads))
    }
    page.addBlank()
    page.addParagraph(
      "Work: \(Counted.text(work.trainedSubjects, "training")), "
        + "\(Counted.text(work.sampledAnswers, "sampled answer")), "
        + "\(Counted.text(work.scoredAnswers, "scored answer"))\(judging(forecast)); "
        + cost(forecast, parallel: parallel))
    page.addParagraph("Plan \(contentHash.prefix(12))")
    if !omissions.isEmpty {
      page.addHeading("Left out on this model")
      for omission in omissions { page.addItem(omission.words) }
    }
    if !refusals.isEmpty {
      page.addHeading("Cannot be run on this model")
      for refusal in refusals { page.addItem(refusal) }
    }
    return page.lines.joined(separator: "\n") + "\n"
  }

  private func addHead(to page: inout PlanPage) {
    let question = experiment.question.split(whereSeparator: \.isNewline).joined(separator: " ")
    let exploratory = options.exploratory ? " (exploratory: no verdict)" : ""
    page.addParagraph(experiment.title)
    page.addBlank()
    page.addEntry("question", question)
    page.addEntry("model", "\(model.name): \(model.summary)\(Self.through(model))")
    if let judgeWords { page.addEntry("judge", judgeWords) }
    if let trainer { page.addEntry("trainer", "\(trainer); the time is as if Nosce trained") }
    if let materials {
      page.addEntry("materials", "\(materials.name) (\(materials.hash.prefix(12)))")
    }
    page.addEntry("seeds", "\(experiment.seeds)\(exploratory)")
    for variable in experiment.variables {
      page.addEntry(variable.name, variable.values.joined(separator: ", "))
    }
    if let recipe = experiment.training.byHand {
      page.addEntry("recipe", "by hand: \(recipe.text)")
    } else if let recipe = experiment.training.calibrated {
      page.addEntry("recipe", recipe.words)
    }
  }

  /// The chat template that a model is asked through, where one was given for it.
  private static func through(_ model: ModelIdentity) -> String {
    model.template.map { ", through the chat template \($0.words)" } ?? ""
  }

  /// How a probe is measured on this model.
  private func measured(_ probe: Probe) -> String {
    measurements.first { $0.probe == probe.name }.map { "; \($0.method.words)" } ?? ""
  }

  private var judgeWords: String? {
    if let judge {
      let ratings = judgeMethod.map { "; ratings by \($0.ratingWords)" } ?? ""
      return "\(judge.name): \(judge.summary)\(Self.through(judge))\(ratings)"
    }
    if judgedProbes.isEmpty { return nil }
    return "none; --judge is needed for \(judgedProbes.joined(separator: ", "))"
  }

  private func judging(_ forecast: ResourceForecast) -> String {
    if work.judgedTexts == 0 { return "" }
    let time = forecast.judging == nil ? " (time not included)" : ""
    return ", \(Counted.text(work.judgedTexts, "text")) for the judge\(time)"
  }

  private func describe(_ probe: Probe, items: Int) -> String {
    if let difference = probe.difference {
      return "\(difference.of) less \(difference.minus)"
    }
    var text = "\(Counted.text(items, "answer")) a subject"
    if let choices = probe.choices {
      text += ", chance \(String(format: "%.3f", experiment.chance(of: choices)))"
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
    if let adapter = arm.adapter {
      return "\(arm.role.rawValue), \(Counted.text(cells.count, "subject")), "
        + "\(adapter.words), no training"
    }
    if let context = arm.context {
      return "\(arm.role.rawValue), \(Counted.text(cells.count, "subject")), \(context.words), "
        + "no training"
    }
    guard let training = cells.first?.training else {
      let times = cells.count == 1 ? "once" : "\(cells.count) times"
      return "\(arm.role.rawValue), untrained, asked \(times)"
    }
    let control = arm.rows.compactMap(\.control).map(\.name)
    let made = arm.rows.compactMap { source -> String? in
      switch source.origin {
      case .file(let file): file.path.split(separator: "/").last.map(String.init)
      case .selfWritten: "written by \(model.name) itself"
      case .ownAnswers: "answered by \(model.name) itself"
      case .spelledLines, .tasks, .grammar, .given, .sameAs: nil
      }
    }
    let origins = made.enumerated().filter { !made.prefix($0.offset).contains($0.element) }
    let words = (origins.map(\.element) + control).map { ", \($0)" }.joined()
    let settings = training.settings
    return "\(arm.role.rawValue), \(Counted.text(cells.count, "subject")), "
      + "\(Counted.text(training.rows.count, "row"))\(words), "
      + "\(Counted.text(settings.steps, "step")) at \(settings.learningRate), "
      + "rank \(settings.rank)"
  }
}

/// The lines of a plan in words.
private struct PlanPage {
  let width: Int
  private(set) var lines: [String] = []

  init(width: Int) { self.width = width }

  mutating func addBlank() { lines.append("") }

  mutating func addHeading(_ text: String) { lines += ["", text] }

  mutating func addEntry(_ name: String, _ text: String, column: Int = 13) {
    lines += ColumnText.entry(
      ColumnText.clean(name), ColumnText.clean(text), column: column, width: width)
  }

  mutating func addItem(_ text: String) {
    lines += ColumnText.paragraph(ColumnText.clean(text), indent: 2, hanging: 4, width: width)
  }

  mutating func addParagraph(_ text: String) {
    lines += ColumnText.paragraph(ColumnText.clean(text), hanging: 2, width: width)
  }
}
