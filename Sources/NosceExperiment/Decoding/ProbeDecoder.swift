import NosceCore
import NosceRows

/// Reads the `probes` of an experiment file.
struct ProbeDecoder {
  let arms: [String]
  let scope: [String]
  /// Names that stand for something else in each wording.
  var wordingNames: [String] = []

  func probes(_ value: YAMLValue?) -> [Probe] {
    guard let value, let entries = value.entries else { return [] }
    if entries.isEmpty { value.report("found no probe; allowed: at least one") }
    var probes: [Probe] = []
    for (name, value) in entries {
      if let probe = probe(name, value, earlier: probes) { probes.append(probe) }
    }
    return probes
  }

  private func probe(_ name: String, _ value: YAMLValue, earlier: [Probe]) -> Probe? {
    guard
      let fields = value.fields([
        "kind", "note", "arms", "system", "before", "ask", "prefill", "stems", "then", "samples",
        "temperature", "maximum_tokens", "grade", "choices", "scale", "next", "refusals",
        "max_repeats", "must_stop", "of",
      ]),
      let kind = fields.required("kind")?.choice(ProbeKind.self)
    else { return nil }
    var probe = Probe(name: name, kind: kind)
    probe.note = fields["note"]?.nonEmptyString
    probe.arms = fields["arms"]?.references(to: "arm", among: arms)
    probe.system = fields["system"].flatMap(system)
    probe.before = fields["before"].map(turns) ?? []
    probe.samples = fields["samples"]?.int(1...10_000) ?? 1
    probe.temperature = fields["temperature"]?.double(0...10) ?? 0
    probe.maximumTokens = fields["maximum_tokens"]?.int(1...100_000) ?? 64
    probe.refusals = fields["refusals"]?.strings ?? []
    probe.coherence.maximumRepeats = fields["max_repeats"]?.int(1...1000) ?? 4
    probe.coherence.mustStop = fields["must_stop"]?.bool ?? false
    if probe.samples > 1, probe.temperature == 0 {
      fields["samples"]?.report(
        "found \(probe.samples) at temperature 0, which would all be the same; allowed: 1, or a "
          + "temperature above 0")
    }
    refuse(Self.foreignKeys(of: kind, isInTwoParts: fields["then"] != nil), in: fields, kind: kind)
    switch kind {
    case .behaviour, .freeForm:
      readQuestions(of: &probe, fields)
      let known = knowing(fields["ask"])
      probe.grader = fields.required("grade").flatMap { known.grader($0) }
    case .forcedChoice:
      probe.choices = fields.required("choices").flatMap(knowing(fields["ask"]).choices)
      readQuestions(of: &probe, fields)
    case .rating:
      probe.scale = fields.required("scale").flatMap(scale)
      readQuestions(of: &probe, fields)
    case .nextToken:
      probe.next = fields.required("next").flatMap(knowing(fields["ask"]).next)
      readQuestions(of: &probe, fields)
    case .outsideReader:
      return readAnswers(probe, fields, earlier: earlier)
    case .difference:
      return difference(probe, fields, earlier: earlier)
    }
    return probe
  }

  /// The keys that a probe of a kind has no use for.
  private static func foreignKeys(of kind: ProbeKind, isInTwoParts: Bool) -> [String] {
    let graded = ["grade", "refusals", "max_repeats", "must_stop"]
    let asked = ["before", "ask", "prefill", "stems", "then", "system"]
    let sampled = ["samples", "temperature", "maximum_tokens"]
    // What is scored is sampled only where a first part comes before it.
    let scored = graded + ["of"] + (isInTwoParts ? [] : sampled)
    return switch kind {
    case .behaviour, .freeForm: ["choices", "scale", "next", "of"]
    case .forcedChoice: scored + ["scale", "next"]
    case .rating: scored + ["choices", "next"]
    case .nextToken: scored + ["choices", "scale"]
    case .outsideReader: asked + sampled + ["choices", "scale", "next"]
    case .difference: asked + sampled + graded + ["choices", "scale", "next", "arms"]
    }
  }

  /// A decoder that knows the names that tasks of a bank or slots bring along.
  private func knowing(_ ask: YAMLValue?) -> ProbeDecoder {
    guard let ask, ask.isMapping, let entries = ask.entries else { return self }
    var names: [String] = []
    for (name, value) in entries {
      if name == "bank", let bank = TaskBank(rawValue: value.scalarText ?? "") {
        names += bank.placeholders
      } else if name == "each", value.isMapping {
        names += (value.entries ?? []).flatMap { placeholders(ofSlot: $0.name, $0.value) }
      }
    }
    names.removeAll { scope.contains($0) }
    return ProbeDecoder(arms: arms, scope: scope + names, wordingNames: names)
  }

  private func refuse(_ keys: [String], in fields: YAMLFields, kind: ProbeKind) {
    for key in keys {
      fields[key]?.report("found in a probe of kind \(kind.rawValue), which has no such setting")
    }
  }

  /// The base model shown what a subject has answered, asked just as the subject was.
  private func readAnswers(_ probe: Probe, _ fields: YAMLFields, earlier: [Probe]) -> Probe? {
    var probe = probe
    let sampled = earlier.filter { $0.kind == .behaviour || $0.kind == .freeForm }
    probe.of = fields.required("of")?.reference(
      to: "earlier sampled probe", among: sampled.map(\.name))
    guard let source = sampled.first(where: { $0.name == probe.of }) else { return nil }
    probe.grader = fields["grade"].flatMap { grader($0) } ?? source.grader
    (probe.system, probe.questions, probe.stems) = (source.system, source.questions, source.stems)
    (probe.samples, probe.temperature) = (source.samples, source.temperature)
    (probe.maximumTokens, probe.coherence) = (source.maximumTokens, source.coherence)
    probe.before = source.before
    return probe
  }

  /// One probe less another, of the arms that are asked both.
  private func difference(_ probe: Probe, _ fields: YAMLFields, earlier: [Probe]) -> Probe? {
    var probe = probe
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
    probe.difference = .init(of: names[0], minus: names[1])
    probe.arms = both.count == arms.count ? nil : both
    return probe
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
