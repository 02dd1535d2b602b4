import NosceExperiment
import NosceKeys
import NosceRows

/// Reads the `control` of a source of rows.
struct ControlDecoder {
  let scope: [String]

  func control(_ value: YAMLValue) -> RowControl? {
    guard value.isMapping else {
      if let control = RowControl.plain.first(where: { $0.name == value.scalarText }) {
        return control
      }
      let plain = RowControl.plain.map(\.name).joined(separator: ", ")
      let others = KeyTable.control.names.map { "{\($0): …}" }.joined(separator: ", ")
      value.report("found \(value.found); allowed: \(plain), \(others)")
      return nil
    }
    guard let fields = value.fields(.control) else { return nil }
    guard fields.values.count == 1 else {
      if fields.values.count > 1 {
        let found = fields.values.keys.sorted().joined(separator: " and ")
        value.report("found \(found); allowed: one control")
      }
      return nil
    }
    if let labels = fields["flip"] { return pairs(labels).map { .flip($0) } }
    if let words = fields["relabel"] { return replacements(words).map { .relabel($0) } }
    return fields["decorrelate"].flatMap(decorrelation).map { .decorrelate($0) }
  }

  /// Two labels, or a list of pairs.
  private func pairs(_ value: YAMLValue) -> [LabelPair]? {
    guard let list = value.list else { return nil }
    if list.isEmpty {
      value.report("found an empty list; allowed: two labels, or pairs of them")
      return nil
    }
    guard list.contains(where: { !$0.isScalar }) else { return pair(value).map { [$0] } }
    let pairs = list.compactMap(pair)
    guard pairs.count == list.count else { return nil }
    let labels = pairs.flatMap { [$0.first, $0.second] }
    if Set(labels).count < labels.count {
      value.report("found a label twice; allowed: each in one pair")
      return nil
    }
    return pairs
  }

  private func pair(_ value: YAMLValue) -> LabelPair? {
    guard let list = value.list else { return nil }
    guard list.count == 2 else {
      value.report("found \(list.count) labels; allowed: two")
      return nil
    }
    let labels = list.compactMap { $0.template(scope) }
    guard labels.count == 2 else { return nil }
    let pair = LabelPair(labels[0], labels[1])
    // What placeholders stand for is known later, and looked at then.
    if !labels.contains(where: hasPlaceholder), let fault = pair.fault {
      value.report("found \(fault)")
      return nil
    }
    return pair
  }

  private func replacements(_ value: YAMLValue) -> [WordReplacement]? {
    guard let entries = value.entries else { return nil }
    if entries.isEmpty {
      value.report("found nothing; allowed: word: other word")
      return nil
    }
    var seen: Set<String> = []
    let words = entries.compactMap { word, value -> WordReplacement? in
      guard let other = value.template(scope) else { return nil }
      for name in TextTemplate.placeholders(in: word) where !scope.contains(name) {
        value.report("found {\(name)}; allowed: \(TextTemplate.list(scope))")
        return nil
      }
      let replacement = WordReplacement(word, other)
      if !hasPlaceholder(word), !hasPlaceholder(other), let fault = replacement.fault {
        value.report("found \(fault)")
        return nil
      }
      if !seen.insert(word.lowercased()).inserted {
        value.report("found '\(word)' in another case, too; allowed: once")
        return nil
      }
      return replacement
    }
    return words.count == entries.count ? words : nil
  }

  private func decorrelation(_ value: YAMLValue) -> Decorrelation? {
    guard let fields = value.fields(.decorrelate) else { return nil }
    let feature = fields.required("feature")?.template(scope)
    let move = fields.choice("move", Decorrelation.Moved.self)
    var behaviour: [String]? = []
    if let texts = fields["behaviour"] {
      let list = texts.isScalar ? [texts] : texts.list ?? []
      let templates = list.compactMap { $0.template(scope) }
      behaviour = templates.count == list.count && !list.isEmpty ? templates : nil
      if !texts.isScalar, list.isEmpty {
        texts.report("found no text; allowed: at least one that answers contain")
      }
    }
    guard let feature, let move, let behaviour else { return nil }
    return Decorrelation(feature: feature, behaviour: behaviour, move: move)
  }

  private func hasPlaceholder(_ text: String) -> Bool {
    !TextTemplate.placeholders(in: text).isEmpty
  }
}
