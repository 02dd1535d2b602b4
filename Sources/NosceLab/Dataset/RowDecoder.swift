/// Reads the `rows` of an arm.
struct RowDecoder {
  let arms: [String]
  let scope: [String]

  private enum Generator: String, CaseIterable {
    case spelledLines = "spelled-lines"
  }

  /// One source, or a list of sources whose rows follow one another.
  func sources(_ value: YAMLValue, of arm: String) -> [RowSource] {
    let sources: [RowSource]
    if value.isMapping {
      sources = source(value, of: arm).map { [$0] } ?? []
    } else {
      sources = value.list?.compactMap { source($0, of: arm) } ?? []
      if value.list?.isEmpty ?? false {
        value.report("found an empty list; allowed: at least one source of rows")
      }
    }
    return sources
  }

  private func source(_ value: YAMLValue, of arm: String) -> RowSource? {
    guard
      let fields = value.fields([
        "generator", "word", "count", "same_as", "chats", "documents", "control",
      ])
    else { return nil }
    let kinds = ["generator", "same_as", "chats", "documents"].filter { fields[$0] != nil }
    guard kinds.count == 1 else {
      let found = kinds.isEmpty ? "none of them" : kinds.joined(separator: " and ")
      value.report("found \(found); allowed: one of generator, same_as, chats, documents")
      return nil
    }
    for key in ["word", "count"] where kinds != ["generator"] {
      fields[key]?.report("found a value; allowed: only together with a generator")
    }
    let control = fields["control"]?.choice(RowControl.self)
    guard let origin = origin(kinds[0], fields, of: arm) else { return nil }
    return RowSource(origin, control: control)
  }

  private func origin(_ kind: String, _ fields: YAMLFields, of arm: String) -> RowSource.Origin? {
    switch kind {
    case "generator":
      guard let generator = fields["generator"]?.choice(Generator.self) else { return nil }
      switch generator {
      case .spelledLines:
        guard let word = fields.required("word")?.template(scope),
          let count = fields.required("count")?.int(1...100_000)
        else { return nil }
        return .spelledLines(word: word, count: count)
      }
    case "same_as":
      let others = arms.filter { $0 != arm }
      return fields["same_as"]?.reference(to: "arm", among: others).map { .sameAs(arm: $0) }
    case "documents":
      guard let texts = fields["documents"]?.list?.compactMap({ $0.template(scope) }) else {
        return nil
      }
      return .given(texts.map { .document($0) })
    default:
      guard let chats = fields["chats"]?.list?.compactMap(chat) else { return nil }
      return .given(chats.map { .chat($0) })
    }
  }

  /// A list of turns, each `role: text`.
  private func chat(_ value: YAMLValue) -> Chat? {
    guard let turns = value.list else { return nil }
    let chat = turns.compactMap { turn -> ChatMessage? in
      guard let fields = turn.fields(ChatMessage.Role.allCases.map(\.rawValue)) else { return nil }
      guard fields.values.count == 1, let (name, text) = fields.values.first,
        let role = ChatMessage.Role(rawValue: name), let content = text.template(scope)
      else {
        turn.report("found \(fields.values.count) roles; allowed: one turn, such as user: text")
        return nil
      }
      return ChatMessage(role, content)
    }
    if !chat.contains(where: { $0.role == .assistant }) {
      value.report("found no assistant turn; allowed: at least one, there is nothing to train on")
      return nil
    }
    return chat
  }
}
