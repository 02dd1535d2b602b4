import NosceCore
import NosceExperiment
import NosceKeys
import NosceRows

/// What is asked, and what surrounds it.
extension ProbeDecoder {
  private static let mostWordings = 10_000

  /// How a probe puts its questions. Choices and scales bring names that the questions may use.
  func prompt(_ fields: YAMLFields, choices: Choices? = nil, scale: Scale? = nil) -> Prompt {
    var scope = scope
    if case .options? = choices?.candidates { scope.append("choices") }
    if let scale {
      scope += scale.shown(reversed: false).keys.sorted().filter { !scope.contains($0) }
    }
    var prompt = Prompt()
    prompt.system = fields["system"].flatMap(system)
    prompt.before = fields["before"].map(turns) ?? []
    prompt.samples = fields.int("samples") ?? 1
    prompt.temperature = fields.double("temperature") ?? 0
    if prompt.samples > 1, prompt.temperature == 0 {
      fields["samples"]?.report(
        "found \(prompt.samples) at temperature 0, which would all be the same; allowed: 1, or a "
          + "temperature above 0")
    }
    prompt.stems = fields["stems"]?.list?.compactMap { $0.template(scope) } ?? []
    if let prefill = fields["prefill"], let text = prefill.template(scope) {
      if fields["stems"] != nil {
        prefill.report("found beside stems; allowed: one of the two")
      }
      prompt.stems = [text]
    }
    let limit = maximumTokens(fields)
    prompt.then = fields["then"].flatMap { continuation($0, scope: scope, maximumTokens: limit) }
    guard let value = fields.required("ask") else { return prompt }
    prompt.questions = questions(value, scope: scope)
    if let scale { checkDirections(of: prompt, scale, value) }
    return prompt
  }

  private func questions(_ value: YAMLValue, scope: [String]) -> Prompt.Questions {
    if value.isMapping {
      guard let fields = value.fields(.ask) else {
        return .paraphrases([])
      }
      if fields["each"] != nil || fields["texts"] != nil {
        for key in ["held_out", "bank", "question"] {
          fields[key]?.report("found beside texts; allowed: one of the two")
        }
        return .paraphrases(grammar(fields, scope: scope))
      }
      let count = fields.required("held_out").flatMap { _ in fields.int("held_out") } ?? 1
      guard let value = fields["bank"] else {
        fields["question"]?.report("found a value; allowed: only together with a bank")
        return .heldOut(count: count)
      }
      guard let bank = value.bank(of: materials) else { return .heldOut(count: count) }
      let question = fields.template("question", scope + bank.placeholders)
      return .tasks(bank.name, count: count, question: question ?? "")
    }
    if value.list?.isEmpty ?? false {
      value.report("found an empty list; allowed: at least one wording")
    }
    return .paraphrases(wordings(value, scope: scope))
  }

  /// Each wording, with a stem of its own where it has one.
  private func wordings(_ value: YAMLValue, scope: [String]) -> [Prompt.Paraphrase] {
    value.list?.compactMap { item -> Prompt.Paraphrase? in
      guard item.isMapping else { return item.template(scope).map { .init($0) } }
      guard let fields = item.fields(.wording),
        let question = fields.required("question")?.template(scope)
      else { return nil }
      return .init(question, stem: fields["stem"]?.template(scope))
    } ?? []
  }

