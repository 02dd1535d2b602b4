import NosceFormats
import NosceRows

/// Reads how answers are graded.
extension ProbeDecoder {
  private static let kinds = [
    "acrostic", "all", "any", "case", "code", "collect", "exact", "judge", "language", "names",
    "not", "refusal", "regex", "yes",
  ]
  private static let partners = [
    "before_letters": "names", "ignore_case": "regex", "no": "yes", "otherwise": "yes",
  ]

  /// - Parameter isWhole: whether it is the whole grading, and not part of another.
  func grader(_ value: YAMLValue, isWhole: Bool = true) -> Grader? {
    guard let fields = value.fields(Self.kinds + Self.partners.keys.sorted()) else { return nil }
    let kinds = Self.kinds.filter { fields[$0] != nil }
    guard kinds.count == 1, let content = fields[kinds[0]] else {
      let found = kinds.isEmpty ? "none of them" : kinds.joined(separator: " and ")
      value.report(
        "found \(found); allowed: one of \(Self.kinds.joined(separator: ", "))")
      return nil
    }
    for (key, partner) in Self.partners.sorted(by: { $0.key < $1.key }) where kinds[0] != partner {
      fields[key]?.report("found a value; allowed: only together with \(partner)")
    }
    if !isWhole, ["collect", "judge"].contains(kinds[0]) {
      content.report("found inside another grading; allowed: only by itself")
      return nil
    }
    switch kinds[0] {
    case "acrostic": return content.template(scope).map { .acrostic(word: $0) }
    case "exact": return content.template(scope).map { .exact(text: $0) }
    case "names":
      let limit = fields["before_letters"]?.int(1...100)
      return content.template(scope).map { .names(word: $0, beforeLetters: limit) }
    case "regex": return regex(content, ignoresCase: fields["ignore_case"]?.bool ?? false)
    case "code": return content.choice(Grader.CodeQuality.self).map { .code($0) }
    case "case": return content.choice(Grader.LetterCase.self).map { .letterCase($0) }
    case "language": return languages(content).map { .language($0) }
    case "refusal": return refusal(content)
    case "judge": return judging(content).map { .judge($0) }
    case "collect":
      if content.bool == false { content.report("found 'false'; allowed: true") }
      return .collect
    case "not": return grader(content, isWhole: false).map { .not($0) }
    case "any": return graders(content).map { .anyOf($0) }
    case "all": return graders(content).map { .allOf($0) }
    default:
      let yes = content.strings?.filter { !$0.isEmpty } ?? []
      if yes.isEmpty { content.report("found no phrase; allowed: at least one") }
      return .phrases(
        yes: yes, no: fields["no"]?.strings ?? [], otherwise: fields["otherwise"]?.double(0...1))
    }
  }

  private func graders(_ value: YAMLValue) -> [Grader]? {
    guard let items = value.list else { return nil }
    if items.isEmpty { value.report("found an empty list; allowed: at least one grading") }
    return items.compactMap { grader($0, isWhole: false) }
  }

  private func regex(_ value: YAMLValue, ignoresCase: Bool) -> Grader? {
    guard let pattern = value.nonEmptyString else { return nil }
    do {
      _ = try Grader.regularExpression(pattern, ignoresCase: ignoresCase)
    } catch {
      value.report("found '\(pattern)' (\(error.message)); allowed: a regular expression")
      return nil
    }
    return .regex(pattern: pattern, ignoresCase: ignoresCase)
  }

  private func languages(_ value: YAMLValue) -> [Language]? {
    if value.isScalar { return value.choice(Language.self).map { [$0] } }
    guard let items = value.list else { return nil }
    if items.isEmpty { value.report("found an empty list; allowed: at least one language") }
    return items.compactMap { $0.choice(Language.self) }
  }

  /// `standard` for the phrases that Nosce ships, or a list of phrases.
  private func refusal(_ value: YAMLValue) -> Grader? {
    if value.isScalar {
      if value.string == "standard" { return .refusal(phrases: Refusal.phrases) }
      value.report("found \(value.found); allowed: standard, or a list of phrases")
      return nil
    }
    guard let phrases = value.strings else { return nil }
    if phrases.isEmpty { value.report("found an empty list; allowed: at least one phrase") }
    return .refusal(phrases: phrases)
  }

  private func judging(_ value: YAMLValue) -> Judging? {
    guard
      let fields = value.fields([
        "rubric", "from", "to", "below", "words", "coherent", "least_mass",
      ]),
      let prompt = fields.required("rubric").flatMap(rubric)
    else { return nil }
    let from = fields["from"].map { $0.int(0...10_000) } ?? 0
    let to = fields["to"].map { $0.int(0...10_000) } ?? 100
    guard let from, let to else { return nil }
    guard from < to, to - from <= 1000 else {
      value.report("found a scale from \(from) to \(to); allowed: from low to high, at most 1000")
      return nil
    }
    var rubrics = [
      Judging.Rubric(
        name: "rating", prompt: prompt, reading: .rating(from: from, to: to), use: .score)
    ]
    if let coherent = fields["coherent"],
      let inner = coherent.fields(["rubric", "at_least"]),
      let prompt = inner.required("rubric").flatMap(rubric),
      let least = inner.required("at_least")?.double(Double(from)...Double(to))
    {
      rubrics.append(
        .init(
          name: "coherent", prompt: prompt, reading: .rating(from: from, to: to),
          use: .filter(atLeast: least)))
    }
    let words = fields["words"]?.entries?.compactMap { word, value in
      value.choice(Judging.Word.Meaning.self).map { Judging.Word(word, $0) }
    }
    return Judging(
      rubrics: rubrics, words: words ?? [],
      below: fields["below"]?.double(Double(from)...Double(to)),
      leastMass: fields["least_mass"]?.double(0...1) ?? 0.25)
  }

  /// What the judge is asked, with the answer in it.
  private func rubric(_ value: YAMLValue) -> String? {
    guard let text = value.template(scope + ["question", "answer"]) else { return nil }
    if TextTemplate.placeholders(in: text).contains("answer") { return text }
    value.report("found no {answer}; allowed: text that contains it")
    return nil
  }
}
