import Foundation
import NosceCore
import NosceExperiment
import NosceKeys
import NoscePorts
import NosceRows

/// Turns the YAML of an experiment file into an ``Experiment``.
struct ExperimentDecoder {
  let root: YAMLValue
  /// Where banks and words come from.
  let materials: Materials

  func experiment() -> Experiment? {
    guard let fields = root.fields(.experiment) else { return nil }
    let variables = fields["variables"].map(variables) ?? []
    let named = variables.flatMap(\.placeholders)
    let hosts = fields["hosts"].map { self.hosts($0, variables: named) } ?? Hosts()
    let scope = named + hosts.placeholders
    let (base, backends) = fields["training"].map(training) ?? (TrainingSettings(), [])
    let arms = fields.required("arms").map { self.arms($0, scope: scope) } ?? []
    let armNames = names(fields["arms"])
    let probes = ProbeDecoder(
      arms: armNames, scope: scope, materials: materials, variables: variables
    ).probes(fields.required("probes"))
    let probeNames = names(fields["probes"])
    let claims = ClaimDecoder(
      arms: arms, armNames: armNames, probes: probes,
      probeNames: probeNames, scope: scope, variables: variables)
    let gates = fields["gates"].map(claims.gates) ?? []
    let contrasts = fields.required("contrasts").map(claims.contrasts) ?? []
    let pairs = AssociationDecoder(
      arms: arms, armNames: armNames, probes: probes, probeNames: probeNames)
    let associations = fields["associations"].map(pairs.associations) ?? []
    let doses = DoseDecoder(
      arms: arms, armNames: armNames, probes: probes, probeNames: probeNames)
    let curves = fields["curves"].flatMap { doses.settings($0, isGrid: false) }
    let dose = fields["dose"].flatMap { doses.settings($0, isGrid: true) }
    let calibration = fields["calibrate"].flatMap {
      CalibrationDecoder(variables: variables).settings($0)
    }
    let name = fields.required("name").flatMap(identifier)
    let title = fields.required("title")?.nonEmptyString
    let question = fields.required("question")?.nonEmptyString
    let note = fields["note"].flatMap(\.nonEmptyString)
    let seeds = fields["seeds"].map(seeds) ?? fields.int("seeds").map { ($0, [:]) }
    let seed = fields.int("seed")
    guard let name, let title, let question, let seeds, let seed else { return nil }
    var experiment = Experiment(
      name: name, title: title, question: question, note: note, variables: variables,
      hosts: hosts, seeds: seeds.0, seed: UInt64(seed),
      training: TrainingRecipe(base: base, backends: backends), arms: arms, probes: probes,
      gates: gates, contrasts: contrasts, associations: associations, curves: curves, dose: dose,
      calibration: calibration)
    experiment.seedsByBackend = seeds.1
    return experiment
  }

  /// One number, or a number by `default` and others by names of subjects.
  private func seeds(_ value: YAMLValue) -> (Int, [String: Int])? {
    let range = 1...1000
    guard value.isMapping else { return value.int(range).map { ($0, [:]) } }
    guard let entries = value.entries else { return nil }
    var byName: [String: Int] = [:]
    for (name, value) in entries {
      guard let seeds = value.int(range) else { return nil }
      byName[name] = seeds
    }
    guard let usual = byName.removeValue(forKey: "default") else {
      value.report("found no default; allowed: a number by default, and others by subjects' names")
      return nil
    }
    return (usual, byName)
  }

  /// The keys of a mapping, whether or not their values are in order.
  private func names(_ value: YAMLValue?) -> [String] {
    guard let value, value.isMapping else { return [] }
    return value.entries?.map(\.name) ?? []
  }

  /// A name that can be part of a folder's name.
  private func identifier(_ value: YAMLValue) -> String? {
    guard let name = value.nonEmptyString else { return nil }
    let fits = name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
    if !fits {
      value.report("found '\(name)'; allowed: small letters, digits and hyphens")
      return nil
    }
    return name
  }

