import NosceCore
import NosceExperiment
import NosceKeys
import NosceRows

/// Reads the `probes` of an experiment file.
struct ProbeDecoder {
  let arms: [String]
  let scope: [String]
  /// Where banks and words come from.
  let materials: Materials
  /// Of which choices may take a family.
  var variables: [Variable] = []
  /// Names that stand for something else in each wording.
  var wordingNames: [String] = []

  func probes(_ value: YAMLValue?) -> [Probe] {
    guard let value, let entries = value.entries else { return [] }
    if entries.isEmpty { value.report("found no probe; allowed: at least one") }
    var probes: [Probe] = []
    for (name, value) in entries {
      guard var probe = probe(name, value, earlier: probes) else { continue }
      probe.told = value.entries?.first { $0.name == "told" }.flatMap { told($0.value) }
      probes.append(probe)
    }
    return probes
  }

  private func probe(_ name: String, _ value: YAMLValue, earlier: [Probe]) -> Probe? {
    guard let fields = value.fields(.probe), let kind = fields.choice("kind", ProbeKind.self)
    else { return nil }
    let note = fields["note"]?.nonEmptyString
    let arms = fields["arms"]?.references(to: "arm", among: arms)
    refuse(Self.foreignKeys(of: kind, isInTwoParts: fields["then"] != nil), in: fields, kind: kind)
    switch kind {
    case .outsideReader:
      return reader(fields, earlier: earlier).map {
        Probe(name, .reader($0), note: note, arms: arms)
      }
    case .topic:
      return topic(fields, earlier: earlier).map {
        Probe(name, .topic($0), note: note, arms: arms)
      }
    case .plainLanguage:
      return passages(fields).map { Probe(name, .plainLanguage($0), note: note, arms: arms) }
    case .difference:
      return difference(fields, earlier: earlier).map {
        Probe(name, .difference($0.difference), note: note, arms: $0.arms)
      }
    case .behaviour, .freeForm, .forcedChoice, .rating, .nextToken:
      return form(of: kind, fields).map { Probe(name, $0, note: note, arms: arms) }
    }
  }

  /// What a model can be told before it is asked.
  private func told(_ value: YAMLValue) -> Probe.Told? {
    let factScope = scope + scope.map { "\($0)_letters" }
    guard let fields = value.fields(.told),
      let answer = fields.required("answer")?.template(scope),
      let opposite = fields.required("opposite")?.template(scope),
      let facts = fields.required("facts")?.template(factScope)
    else { return nil }
    let others = fields["opposite_facts"].map { $0.template(factScope) } ?? .some(nil)
    guard let others else { return nil }
    return Probe.Told(answer: answer, opposite: opposite, facts: facts, oppositeFacts: others)
  }

  /// What is asked, and in which form.
  private func form(of kind: ProbeKind, _ fields: YAMLFields) -> Probe.Form? {
    let known = knowing(fields["ask"])
    switch kind {
    case .forcedChoice:
      let choices = fields.required("choices").flatMap(known.choices)
      let prompt = prompt(fields, choices: choices)
      return choices.map { .choice(prompt, $0) }
    case .rating:
      let scale = fields.required("scale").flatMap(scale)
      let prompt = prompt(fields, scale: scale)
      return scale.map { .rating(prompt, $0) }
    case .nextToken:
      let texts = fields.required("next").flatMap(known.next)
      let prompt = prompt(fields)
      return texts.map { .nextText(prompt, $0) }
    case .behaviour, .freeForm, .outsideReader, .topic, .plainLanguage, .difference:
      let prompt = prompt(fields)
      let coherence = coherence(fields)
      let refusals = fields["refusals"]?.strings ?? []
      guard let grader = fields.required("grade").flatMap({ known.grader($0) }) else {
        return nil
      }
      return .sampled(
        prompt,
        Sampling(
          kind == .behaviour ? .behaviour : .freeForm, grader: grader,
          maximumTokens: maximumTokens(fields), refusals: refusals, coherence: coherence))
    }
  }

  private func coherence(_ fields: YAMLFields) -> Coherence {
    Coherence(
      maximumRepeats: fields.int("max_repeats") ?? 4,
      mustStop: fields.bool("must_stop") ?? false)
  }

  /// The most tokens of an answer, or of the first part of one.
  func maximumTokens(_ fields: YAMLFields) -> Int {
    fields.int("maximum_tokens") ?? 64
  }

  /// The keys that a probe of a kind has no use for.
  private static func foreignKeys(of kind: ProbeKind, isInTwoParts: Bool) -> [String] {
    // What is scored is sampled only where a first part comes before it.
    return KeyTable.probe.names(foreignTo: kind.rawValue)
      + (kind.isScored && !isInTwoParts ? KeyTable.sampling : [])
  }

