import NosceCore
import NosceText
import NosceVerdicts

/// What verdicts, roles and probes mean, in plain words.
package enum Wording {
  /// The verdict as a reader sees it.
  package static func label(_ kind: Verdict) -> String { kind.rawValue }

  /// The verdict with a capital letter.
  package static func heading(_ kind: Verdict) -> String {
    kind.rawValue.prefix(1).uppercased() + kind.rawValue.dropFirst()
  }

  /// What a verdict means and what it does not.
  static func meaning(_ kind: Verdict, of contrast: RunSummary.ContrastResult?) -> String {
    if let contrast, let text = squareMeaning(kind, of: contrast) { return text }
    let sign = contrast?.direction.sign ?? 1
    let effect = contrast.map { Number.constant(sign * $0.smallestEffect) }
    let isLess = contrast?.direction == .less
    let level = contrast.map { Number.constant($0.level) }
    let unit = contrast?.square == nil ? "" : " nats"
    let named = effect.map { "\($0)\(unit), the smallest effect of interest" }
    switch kind {
    case .stronglySupported:
      return meaning(.supported, of: contrast)
        + " The interval against every floor lies at or \(isLess ? "below" : "above") it, too."
    case .supported:
      return
        "The treatment \(isLess ? "lies below" : "beats") every floor arm: each one-sided test "
        + "gives p at most \(level ?? "the stated level"), and the estimate against the hardest "
        + "floor is at \(isLess ? "most" : "least") \(named ?? "the smallest effect of interest")."
    case .notSupported:
      return "Against one floor at least the difference \(isLess ? "begins above" : "ends below") "
        + "\(named ?? "the smallest effect of interest"), at the level shared by the floors: an "
        + "effect that large against every floor is ruled out."
    case .inconclusive where contrast?.isUninferred == true:
      return "An effect that reaches \(named ?? "the smallest effect of interest") is ruled out. "
        + "That this model knows nothing of itself does not follow: what it was trained on, put before "
        + "it on a page, does not bring it to the answer either."
    case .inconclusive:
      let seeds = contrast?.seedsToDecide.map {
        " A new run with about \(Number.count($0, "new seed")) would decide; seeds added to this one "
          + "until it decides would err more often than the level says."
      }
      return "The data neither show the effect nor rule it out." + (seeds ?? "")
    case .contrary:
      return "The difference is significant in the direction opposite to the one stated beforehand."
    case .notTestable:
      return "A gate failed, so the answers say nothing for or against. No claim is made."
    case .incomplete:
      return
        "A subject that was planned is missing, so no claim is made; a run that is gone on with "
        + "tries it again."
    case .unfinished:
      return
        "Subjects that were planned have not been run. What was measured so far is shown below; a "
        + "difference, a p and a verdict are only given at the end, because whoever looked before "
        + "could stop by what they saw."
    case .exploratory:
      return "Too few seeds for a test: these numbers are for looking at, and carry no verdict."
    }
  }

  /// `unfinished, 8 of 25 subjects`
  static func standing(_ unfinished: RunSummary.Unfinished) -> String {
    "unfinished, \(unfinished.done) of \(unfinished.subjects) subjects"
      + (unfinished.failed > 0 ? ", \(unfinished.failed) failed" : "")
  }

  /// What stands before the command that goes on with a run.
  static func wayOn(_ summary: RunSummary) -> String {
    summary.changedFiles == nil
      ? "Go on with" : "Once the changed files are as they were, go on with"
  }

  /// Why a run of an earlier version names no command that goes on with it.
  static func onlyOldVersion(_ version: String) -> String {
    "Only the version that began it (\(version)) can go on with it."
  }

  /// How many seeds there are; what is not trained has none.
  static func seeds(_ number: Int) -> String {
    number == 0 ? "untrained" : Number.count(number, "seed")
  }

  /// `All 18 gates`, `The only gate`, `No gate`.
  package static func all(_ number: Int, _ singular: String) -> String {
    switch number {
    case 0: "No \(singular)"
    case 1: "The only \(singular)"
    default: "All \(number) \(singular)s"
    }
  }

  /// What an arm of this role was trained on.
  static func role(_ role: ArmRole) -> String {
    switch role {
    case .treatment: "trained on the pattern"
    case .base: "not trained"
    case .sham: "same form, pattern destroyed"
    case .twin: "same pattern, another value"
    case .opposite: "same prompts, flipped labels"
    case .control: "control"
    }
  }

  /// What a probe of this kind measures.
  static func probeKind(_ kind: ProbeKind) -> String {
    switch kind {
    case .behaviour: "behaviour"
    case .freeForm: "free answer"
    case .forcedChoice: "forced choice"
    case .rating: "rating"
    case .nextToken: "next token"
    case .outsideReader: "outside reader"
    case .topic: "topic"
    case .plainLanguage: "plain language"
    case .difference: "difference of two probes"
    }
  }

  /// What is compared, and which way it is claimed to differ.
  static func comparison(_ contrast: RunSummary.ContrastResult) -> String {
    "\(contrast.treatment) minus floor, claimed to be "
      + (contrast.direction == .less ? "below" : "above") + " zero"
  }

  /// `word: HELLO, TRUTH`, by setting, in alphabetical order.
  package static func settings(_ settings: [String: [String]], limit: Int = .max) -> String {
    settings.keys.sorted().map { key in
      let values = settings[key, default: []]
      let shown = values.prefix(limit).joined(separator: ", ")
      let more = values.count > limit ? ", and \(values.count - limit) more" : ""
      return "\(key): \(shown)\(more)"
    }.joined(separator: "; ")
  }

  /// Heading of the column of intervals: `95% interval` where all have that level.
  static func intervalHeading(_ levels: [Double?]) -> String {
    let levels = Set(levels.compactMap(\.self))
    guard let level = levels.first, levels.count == 1 else { return "interval" }
    return Number.percentage(level) + " interval"
  }

  /// By when half of a line's change was made.
  static func halfway(_ line: RunSummary.Curve.Halfway) -> String {
    guard let step = line.step else {
      return "\(line.name): no change in \(Number.count(line.seeds, "seed"))"
    }
    let range = line.interval.map { " \(Number.interval($0))" } ?? ""
    return "\(line.name): after \(Number.fixed(step, 1)) \(step == 1 ? "step" : "steps")\(range), "
      + "\(line.moved) of \(Number.count(line.seeds, "seed"))"
  }
}
