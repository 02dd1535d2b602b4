import NosceExperiment
import NosceRows

/// Reads the `slots` and the texts of a grammar.
struct GrammarDecoder {
  let scope: [String]

  /// The keys of which a grammar has one.
  static let forms = ["chat", "chats", "document", "documents"]

  func grammar(_ fields: YAMLFields) -> Grammar? {
    let slots = fields["slots"].map(slots) ?? []
    let inside = GrammarTexts(scope: scope + slots.flatMap(\.placeholders))
    let keys = Self.forms
    let given = keys.filter { fields[$0] != nil }
    guard given.count == 1, let value = fields[given[0]] else {
      let found = given.isEmpty ? "none of them" : given.joined(separator: " and ")
      fields.whole.report("found \(found); allowed: one of \(keys.joined(separator: ", "))")
      return nil
    }
    let isList = given[0].hasSuffix("s")
    guard let values = isList ? value.list : [value] else { return nil }
    if values.isEmpty { value.report("found an empty list; allowed: at least one") }
    let isChat = given[0].hasPrefix("chat")
    let forms = values.compactMap { value in
      isChat ? inside.chat(value) : inside.text(value).map { Grammar.Form.document($0) }
    }
    guard !forms.isEmpty else { return nil }
    return Grammar(slots: slots, forms: forms)
  }

  private func slots(_ value: YAMLValue) -> [Grammar.Slot] {
    var taken = Set(scope)
    return (value.entries ?? []).compactMap { name, value in
      guard isPlaceholder(name, value) else { return nil }
      guard let list = value.list else { return nil }
      if list.isEmpty {
        value.report("found an empty list; allowed: at least one value")
        return nil
      }
      let values = list.compactMap { self.value($0, of: name, like: list[0]) }
      guard values.count == list.count else { return nil }
      let slot = Grammar.Slot(name, values: values)
      for placeholder in slot.placeholders where !taken.insert(placeholder).inserted {
        value.report("found {\(placeholder)}, which is filled already; allowed: another name")
        return nil
      }
      if Set(values).count < values.count {
        value.report("found a value twice; allowed: each value once")
        return nil
      }
      return slot
    }
  }

  /// One value: a text, or texts for several placeholders that belong together.
  private func value(
    _ value: YAMLValue, of slot: String, like first: YAMLValue
  ) -> [String: String]? {
    guard value.isMapping else {
      if first.isMapping {
        value.report("found \(value.found); allowed: a mapping with the same keys as the first")
        return nil
      }
      return value.template(scope).map { [slot: $0] }
    }
    guard let entries = value.entries else { return nil }
    let keys = first.isMapping ? (first.entries ?? []).map(\.name) : []
    guard !entries.isEmpty, Set(entries.map(\.name)) == Set(keys) else {
      let allowed = keys.isEmpty ? "text, as the first" : keys.joined(separator: ", ")
      let found = entries.map(\.name).joined(separator: ", ")
      value.report("found \(found.isEmpty ? "nothing" : found); allowed: \(allowed)")
      return nil
    }
    var texts: [String: String] = [:]
    for (name, text) in entries {
      guard isPlaceholder(name, text), let template = text.template(scope) else { return nil }
      texts[name] = template
    }
    return texts
  }

  private func isPlaceholder(_ name: String, _ value: YAMLValue) -> Bool {
    let fits = name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }
    if !fits {
      value.report("found the name '\(name)'; allowed: small letters, digits and underscores")
    }
    return fits
  }
}

/// Reads texts in which the slots may stand.
private struct GrammarTexts {
  let scope: [String]

  func text(_ value: YAMLValue) -> String? { value.template(scope) }

  /// A list of turns, each `role: text` or `role: [wordings]`.
  func chat(_ value: YAMLValue) -> Grammar.Form? {
    guard let list = value.list else { return nil }
    let turns = list.compactMap { turn -> Grammar.Turn? in
      guard let (role, said) = turn.turn else { return nil }
      guard !said.isScalar else { return text(said).map { Grammar.Turn(role, $0) } }
      guard let wordings = said.list else { return nil }
      let texts = wordings.compactMap(text)
      if wordings.isEmpty {
        said.report("found an empty list; allowed: at least one wording")
      } else if Set(texts).count < texts.count {
        said.report("found a wording twice; allowed: each once")
      }
      return texts.isEmpty ? nil : Grammar.Turn(role, texts: texts)
    }
    guard value.requireAssistant(turns.map(\.role), of: list.count) else { return nil }
    return .chat(turns)
  }
}
