import NosceCore
import NosceExperiment
import NosceKeys
import NosceRows

/// What is scored by log-probabilities: choices, scales and next texts.
extension ProbeDecoder {
  /// A list of words, or `word-list` for the decoys of the materials.
  private func words(_ value: YAMLValue) -> [String]? {
    if value.isScalar {
      if value.string == "word-list" { return materials.words.decoys }
      value.report("found \(value.found); allowed: word-list, or a list of words")
      return nil
    }
    return value.strings
  }

  func choices(_ value: YAMLValue) -> Choices? {
    guard let fields = value.fields(.choices) else { return nil }
    let own = fields["family"].map { self.family($0, fields) }
    guard let answer = own.map({ $0?.answer }) ?? fields.required("answer")?.template(scope)
    else { return nil }
    let candidates: Choices.Source
    if let family = own ?? nil {
      candidates = family.candidates
    } else if let options = fields["options"] {
      for key in ["anagrams", "words", "from", "also"] {
        fields[key]?.report("found a value; allowed: only without options")
      }
      let texts = options.list?.compactMap { $0.template(scope) } ?? []
      if texts.count < 2 || Set(texts).count < texts.count {
        options.report("found \(texts.count) options; allowed: at least two, each once")
      } else if !texts.contains(answer),
        !TextTemplate.placeholders(in: answer).contains(where: wordingNames.contains)
      {
        fields["answer"]?.report(
          "found '\(answer)'; allowed: \(texts.joined(separator: ", "))")
      }
      candidates = .options(texts)
    } else {
      let decoys = Choices.Decoys(
        anagrams: fields.int("anagrams") ?? 0,
        words: fields.int("words") ?? 0,
        from: fields["from"].flatMap(words) ?? [],
        also: fields["also"]?.list?.compactMap { $0.template(scope) } ?? [])
      if decoys.anagrams + decoys.words + decoys.also.count == 0 {
        value.report("found nothing to choose from; allowed: options, or anagrams and words")
      }
      candidates = .decoys(decoys)
    }
    let text = fields.template("text", scope + ["choice"]) ?? "{choice}"
    if !TextTemplate.placeholders(in: text).contains("choice") {
      fields["text"]?.report("found no {choice}; allowed: text that contains it")
    }
    return Choices(
      candidates: candidates, answer: answer, separator: fields["separator"]?.string, text: text,
      ending: fields.bool("closed") == true ? .turn : .open,
      minusBase: fields.bool("minus_base") ?? false,
      scoring: fields.choice("score", Choices.Scoring.self) ?? .top,
      leastMass: fields.double("least_mass") ?? LeastMass.usual)
  }

  /// The family of the subject's own value, which is the answer.
  private func family(
    _ value: YAMLValue, _ fields: YAMLFields
  ) -> (candidates: Choices.Source, answer: String)? {
    for key in ["answer", "options", "anagrams", "words", "from", "also"] {
      fields[key]?.report("found a value; allowed: only without family")
    }
    let known = variables.filter { $0.families != nil }
    guard let name = value.reference(to: "variable with families", among: known.map(\.name)),
      let families = known.first(where: { $0.name == name })?.families
    else { return nil }
    return (.family(of: name, largest: families.map(\.count).max() ?? 0), "{\(name)}")
  }

  func scale(_ value: YAMLValue) -> Scale? {
    guard let fields = value.fields(.scale) else { return nil }
    guard let points = fields["texts"].map(points) ?? points(fields, value) else { return nil }
    let isReversed = fields.bool("reverse") ?? true
    let low = (isReversed ? fields.required("low") : fields["low"])?.template(scope)
    let high = (isReversed ? fields.required("high") : fields["high"])?.template(scope)
    if let low, low == high {
      fields["high"]?.report("found '\(low)' at both ends; allowed: two meanings")
    }
    if (fields["low"] == nil) != (fields["high"] == nil) {
      value.report("found a meaning of one end only; allowed: low and high, or neither")
    }
    if fields["texts"] != nil {
      for key in ["from", "to", "step", "text"] {
        fields[key]?.report("found a value; allowed: only without texts")
      }
    }
    let ending = ending(fields, points)
    checkOverlap(points.map(\.text), ending, value)
    for name in ["from", "to", "low", "high"] where scope.contains(name) {
      value.report("found a variable named \(name), which scales use; allowed: another name")
    }
    return Scale(
      points: points, low: low, high: high, isReversed: isReversed, ending: ending,
      leastMass: fields.double("least_mass") ?? LeastMass.usual)
  }

