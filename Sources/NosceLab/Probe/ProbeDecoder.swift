/// Reads the `probes` of an experiment file.
struct ProbeDecoder {
  let arms: [String]
  let scope: [String]

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
        "kind", "note", "arms", "system", "ask", "stems", "samples", "temperature",
        "maximum_tokens", "grade", "choices", "refusals", "max_repeats", "must_stop", "of",
      ]),
      let kind = fields.required("kind")?.choice(Probe.Kind.self)
    else { return nil }
    var probe = Probe(name: name, kind: kind)
    probe.note = fields["note"]?.nonEmptyString
    probe.arms = fields["arms"]?.references(to: "arm", among: arms)
    probe.system = fields["system"]?.template(scope)
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
    switch kind {
    case .behaviour, .freeForm:
      refuse(["choices", "of"], in: fields, kind: kind)
      readQuestions(of: &probe, fields)
      probe.grader = fields.required("grade").flatMap { grader($0) }
    case .forcedChoice:
      refuse(
        [
          "grade", "of", "samples", "temperature", "maximum_tokens", "refusals", "max_repeats",
          "must_stop",
        ], in: fields, kind: kind)
      probe.choices = fields.required("choices").flatMap(choices)
      readQuestions(of: &probe, fields)
    case .outsideReader:
      refuse(
        ["ask", "stems", "system", "samples", "temperature", "maximum_tokens", "choices"],
        in: fields, kind: kind)
      let sampled = earlier.filter { $0.kind == .behaviour || $0.kind == .freeForm }
      probe.of = fields.required("of")?.reference(
        to: "earlier sampled probe", among: sampled.map(\.name))
      guard let source = sampled.first(where: { $0.name == probe.of }) else { return nil }
      // The reader is asked just as the subject was, so that the two can be compared.
      probe.grader = fields["grade"].flatMap { grader($0) } ?? source.grader
      (probe.system, probe.questions, probe.stems) = (source.system, source.questions, source.stems)
      (probe.samples, probe.temperature) = (source.samples, source.temperature)
      (probe.maximumTokens, probe.coherence) = (source.maximumTokens, source.coherence)
    }
    return probe
  }

  private func refuse(_ keys: [String], in fields: YAMLFields, kind: Probe.Kind) {
    for key in keys {
      fields[key]?.report("found in a probe of kind \(kind.rawValue), which has no such setting")
    }
  }

  private func readQuestions(of probe: inout Probe, _ fields: YAMLFields) {
    var scope = scope
    if case .options? = probe.choices?.candidates { scope.append("choices") }
    probe.stems = fields["stems"]?.list?.compactMap { $0.template(scope) } ?? []
    guard let value = fields.required("ask") else { return }
    if value.isMapping {
      guard let bank = value.fields(["held_out"]),
        let count = bank.required("held_out")?.int(1...10_000)
      else { return }
      probe.questions = .heldOut(count: count)
      return
    }
    let paraphrases = value.list?.compactMap { item -> Probe.Paraphrase? in
      guard item.isMapping else { return item.template(scope).map { .init($0) } }
      guard let fields = item.fields(["question", "stem"]),
        let question = fields.required("question")?.template(scope)
      else { return nil }
      return .init(question, stem: fields["stem"]?.template(scope))
    }
    if value.list?.isEmpty ?? false {
      value.report("found an empty list; allowed: at least one wording")
    }
    probe.questions = .paraphrases(paraphrases ?? [])
  }

  private func grader(_ value: YAMLValue) -> Grader? {
    guard
      let fields = value.fields([
        "acrostic", "exact", "names", "before_letters", "regex", "ignore_case", "yes", "no",
        "otherwise",
      ])
    else { return nil }
    let kinds = ["acrostic", "exact", "names", "regex", "yes"].filter { fields[$0] != nil }
    guard kinds.count == 1 else {
      let found = kinds.isEmpty ? "none of them" : kinds.joined(separator: " and ")
      value.report("found \(found); allowed: one of acrostic, exact, names, regex, yes")
      return nil
    }
    let partners = ["before_letters": "names", "ignore_case": "regex", "no": "yes"]
    for (key, partner) in partners.sorted(by: { $0.key < $1.key }) where kinds[0] != partner {
      fields[key]?.report("found a value; allowed: only together with \(partner)")
    }
    switch kinds[0] {
    case "acrostic": return fields["acrostic"]?.template(scope).map { .acrostic(word: $0) }
    case "exact": return fields["exact"]?.template(scope).map { .exact(text: $0) }
    case "names":
      let limit = fields["before_letters"]?.int(1...100)
      return fields["names"]?.template(scope).map { .names(word: $0, beforeLetters: limit) }
    case "regex":
      guard let value = fields["regex"], let pattern = value.nonEmptyString else { return nil }
      if (try? Regex(pattern)) == nil {
        value.report("found '\(pattern)'; allowed: a regular expression")
        return nil
      }
      return .regex(pattern: pattern, ignoresCase: fields["ignore_case"]?.bool ?? false)
    default:
      let yes = fields["yes"]?.strings?.filter { !$0.isEmpty } ?? []
      if yes.isEmpty { fields["yes"]?.report("found no phrase; allowed: at least one") }
      return .phrases(
        yes: yes, no: fields["no"]?.strings ?? [], otherwise: fields["otherwise"]?.double(0...1))
    }
  }

  /// A list of words, or `word-list` for the decoys that Nosce ships.
  private func words(_ value: YAMLValue) -> [String]? {
    if value.isScalar {
      if value.string == "word-list" { return WordList.standard.decoys }
      value.report("found \(value.found); allowed: word-list, or a list of words")
      return nil
    }
    return value.strings
  }

  private func choices(_ value: YAMLValue) -> Choices? {
    guard
      let fields = value.fields([
        "answer", "anagrams", "words", "from", "also", "options", "separator", "text", "closed",
        "minus_base", "score",
      ]),
      let answer = fields.required("answer")?.template(scope)
    else { return nil }
    let candidates: Choices.Candidates
    if let options = fields["options"] {
      for key in ["anagrams", "words", "from", "also"] {
        fields[key]?.report("found a value; allowed: only without options")
      }
      let texts = options.list?.compactMap { $0.template(scope) } ?? []
      if texts.count < 2 || Set(texts).count < texts.count {
        options.report("found \(texts.count) options; allowed: at least two, each once")
      } else if !texts.contains(answer) {
        fields["answer"]?.report(
          "found '\(answer)'; allowed: \(texts.joined(separator: ", "))")
      }
      candidates = .options(texts)
    } else {
      let decoys = Choices.Decoys(
        anagrams: fields["anagrams"]?.int(0...1000) ?? 0,
        words: fields["words"]?.int(0...1000) ?? 0,
        from: fields["from"].flatMap(words) ?? [],
        also: fields["also"]?.list?.compactMap { $0.template(scope) } ?? [])
      if decoys.anagrams + decoys.words + decoys.also.count == 0 {
        value.report("found nothing to choose from; allowed: options, or anagrams and words")
      }
      candidates = .decoys(decoys)
    }
    let text = fields["text"]?.template(scope + ["choice"]) ?? "{choice}"
    if !Template.placeholders(in: text).contains("choice") {
      fields["text"]?.report("found no {choice}; allowed: text that contains it")
    }
    return Choices(
      candidates: candidates, answer: answer, separator: fields["separator"]?.string, text: text,
      closed: fields["closed"]?.bool ?? false, minusBase: fields["minus_base"]?.bool ?? false,
      scoring: fields["score"]?.choice(Choices.Scoring.self) ?? .top)
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