  /// Texts with slots, one wording for each way of filling the slots that a text has.
  private func grammar(_ fields: YAMLFields, scope: [String]) -> [Prompt.Paraphrase] {
    guard let each = fields.required("each"), let entries = each.entries,
      let texts = fields.required("texts")
    else { return [] }
    var slots: [Slot] = []
    for (name, value) in entries {
      let fits = name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }
      if !fits || scope.contains(name) {
        value.report(
          "found the slot '\(name)'; allowed: small letters, digits and underscores, and no name "
            + "that is taken (\(TextTemplate.list(scope)))")
        continue
      }
      guard let values = slotValues(value, of: name) else { continue }
      if values.isEmpty || Set(values).count < values.count {
        value.report("found \(values.count) values; allowed: at least one, each once")
        continue
      }
      slots.append(Slot(name: name, values: values))
    }
    if texts.list?.isEmpty ?? false {
      texts.report("found an empty list; allowed: at least one text")
    }
    let names = slots.flatMap(\.placeholders)
    let filled = wordings(texts, scope: scope + names).flatMap { fill($0, slots) }
    let used = Set(
      wordings(texts, scope: scope + names).flatMap {
        TextTemplate.placeholders(in: $0.question + ($0.stem ?? ""))
      })
    // What belongs together may also be named by the answers alone.
    for (name, value) in entries where names.contains(name) && !used.contains(name) {
      value.report("found no text with {\(name)}; allowed: slots that a text uses")
    }
    if filled.count > Self.mostWordings {
      texts.report("found \(filled.count) wordings; allowed: at most \(Self.mostWordings)")
      return []
    }
    return filled
  }

  /// What a text can be filled with: a text under the slot's name, or several that belong together.
  private struct Slot {
    var name: String
    var values: [[String: String]]

    var placeholders: [String] { (values.first ?? [:]).keys.sorted() }
    var hasParts: Bool { placeholders != [name] }
  }

  /// The names under which a slot's values can be written.
  func placeholders(ofSlot name: String, _ value: YAMLValue) -> [String] {
    guard !value.isScalar, let first = value.list?.first, first.isMapping else { return [name] }
    return (first.entries ?? []).map(\.name)
  }

  private func slotValues(_ value: YAMLValue, of name: String) -> [[String: String]]? {
    if value.isScalar { return value.template(scope).map { [[name: $0]] } }
    let names = placeholders(ofSlot: name, value)
    guard names != [name] else {
      return value.list?.compactMap { $0.template(scope) }.map { [name: $0] }
    }
    return value.list?.compactMap { item -> [String: String]? in
      guard let fields = item.fields(names) else { return nil }
      var texts: [String: String] = [:]
      for part in names {
        guard let text = fields.required(part)?.template(scope) else { return nil }
        texts[part] = text
      }
      return texts
    }
  }

  private func fill(
    _ wording: Prompt.Paraphrase, _ slots: [Slot]
  ) -> [Prompt.Paraphrase] {
    let used = Set(TextTemplate.placeholders(in: wording.question + (wording.stem ?? "")))
    var filled = [wording]
    for slot in slots where slot.hasParts || used.contains(slot.name) {
      if filled.count * slot.values.count > 10 * Self.mostWordings { break }
      filled = filled.flatMap { wording in
        slot.values.map { value in
          .init(
            TextTemplate.replacing(wording.question, with: value),
            stem: wording.stem.map { TextTemplate.replacing($0, with: value) },
            values: wording.values.merging(value) { $1 })
        }
      }
    }
    return filled
  }

  /// Text for a system line of the probe's own, or `none`.
  func system(_ value: YAMLValue) -> String? {
    value.scalarText == "none" ? "" : value.template(scope)
  }

  /// A list of turns before the question, each `user: text` or `assistant: text`.
  func turns(_ value: YAMLValue) -> Chat {
    guard let items = value.list else { return [] }
    let turns = items.compactMap { item -> ChatMessage? in
      guard let fields = item.fields(.before) else { return nil }
      guard fields.values.count == 1, let (name, text) = fields.values.first,
        let role = ChatMessage.Role(rawValue: name)
      else {
        item.report("found \(fields.values.count) roles; allowed: one turn, such as user: text")
        return nil
      }
      return text.template(scope).map { ChatMessage(role, $0) }
    }
    let alternate = turns.indices.allSatisfy {
      turns[$0].role == ($0.isMultiple(of: 2) ? .user : .assistant)
    }
    if turns.count == items.count, !alternate || !turns.count.isMultiple(of: 2) {
      value.report(
        "found \(turns.map(\.role.rawValue).joined(separator: ", ")); allowed: user and assistant "
          + "in turn, ending with assistant")
    }
    return turns
  }

  /// A text, or a text with what the first part may be.
  private func continuation(
    _ value: YAMLValue, scope: [String], maximumTokens: Int
  ) -> Continuation? {
    if value.isScalar {
      return value.template(scope).map {
        Continuation(text: $0, maximumTokens: maximumTokens)
      }
    }
    guard let fields = value.fields(.then),
      let text = fields.required("text")?.template(scope)
    else { return nil }
    return Continuation(
      text: text,
      maximumTokens: fields.int("maximum_tokens") ?? maximumTokens,
      stop: fields["stop"]?.nonEmptyString)
  }

  /// A scale can be turned round only where the question says what its ends mean.
  private func checkDirections(of prompt: Prompt, _ scale: Scale, _ value: YAMLValue) {
    guard scale.isReversed, case .paraphrases(let list) = prompt.questions else { return }
    for wording in list {
      let shown = TextTemplate.placeholders(in: wording.question)
      if shown.contains("low"), shown.contains("high") { continue }
      value.report(
        "found '\(wording.question)' without {low} and {high}; allowed: both, so that the scale "
          + "can be turned round, or scale.reverse: false")
      return
    }
  }
}
