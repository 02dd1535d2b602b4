import NosceCore
import NosceExperiment
import NosceFormats
import NoscePorts
import NosceRows
import NosceRuns

/// What a search for a recipe trains and asks, round by round: subjects on values and seeds that no run
/// uses, asked what the gates look at and nothing that a claim is about.
package struct CalibrationPlan: Sendable {
  /// A round is one exploratory run: base, and an arm for each recipe.
  package enum Round: Sendable, Hashable {
    /// Recipes with so many steps side by side, on the first value.
    case search([RecipeCandidate])
    /// One recipe on every value, with another seed and the arms that gates compare with.
    case confirmation(RecipeCandidate)

    package var candidates: [RecipeCandidate] {
      switch self {
      case .search(let candidates): candidates
      case .confirmation(let candidate): [candidate]
      }
    }
  }

  /// Seeds of runs begin at 1 and end at 1000.
  private static let searchSeed = 1_000_001
  /// With the seed of the search, what was chosen by its draw there would be confirmed by the same draw.
  private static let confirmationSeed = 1_000_002

  package let experiment: Experiment
  package let settings: CalibrationSettings
  package let model: ModelIdentity
  package let materials: Materials.Mark
  /// The hashes of what the rounds use of the materials' world.
  private let world: [String]
  /// The arm whose training is looked for.
  package let treatment: Arm
  /// The gates that say whether it was learnt, and honestly.
  package let gates: [Gate]
  private let probes: [Probe]

  /// Whether rows are trained on as they stand, so that fewer steps would leave out the last ones.
  package var isOrdered: Bool {
    (treatment.training?.order ?? experiment.training.settings(for: model.name).order) == .given
  }

  /// Refuses an experiment that says nothing of a search, or has no gate that a search could be led by.
  package init(experiment: Experiment, model: ModelIdentity, materials: Materials) throws {
    let experiment = experiment.settled(for: model.name)
    func failure(_ found: String, _ allowed: String) -> LabError {
      LabError(.invalidExperiment, "\(experiment.name): found \(found); allowed: \(allowed)")
    }
    guard let settings = experiment.calibration else {
      throw failure(
        "no `calibrate` in the experiment or the materials '\(materials.name)'",
        "one that says on which values a recipe is looked for (docs/commands.md)")
    }
    guard let primary = experiment.contrasts.first(where: \.primary),
      let treatment = experiment.arm(primary.treatment)
    else { throw failure("no primary contrast", "exactly one") }
    self.experiment = experiment
    self.settings = settings
    self.model = model
    self.materials = materials.mark
    world = Self.used(materials, by: experiment)
    self.treatment = treatment
    // Whether words about itself are coherent is no reason to ask for them. A gate may rest on what was
    // learnt being said, as of documents, so long as no claim is about it.
    let claimed = experiment.claimedProbes
    let reports = Set(experiment.probes.filter(experiment.isReport).map(\.name))
    gates = experiment.gates.compactMap { gate in
      let unseen = gate.kind == .coherent || gate.kind == .novel ? reports : claimed
      return gate.forSearch(of: treatment.name, unseen: unseen)
    }
    let asked = Set(gates.flatMap(\.probes))
    let sources = Set(experiment.probes.filter { asked.contains($0.name) }.compactMap(\.source))
    probes = experiment.probes.filter { asked.union(sources).contains($0.name) }
      .map { probe in
        var probe = probe
        probe.arms = nil
        probe.told = nil
        return probe
      }
    guard gates.contains(where: { $0.kind == .behaviour && isReached($0) }) else {
      throw failure(
        "no gate of kind behaviour on what \(treatment.name) does",
        "one, whose probe no claim is about")
    }
  }

  /// The experiment of a round.
  package func experiment(of round: Round) -> Experiment {
    let isConfirmation = if case .confirmation = round { true } else { false }
    var result = experiment
    result.variables = experiment.variables.map { variable in
      guard let values = settings.development[variable.name] else { return variable }
      return Variable(variable.name, .each(isConfirmation ? values : Array(values.prefix(1))))
    }
    result.seeds = 1
    result.associations = []
    result.curves = nil
    result.dose = nil
    result.calibration = nil
    result.probes = probes
    result.training.calibrated = nil
    result.training.byHand = nil
    let base = experiment.arms.filter { !$0.isTrained }
    let controls = isConfirmation ? controls() : []
    result.arms =
      base
      + round.candidates.enumerated().flatMap { number, candidate in
        ([treatment] + controls).map {
          trained($0, candidate, number, isConfirmation ? Self.confirmationSeed : Self.searchSeed)
        }
      }
    result.gates = gates.compactMap { gate in
      var gate = gate
      if let against = gate.against, experiment.arm(against)?.isTrained == true {
        guard isConfirmation else { return nil }
        gate.against = name(of: against, 0)
      }
      // Room is a matter of the untrained model.
      if gate.kind != .room {
        gate.arms = round.candidates.indices.map { name(of: treatment.name, $0) }
      }
      return gate
    }
    let probe = gates.first { $0.kind == .behaviour && isReached($0) }?.probes.first ?? ""
    result.contrasts = [
      Contrast(
        name: "learnt", primary: true, probe: probe, treatment: name(of: treatment.name, 0),
        floors: base.map { Contrast.Floor($0.name) }, direction: .greater,
        smallestEffect: 0.1, level: 0.05, specificity: false)
    ]
    return result
  }

  /// Whether more training can help a gate: it is about what is learnt, and not about what must not
  /// suffer.
  package func isReached(_ gate: Gate) -> Bool {
    guard gate.kind == .behaviour || gate.kind == .differential, (gate.atLeast ?? 0) > 0
    else { return false }
    return !gate.probes.contains { name in
      [.topic, .plainLanguage].contains(experiment.probe(name)?.kind)
    }
  }

  /// The most training that the search looks through, at one of its rates.
  package var dearest: RecipeCandidate {
    settings.candidates(steps: settings.steps.last ?? 1).max { ($0.rows ?? 0) < ($1.rows ?? 0) }
      ?? RecipeCandidate(learningRate: 1e-3, steps: 1)
  }

  /// The arms that gates compare with.
  private func controls() -> [Arm] {
    let names = Set(gates.compactMap(\.against))
    return experiment.arms.filter { names.contains($0.name) && $0.isTrained }
  }

  /// The name of a recipe's arm: with several recipes numbered.
  package func name(of arm: String, _ number: Int) -> String { "\(arm) \(number + 1)" }

  private func trained(
    _ arm: Arm, _ candidate: RecipeCandidate, _ number: Int, _ seed: Int
  ) -> Arm {
    var arm = arm
    arm.note = candidate.words
    arm.training = candidate.applied(to: arm.training ?? TrainingOverrides())
    arm.rowCount = candidate.rows
    // Controls that are made of the rows of the treatment follow it to its new name.
    arm.rows = arm.rows.map { source in
      guard case .sameAs(let other) = source.origin else { return source }
      var source = source
      source.origin = .sameAs(arm: name(of: other, number))
      return source
    }
    arm.name = name(of: arm.name, number)
    arm.firstSeed = seed
    return arm
  }

  /// How many subjects a round trains.
  package func trainings(of round: Round) -> Int {
    switch round {
    case .search(let candidates): candidates.count
    case .confirmation:
      (1 + controls().count) * settings.development.values.reduce(1) { $0 * max(1, $1.count) }
    }
  }

  /// What of the materials the rounds use, beside what is in the experiment: a bank that they do not draw
  /// from may change.
  private static func used(_ materials: Materials, by experiment: Experiment) -> [String] {
    let taught = experiment.arms.flatMap(\.rows).compactMap { source -> String? in
      switch source.origin {
      case .tasks(let bank, _, _), .ownAnswers(let bank, _, _): bank
      case .spelledLines, .selfWritten, .grammar, .file, .given, .sameAs: nil
      }
    }
    let asked = experiment.probes.compactMap { probe in
      if case .tasks(let bank, _, _)? = probe.prompt?.questions { bank } else { nil }
    }
    let names = Set(taught + asked).union(["lines", "words"])
    return names.sorted().map { "\($0) \(materials.parts[$0] ?? "none")" }
  }

  /// Changes whenever a search would: its model, materials, rows, gates, and what it looks through.
  package var hash: String {
    let whole = Round.search(settings.steps.flatMap(settings.candidates))
    let all = [whole, .confirmation(RecipeCandidate(learningRate: 1e-3, steps: 1))]
    let parts = all.map { Fingerprint.hash(of: experiment(of: $0)) }
    return ContentHash.of(
      ([model.contentHash, "\(settings.budget) \(settings.margin)"] + world + parts).joined(
        separator: "\n"))
  }
}

extension Experiment {
  /// What claims are about: the probes of contrasts and associations, and what they are made of.
  fileprivate var claimedProbes: Set<String> {
    var names = Set(
      contrasts.flatMap { [$0.probe] + $0.floors.compactMap(\.probe) }
        + associations.flatMap { [$0.probe, $0.otherProbe] })
    for probe in probes {
      if names.contains(probe.name), let parts = probe.difference {
        names.formUnion([parts.of, parts.minus])
      }
    }
    return names.filter { name in probe(name).map(isReport) ?? false }
  }
}

extension Gate {
  /// The gate as a search looks at it; nil where it is about another arm, about rows alone, or about
  /// something that a claim is about.
  fileprivate func forSearch(of arm: String, unseen claimed: Set<String>) -> Gate? {
    switch kind {
    case .leakage, .templates, .adapterLive: return nil
    case .behaviour, .novel, .differential, .coherent, .room: break
    }
    guard kind == .room || arms.contains(arm), exemptions[arm] == nil else { return nil }
    var gate = self
    gate.probes = probes.filter { !claimed.contains($0) }
    gate.exemptions = [:]
    return gate.probes.isEmpty ? nil : gate
  }
}
