import NosceRows

/// What is scored by log-probabilities: choices, scales and next texts.
extension ProbeDecoder {
  private static let mostPoints = 1001

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
    guard
      let fields = value.fields([
        "answer", "anagrams", "words", "from", "also", "options", "separator", "text", "closed",
        "minus_base", "score",
      ]),
      let answer = fields.required("answer")?.template(scope)
    else { return nil }
    let candidates: Choices.Source
    if let options = fields["options"] {
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
    if !TextTemplate.placeholders(in: text).contains("choice") {
      fields["text"]?.report("found no {choice}; allowed: text that contains it")
    }
    return Choices(
      candidates: candidates, answer: answer, separator: fields["separator"]?.string, text: text,
      closed: fields["closed"]?.bool ?? false, minusBase: fields["minus_base"]?.bool ?? false,
      scoring: fields["score"]?.choice(Choices.Scoring.self) ?? .top)
  }

  func scale(_ value: YAMLValue) -> Scale? {
    guard
      let fields = value.fields([
        "from", "to", "step", "text", "texts", "low", "high", "reverse", "closed", "least_mass",
      ])
    else { return nil }
    guard let points = fields["texts"].map(points) ?? points(fields, value) else { return nil }
    let isReversed = fields["reverse"]?.bool ?? true
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
    let closed = fields["closed"]?.bool ?? true
    checkOverlap(points.map(\.text), closed: closed, value)
    for name in ["from", "to", "low", "high"] where scope.contains(name) {
      value.report("found a variable named \(name), which scales use; allowed: another name")
    }
    return Scale(
      points: points, low: low, high: high, isReversed: isReversed, closed: closed,
      leastMass: fields["least_mass"]?.double(0...1) ?? 0)
  }

  /// Numbers at equal steps.
  private func points(_ fields: YAMLFields, _ value: YAMLValue) -> [Scale.Point]? {
    let limit = 1_000_000
    guard let from = fields.required("from")?.int(-limit...limit),
      let to = fields.required("to")?.int(-limit...limit)
    else { return nil }
    let step = fields["step"].map { $0.int(1...limit) } ?? 1
    let text = fields["text"].map { $0.template(["number"]) } ?? "{number}"
    guard let step, let text else { return nil }
    if !TextTemplate.placeholders(in: text).contains("number") {
      fields["text"]?.report("found no {number}; allowed: text that contains it")
    }
    guard from < to, (to - from).isMultiple(of: step), (to - from) / step < Self.mostPoints else {
      value.report(
        "found a scale from \(from) to \(to) by \(step); allowed: from low to high in whole steps, "
          + "of at most \(Self.mostPoints) points")
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
    guard let fields = value.fields(["answers", "answer", "closed", "least_mass"]),
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
    let closed = fields["closed"]?.bool ?? false
    checkOverlap(groups.flatMap(\.texts), closed: closed, answers)
    guard
      let answer = fields.required("answer")?.reference(to: "group", among: entries.map(\.name))
    else { return nil }
    return NextTexts(
      groups: groups, answer: answer, closed: closed,
      leastMass: fields["least_mass"]?.double(0...1) ?? 0)
  }

  /// Texts of which one begins another would count what follows twice.
  private func checkOverlap(_ texts: [String], closed: Bool, _ value: YAMLValue) {
    if Set(texts).count < texts.count {
      value.report("found a text twice; allowed: each once")
    } else if !closed, let (text, other) = NextTexts.firstOverlap(of: texts) {
      value.report(
        "found '\(text)', with which '\(other)' begins; allowed: closed: true, or texts of which "
          + "none begins another")
    }
  }
}
