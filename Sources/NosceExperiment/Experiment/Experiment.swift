/// One experiment: a question, its arms, how they are trained and asked, and what would count as
/// an answer, all stated before any result exists.
///
/// Files in YAML decode to this type (see ``ExperimentFile``), and everything that a file can say
/// can be said in Swift with the same types.
package struct Experiment: Codable, Sendable, Hashable {
  package var name: String
  package var title: String
  package var question: String
  package var note: String?
  /// What the templates of the experiment can refer to, such as `{word}`.
  package var variables: [Variable]
  package var hosts: Hosts
  /// Trained subjects per arm and task. The unit of every test.
  package var seeds: Int
  /// How many on a model of the given name, where that differs; decided once the model is known.
  package var seedsByBackend: [String: Int] = [:]
  /// The master seed from which every stream of random numbers is derived.
  package var seed: UInt64
  package var training: TrainingRecipe
  package var arms: [Arm]
  package var probes: [Probe]
  package var gates: [Gate]
  package var contrasts: [Contrast]
  /// What may go together from subject to subject.
  package var associations: [Association]
  /// Measured along the way when asked for, one setting at a time.
  package var curves: DoseSettings?
  /// The same with every combination of the settings.
  package var dose: DoseSettings?
  /// How a recipe is looked for on models that the file has none for.
  package var calibration: CalibrationSettings?

  package init(
    name: String, title: String, question: String, note: String? = nil,
    variables: [Variable] = [], hosts: Hosts = Hosts(), seeds: Int = 5, seed: UInt64 = 1,
    training: TrainingRecipe = TrainingRecipe(), arms: [Arm], probes: [Probe], gates: [Gate] = [],
    contrasts: [Contrast], associations: [Association] = [], curves: DoseSettings? = nil,
    dose: DoseSettings? = nil, calibration: CalibrationSettings? = nil
  ) {
    self.name = name
    self.title = title
    self.question = question
    self.note = note
    self.variables = variables
    self.hosts = hosts
    self.seeds = seeds
    self.seed = seed
    self.training = training
    self.arms = arms
    self.probes = probes
    self.gates = gates
    self.contrasts = contrasts
    self.associations = associations
    self.curves = curves
    self.dose = dose
    self.calibration = calibration
  }

  package func arm(_ name: String) -> Arm? { arms.first { $0.name == name } }
  package func probe(_ name: String) -> Probe? { probes.first { $0.name == name } }
  package func variable(_ name: String) -> Variable? { variables.first { $0.name == name } }
}

/// Plans of the schema `nosce-plan-2` leave out `associations` where it is the usual.
extension Experiment {
  private enum Key: String, CodingKey {
    case name, title, question, note, variables, hosts, seeds, seed, training, arms, probes,
      gates, contrasts, associations, curves, dose, calibration
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    name = try container.decode(String.self, forKey: .name)
    title = try container.decode(String.self, forKey: .title)
    question = try container.decode(String.self, forKey: .question)
    note = try container.decodeIfPresent(String.self, forKey: .note)
    variables = try container.decode([Variable].self, forKey: .variables)
    hosts = try container.decode(Hosts.self, forKey: .hosts)
    seeds = try container.decode(Int.self, forKey: .seeds)
    seedsByBackend = [:]
    seed = try container.decode(UInt64.self, forKey: .seed)
    training = try container.decode(TrainingRecipe.self, forKey: .training)
    arms = try container.decode([Arm].self, forKey: .arms)
    probes = try container.decode([Probe].self, forKey: .probes)
    gates = try container.decode([Gate].self, forKey: .gates)
    contrasts = try container.decode([Contrast].self, forKey: .contrasts)
    associations = try container.decodeIfPresent([Association].self, forKey: .associations) ?? []
    curves = try container.decodeIfPresent(DoseSettings.self, forKey: .curves)
    dose = try container.decodeIfPresent(DoseSettings.self, forKey: .dose)
    calibration = try container.decodeIfPresent(CalibrationSettings.self, forKey: .calibration)
  }
}