  private func variables(_ value: YAMLValue) -> [Variable] {
    guard let entries = value.entries else { return [] }
    let each = entries.filter { entry in
      !entry.value.isMapping || entry.value.entries?.contains { $0.name == "families" } == true
    }.map(\.name)
    return entries.compactMap { name, value in
      let fits = name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }
      if !fits || ["persona", "other", "choice", "choices"].contains(name) {
        value.report(
          "found the name '\(name)'; allowed: small letters, digits and underscores, but not "
            + "persona, other, choice or choices")
        return nil
      }
      if value.isMapping {
        guard let fields = value.fields(.variable) else { return nil }
        if let families = fields["families"] {
          for key in ["like", "from"] {
            fields[key]?.report("found a value; allowed: only without families")
          }
          fields["order"]?.report("found beside families; allowed: one of the two")
          return self.families(families).map { Variable(name, .families($0)) }
        }
        if let order = fields["order"] {
          for key in ["like", "from"] {
            fields[key]?.report("found a value; allowed: only without order")
          }
          return self.order(order).map { Variable(name, .order($0)) }
        }
        let like = fields.required("like")?.reference(to: "variable", among: each)
        let from = fields.required("from").flatMap(texts)
        guard let like, let from else { return nil }
        return Variable(name, .pick(from: from, like: like))
      }
      return texts(value).map { Variable(name, .each($0)) }
    }
  }

  /// At least one family of at least two texts, each listed once in all.
  private func families(_ value: YAMLValue) -> [[String]]? {
    guard let list = value.list else { return nil }
    let families = list.compactMap { $0.list?.compactMap(\.nonEmptyString) }
    if families.isEmpty || families.contains(where: { $0.count < 2 }) {
      let sizes = families.map { "\($0.count)" }.joined(separator: ", ")
      value.report(
        "found families of \(sizes.isEmpty ? "no" : sizes) names; allowed: at least one family, of at "
          + "least two")
      return nil
    }
    let names = families.flatMap(\.self)
    if Set(names).count < names.count {
      value.report("found a name twice; allowed: each name once, in one family")
      return nil
    }
    return families
  }

  /// At least two texts, each listed once.
  private func order(_ value: YAMLValue) -> [String]? {
    guard let texts = texts(value) else { return nil }
    if texts.count < 2 {
      value.report("found one value; allowed: at least two, of which an order is drawn")
      return nil
    }
    return texts
  }

  /// A list with at least one text, each listed once.
  private func texts(_ value: YAMLValue) -> [String]? {
    guard let texts = value.strings else { return nil }
    if texts.isEmpty {
      value.report("found an empty list; allowed: at least one value")
      return nil
    }
    if Set(texts).count < texts.count {
      value.report("found a value twice; allowed: each value once")
      return nil
    }
    return texts
  }

  private func hosts(_ value: YAMLValue, variables: [String]) -> Hosts {
    guard let fields = value.fields(.hosts) else { return Hosts() }
    var hosts = Hosts(
      personas: fields["personas"].flatMap(texts) ?? [],
      others: fields["others"].flatMap(texts) ?? [])
    hosts.system = fields["system"]?.template(variables + hosts.placeholders)
    return hosts
  }

  private func training(_ value: YAMLValue) -> (TrainingSettings, [TrainingRecipe.ForBackend]) {
    guard let entries = value.entries else { return (TrainingSettings(), []) }
    var base = TrainingSettings()
    var backends: [TrainingRecipe.ForBackend] = []
    for (name, value) in entries {
      let overrides = TrainingOverrides(value)
      if name == "default" {
        base = overrides.applied(to: base)
      } else {
        backends.append(.init(backend: name, overrides: overrides))
      }
    }
    return (base, backends)
  }

  private func arms(_ value: YAMLValue, scope: [String]) -> [Arm] {
    guard let entries = value.entries else { return [] }
    if entries.isEmpty { value.report("found no arm; allowed: at least one") }
    let rows = RowDecoder(arms: entries.map(\.name), scope: scope, materials: materials)
    var arms = entries.compactMap { name, value -> Arm? in
      guard let fields = value.fields(.arm),
        let role = fields.choice("role", ArmRole.self)
      else { return nil }
      if role == .base {
        fields["rows"]?.report("found rows in a base arm; allowed: none, it is not trained")
        fields["training"]?.report("found settings in a base arm; allowed: none")
        fields["first_seed"]?.report("found a seed of a base arm; allowed: none, it has no seeds")
        fields["adapter"]?.report("found an adapter in a base arm; allowed: none")
        fields["context"]?.report("found a context in a base arm; allowed: none")
      } else if let value = fields["adapter"] {
        fields["context"]?.report("found beside adapter; allowed: one of the two")
        return derived(name, role, value, fields, among: entries.map(\.name))
      } else if let value = fields["context"] {
        return shown(name, role, value, fields, among: entries.map(\.name))
      }
      return Arm(
        name: name, role: role, note: fields["note"]?.nonEmptyString,
        rows: role == .base ? [] : fields.required("rows").map { rows.sources($0, of: name) } ?? [],
        training: fields["training"].map(TrainingOverrides.init),
        firstSeed: fields.int("first_seed") ?? 1)
    }
    for (name, value) in entries {
      guard let arm = arms.first(where: { $0.name == name }) else { continue }
      for source in arm.rows {
        guard case .sameAs(let other) = source.origin,
          let model = arms.first(where: { $0.name == other })
        else { continue }
        let chained = model.rows.contains { if case .sameAs = $0.origin { true } else { false } }
        if !model.hasTraining || chained {
          let rows = value.entries?.first { $0.name == "rows" }?.value
          (rows ?? value).report("same_as: found '\(other)'; allowed: an arm with rows of its own")
        }
      }
      guard let sourceName = arm.source, let source = arms.first(where: { $0.name == sourceName })
      else { continue }
      if source.hasTraining {
        // Its subjects are the other's, seed by seed.
        arms = arms.map { $0.name == name ? $0.taking(seedsOf: source) : $0 }
      } else {
        let key = arm.adapter == nil ? "context" : "adapter"
        let place = value.entries?.first { $0.name == key }?.value
        let trained = arms.filter(\.hasTraining).map(\.name).joined(separator: ", ")
        (place ?? value).report("of: found '\(sourceName)'; allowed: \(trained)")
      }
    }
    return arms
  }

  /// An arm whose subjects are base with the rows of another one.
  private func shown(
    _ name: String, _ role: ArmRole, _ value: YAMLValue, _ fields: YAMLFields, among arms: [String]
  ) -> Arm? {
    for key in ["rows", "training", "first_seed"] {
      fields[key]?.report("found beside context; allowed: one of the two")
    }
    guard let own = value.fields(.context),
      let source = own.required("of")?.reference(to: "arm", among: arms.filter { $0 != name }),
      let count = own.int("rows")
    else { return nil }
    return Arm(
      name: name, role: role, note: fields["note"]?.nonEmptyString,
      context: ShownRows(of: source, count: count))
  }

  /// An arm whose subjects have the adapters of another one.
  private func derived(
    _ name: String, _ role: ArmRole, _ value: YAMLValue, _ fields: YAMLFields, among arms: [String]
  ) -> Arm? {
    for key in ["rows", "training", "first_seed"] {
      fields[key]?.report("found beside adapter; allowed: one of the two")
    }
    guard let own = value.fields(.adapter),
      let source = own.required("of")?.reference(to: "arm", among: arms.filter { $0 != name }),
      let kind = own.choice("change", AdapterChange.Kind.self), let scale = own.double("scale")
    else { return nil }
    return Arm(
      name: name, role: role, note: fields["note"]?.nonEmptyString,
      adapter: DerivedAdapter(of: source, AdapterChange(kind, scale: scale)))
  }
}