  /// A decoder that knows the names that tasks of a bank or slots bring along.
  private func knowing(_ ask: YAMLValue?) -> ProbeDecoder {
    guard let ask, ask.isMapping, let entries = ask.entries else { return self }
    var names: [String] = []
    for (name, value) in entries {
      if name == "bank",
        let bank = materials.tasks.first(where: { $0.name == value.scalarText })
      {
        names += bank.placeholders
      } else if name == "each", value.isMapping {
        names += (value.entries ?? []).flatMap { placeholders(ofSlot: $0.name, $0.value) }
      }
    }
    names.removeAll { scope.contains($0) }
    return ProbeDecoder(
      arms: arms, scope: scope + names, materials: materials, variables: variables,
      wordingNames: names)
  }

  private func refuse(_ keys: [String], in fields: YAMLFields, kind: ProbeKind) {
    for key in keys {
      fields[key]?.report("found in a probe of kind \(kind.rawValue), which has no such setting")
    }
  }

  /// The base model shown what a subject has answered, asked just as the subject was.
  private func reader(_ fields: YAMLFields, earlier: [Probe]) -> Probe.Reader? {
    let sampled = earlier.filter { $0.kind == .behaviour || $0.kind == .freeForm }
    let name = fields.required("of")?.reference(
      to: "earlier sampled probe", among: sampled.map(\.name))
    let grader = fields["grade"].flatMap { self.grader($0) }
    let refusals = fields["refusals"]?.strings ?? []
    guard let source = sampled.first(where: { $0.name == name }),
      case .sampled(let prompt, let given) = source.form
    else { return nil }
    var sampling = given
    if let grader { sampling.grader = grader }
    sampling.purpose = .freeForm
    sampling.refusals = refusals
    return Probe.Reader(of: source.name, prompt: prompt, sampling: sampling)
  }

  /// Whose answers the base model shows to be about what was asked.
  private func topic(_ fields: YAMLFields, earlier: [Probe]) -> Probe.Topic? {
    let sampled = earlier.filter { $0.kind == .behaviour || $0.kind == .freeForm }
    guard let value = fields.required("of"),
      let name = value.reference(to: "earlier sampled probe", among: sampled.map(\.name)),
      let source = sampled.first(where: { $0.name == name }), let prompt = source.prompt
    else { return nil }
    if prompt.then != nil {
      value.report("found '\(name)', whose answers are in two parts; allowed: whole answers")
    }
    return Probe.Topic(of: name, prompt: prompt)
  }

  /// Texts behind questions, each a wording that has its text with it.
  private func passages(_ fields: YAMLFields) -> Prompt? {
    guard let value = fields.required("passages"), let items = value.list else { return nil }
    if items.isEmpty { value.report("found no passage; allowed: at least one") }
    let wordings = items.compactMap { item -> Prompt.Paraphrase? in
      guard let entry = item.fields(.passage),
        let question = entry.required("question")?.template(scope),
        let text = entry.required("text")?.template(scope)
      else { return nil }
      return .init(
        question, stem: entry["stem"]?.template(scope), values: [Probe.passage: text])
    }
    return Prompt(.paraphrases(wordings), system: fields["system"].flatMap(system))
  }

  /// One probe less another, of the arms that are asked both: nil for all.
  private func difference(
    _ fields: YAMLFields, earlier: [Probe]
  ) -> (difference: Probe.Difference, arms: [String]?)? {
    let asked = earlier.filter { $0.kind != .difference }
    guard let value = fields.required("of"), let items = value.list else { return nil }
    let names = items.compactMap {
      $0.reference(to: "earlier probe that is asked", among: asked.map(\.name))
    }
    guard names.count == items.count else { return nil }
    guard names.count == 2, names[0] != names[1] else {
      value.report("found \(names.count) probes; allowed: two, of which the second is taken away")
      return nil
    }
    let both = arms.filter { arm in
      names.allSatisfy { name in asked.first { $0.name == name }?.asks(arm: arm) ?? true }
    }
    if both.isEmpty {
      value.report("found no arm that is asked both; allowed: two probes of the same arm")
    }
    return (.init(of: names[0], minus: names[1]), both.count == arms.count ? nil : both)
  }
}

extension YAMLValue {
  /// A list of known names, or one of them alone.
  func references(to what: String, among names: [String]) -> [String]? {
    if isScalar { return reference(to: what, among: names).map { [$0] } }
    guard let items = list else { return nil }
    if items.isEmpty { report("found an empty list; allowed: at least one \(what)") }
    return items.compactMap { $0.reference(to: what, among: names) }
  }
}