  /// A number ends where no digit follows, a word with the turn, unless the file says otherwise.
  private func ending(_ fields: YAMLFields, _ points: [Scale.Point]) -> Ending {
    if let closed = fields.bool("closed") { return closed ? .turn : .open }
    return points.allSatisfy { $0.text.last?.isWholeNumber == true } ? .number : .turn
  }

  /// Numbers at equal steps.
  private func points(_ fields: YAMLFields, _ value: YAMLValue) -> [Scale.Point]? {
    guard fields.required("from") != nil, let from = fields.int("from"),
      fields.required("to") != nil, let to = fields.int("to")
    else { return nil }
    let step = fields.int("step")
    let text = fields.template("text", ["number"])
    guard let step, let text else { return nil }
    if !TextTemplate.placeholders(in: text).contains("number") {
      fields["text"]?.report("found no {number}; allowed: text that contains it")
    }
    guard from < to, (to - from).isMultiple(of: step), (to - from) / step < KeyTable.mostPoints
    else {
      value.report(
        "found a scale from \(from) to \(to) by \(step); allowed: from low to high in whole steps, "
          + "of at most \(KeyTable.mostPoints) points")
      return nil
    }
    return Scale.points(from: from, to: to, step: step, text: text)
  }

  /// Words from low to high, at equal distances.
  private func points(_ value: YAMLValue) -> [Scale.Point]? {
    guard let texts = value.strings else { return nil }
    if texts.count < 2 || Set(texts).count < texts.count {
      value.report("found \(texts.count) texts; allowed: at least two, each once")
      return nil
    }
    return texts.enumerated().map { Scale.Point(value: Double($0), text: $1) }
  }

  func next(_ value: YAMLValue) -> NextTexts? {
    guard let fields = value.fields(.next),
      let answers = fields.required("answers"), let entries = answers.entries
    else { return nil }
    let groups = entries.compactMap { name, value -> NextTexts.Group? in
      let texts =
        value.isScalar
        ? value.template(scope).map { [$0] } : value.list?.compactMap { $0.template(scope) }
      guard let texts else { return nil }
      if texts.isEmpty { value.report("found an empty list; allowed: at least one text") }
      return .init(name: name, texts: texts)
    }
    if entries.count < 2 {
      answers.report("found \(entries.count) groups; allowed: at least two")
    }
    let ending: Ending = fields.bool("closed") == true ? .turn : .open
    checkOverlap(groups.flatMap(\.texts), ending, answers)
    guard
      let answer = fields.required("answer")?.reference(to: "group", among: entries.map(\.name))
    else { return nil }
    return NextTexts(
      groups: groups, answer: answer, ending: ending,
      leastMass: fields.double("least_mass") ?? LeastMass.usual,
      scoring: fields.choice("score", NextTexts.Scoring.self) ?? .share)
  }

  /// Texts of which one begins another would count what follows twice.
  private func checkOverlap(_ texts: [String], _ ending: Ending, _ value: YAMLValue) {
    if Set(texts).count < texts.count {
      value.report("found a text twice; allowed: each once")
    } else if ending == .open, let (text, other) = NextTexts.firstOverlap(of: texts) {
      value.report(
        "found '\(text)', with which '\(other)' begins; allowed: closed: true, or texts of which "
          + "none begins another")
    }
  }
}