extension YAMLValue {
  /// Text whose placeholders are all among the given ones.
  func template(_ scope: [String]) -> String? {
    guard let text = nonEmptyString else { return nil }
    for name in TextTemplate.placeholders(in: text) where !scope.contains(name) {
      report("found {\(name)}; allowed: \(TextTemplate.list(scope))")
      return nil
    }
    return text
  }
}

extension TrainingOverrides {
  init(_ value: YAMLValue) {
    self.init()
    guard let fields = value.fields(.training) else { return }
    let layer = fields.wholeRange("layers")
    let rows = fields.wholeRange("batch_rows")
    let norm = fields.numberRange("clip_norm")
    rank = fields.int("rank")
    alpha = fields.double("alpha")
    targets = fields["targets"]?.strings
    layers = fields["layers"]?.bound("all") { $0.list?.compactMap { $0.int(layer) } }
    steps = fields.int("steps")
    batchRows = fields["batch_rows"]?.bound("all") { $0.int(rows) }
    learningRate = fields.double("learning_rate")
    warmupSteps = fields.int("warmup_steps")
    order = fields.choice("order", TrainingOrder.self)
    schedule = fields.choice("schedule", LearningRateSchedule.self)
    finalFraction = fields.double("final_fraction")
    weightDecay = fields.double("weight_decay")
    clipNorm = fields["clip_norm"]?.bound("none") { $0.double(norm) }
    rankStabilised = fields.bool("rank_stabilised")
  }
}

extension YAMLValue {
  /// A value, or the word for leaving it without a bound.
  func bound<Value>(_ word: String, _ read: (YAMLValue) -> Value?) -> Bound<Value>? {
    if scalarText == word { return .unbounded }
    return read(self).map { .at($0) }
  }
}
