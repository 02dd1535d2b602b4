import NosceCore
import NosceExperiment
import NosceFormats
import NosceKeys
import NosceRows

/// Reads how answers are graded.
extension ProbeDecoder {
  /// - Parameter isWhole: whether it is the whole grading, and not part of another.
  func grader(_ value: YAMLValue, isWhole: Bool = true) -> Grader? {
    guard let fields = value.fields(.grade) else { return nil }
    let kinds = GradeKind.allCases.filter { fields[$0.rawValue] != nil }
    guard kinds.count == 1, let content = fields[kinds[0].rawValue] else {
      let found = kinds.map(\.rawValue).joined(separator: " and ")
      let names = KeyTable.grade.leading.joined(separator: ", ")
      value.report("found \(found.isEmpty ? "none of them" : found); allowed: one of \(names)")
      return nil
    }
    for key in KeyTable.grade.names(foreignTo: kinds[0].rawValue) {
      let partners = KeyTable.grade.partners(of: key).joined(separator: " or ")
      fields[key]?.report("found a value; allowed: only together with \(partners)")
    }
    if !isWhole, kinds[0] == .collect || kinds[0] == .judge {
      content.report("found inside another grading; allowed: only by itself")
      return nil
    }
    switch kinds[0] {
    case .acrostic: return content.template(scope).map { .acrostic(word: $0) }
    case .exact: return content.template(scope).map { .exact(text: $0) }
    case .names:
      let limit = fields.int("before_letters")
      return content.template(scope).map { .names(word: $0, beforeLetters: limit) }
    case .regex: return regex(content, ignoresCase: fields.bool("ignore_case") ?? false)
    case .code: return content.choice(Grader.CodeQuality.self).map { .code($0) }
    case .letterCase: return content.choice(Grader.LetterCase.self).map { .letterCase($0) }
    case .language: return languages(content).map { .language($0) }
    case .refusal: return refusal(content)
    case .judge: return judging(content).map { .judge($0) }
    case .collect:
      if content.bool == false { content.report("found 'false'; allowed: true") }
      return .collect
    case .not: return grader(content, isWhole: false).map { .not($0) }
    case .any: return graders(content).map { .anyOf($0) }
    case .all: return graders(content).map { .allOf($0) }
    case .phrases:
      let yes = content.strings?.filter { !$0.isEmpty } ?? []
      if yes.isEmpty { content.report("found no phrase; allowed: at least one") }
      return .phrases(
        yes: yes, no: fields["no"]?.strings ?? [], otherwise: fields.double("otherwise"))
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
    guard let fields = value.fields(.judge),
      let prompt = fields.required("rubric").flatMap(rubric)
    else { return nil }
    let words = fields["words"]?.entries?.compactMap { word, value in
      value.choice(Judging.Word.Meaning.self).map { Judging.Word(word, $0) }
    }
    let main: Judging.Rubric
    let scale: ClosedRange<Int>
    if let labels = fields["labels"] {
      guard let own = self.labels(labels, words ?? []) else { return nil }
      for key in ["from", "to", "below"] {
        fields[key]?.report("found `\(key)` of a scale beside `labels`; allowed: one of the two")
      }
      main = .init(name: "label", prompt: prompt, reading: .labels(own), use: .score)
      scale = 0...100
    } else {
      guard let from = fields.int("from"), let to = fields.int("to") else { return nil }
      guard from < to, to - from <= 1000 else {
        value.report("found a scale from \(from) to \(to); allowed: from low to high, at most 1000")
        return nil
      }
      main = .init(
        name: "rating", prompt: prompt, reading: .rating(from: from, to: to), use: .score)
      scale = from...to
    }
    let bounds = Double(scale.lowerBound)...Double(scale.upperBound)
    var rubrics = [main]
    if let coherent = fields["coherent"],
      let inner = coherent.fields(.coherent),
      let prompt = inner.required("rubric").flatMap(rubric),
      let least = inner.required("at_least")?.double(bounds)
    {
      rubrics.append(
        .init(
          name: "coherent", prompt: prompt,
          reading: .rating(from: scale.lowerBound, to: scale.upperBound),
          use: .filter(atLeast: least)))
    }
    return Judging(
      rubrics: rubrics, words: words ?? [], below: fields["below"]?.double(bounds),
      leastMass: fields.double("least_mass") ?? LeastMass.usual)
  }

  /// Words with the scores that they stand for. One that begins another could not be told from it.
  private func labels(_ value: YAMLValue, _ words: [Judging.Word]) -> [Judging.Label]? {
    guard let entries = value.entries else { return nil }
    let labels = entries.compactMap { text, value in
      value.double(0...1).map { Judging.Label(text, $0) }
    }
    guard labels.count == entries.count else { return nil }
    guard (2...20).contains(labels.count) else {
      value.report("found \(Counted.text(labels.count, "label")); allowed: 2 to 20")
      return nil
    }
    let texts = labels.map(\.text) + words.map(\.text)
    for (place, text) in texts.enumerated() {
      guard text.utf8.count <= 40, text.first?.isWhitespace == false else {
        value.report("found '\(text.prefix(60))'; allowed: up to 40 bytes that begin with no blank")
        return nil
      }
      if let other = texts.enumerated().first(where: {
        $0.offset != place && $0.element.hasPrefix(text)
      }) {
        value.report(
          "found '\(text)', with which '\(other.element)' begins; allowed: labels and words of which none "
            + "begins another")
        return nil
      }
    }
    return labels
  }

  /// What the judge is asked, with the answer in it.
  private func rubric(_ value: YAMLValue) -> String? {
    guard let text = value.template(scope + ["question", "answer"]) else { return nil }
    if TextTemplate.placeholders(in: text).contains("answer") { return text }
    value.report("found no {answer}; allowed: text that contains it")
    return nil
  }
}
