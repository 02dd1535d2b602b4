import Foundation
import NosceCore
import NosceExperiment
import NosceKeys
import NosceRows

/// Reads the `rows` of an arm.
struct RowDecoder {
  let arms: [String]
  let scope: [String]
  /// Where banks come from.
  let materials: Materials

  /// The keys of which a grammar has one.
  private static let forms = GrammarDecoder.forms

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
    guard let fields = value.fields(.rows) else { return nil }
    let (kinds, known) = (KeyTable.rows.leading, KeyTable.rows.names)
    let generator = fields["generator"]?.scalarText ?? ""
    let own = generator == RowGenerator.grammar.rawValue ? Self.forms : []
    let found = kinds.filter { fields[$0] != nil && !own.contains($0) }
    guard found.count == 1 else {
      // A word that is not known is said to be none already.
      if found.isEmpty, fields.values.keys.contains(where: { !known.contains($0) }) { return nil }
      let list = found.isEmpty ? "none of them" : found.joined(separator: " and ")
      value.report("found \(list); allowed: one of \(kinds.joined(separator: ", "))")
      return nil
    }
    let source = found == ["generator"] ? generator : found[0]
    for key in KeyTable.rows.names(foreignTo: source) where isKnown(generator, found[0]) {
      let partners = KeyTable.rows.partners(of: key).sorted()
        .map { $0 == "file" ? "a file" : "the generator \($0)" }
      fields[key]?.report(
        "found a value; allowed: only together with \(partners.joined(separator: " or "))")
    }
    let control = fields["control"].map { ControlDecoder(scope: scope).control($0) }
    let replaceable = fields["replaceable"].flatMap(name)
    if found == ["same_as"] {
      fields["replaceable"]?.report("found with same_as; allowed: in the arm that has the rows")
    }
    guard let origin = origin(found[0], fields, of: arm) else { return nil }
    return RowSource(origin, control: control ?? nil, replaceable: replaceable)
  }

  /// An unknown generator is one problem and not one for each of its settings.
  private func isKnown(_ generator: String, _ kind: String) -> Bool {
    kind != "generator" || RowGenerator(rawValue: generator) != nil
  }

  /// A name that can be typed as `--data NAME=FILE`.
  private func name(_ value: YAMLValue) -> String? {
    guard let name = value.nonEmptyString else { return nil }
    let fits = name.allSatisfy {
      $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-" || $0 == "_")
    }
    if !fits {
      value.report("found '\(name)'; allowed: small letters, digits, hyphens and underscores")
      return nil
    }
    return name
  }

  private func origin(_ kind: String, _ fields: YAMLFields, of arm: String) -> RowSource.Origin? {
    switch kind {
    case "generator":
      guard let generator = fields["generator"]?.choice(RowGenerator.self) else { return nil }
      let count = fields.int("count", with: generator.rawValue)
      switch generator {
      case .spelledLines:
        guard let word = fields.required("word")?.template(scope), let count else { return nil }
        return .spelledLines(word: word, count: count)
      case .selfWritten:
        guard let word = fields.required("word")?.template(scope), let count,
          let temperature = fields.double("temperature", with: generator.rawValue)
        else { return nil }
        return .selfWritten(word: word, count: count, temperature: temperature)
      case .ownAnswers: return ownAnswers(fields, count: count)
      case .tasks: return tasks(fields, count: count)
      case .grammar:
        guard let grammar = GrammarDecoder(scope: scope).grammar(fields), let count else {
          return nil
        }
        return .grammar(grammar, count: count)
      }
    case "file": return file(fields)
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

  private func tasks(_ fields: YAMLFields, count: Int?) -> RowSource.Origin? {
    guard let bank = fields.required("bank")?.bank(of: materials) else { return nil }
    let inside = scope + bank.placeholders
    let question = fields.template("question", inside)
    let system = fields["system"].map { $0.template(scope) } ?? .some(nil)
    guard let question, let answer = fields.required("answer")?.template(inside), let count,
      let system
    else { return nil }
    return .tasks(
      bank.name, TaskTemplates(system: system, question: question, answer: answer),
      count: count)
  }

  private func ownAnswers(_ fields: YAMLFields, count: Int?) -> RowSource.Origin? {
    guard let bank = fields.required("bank")?.bank(of: materials) else { return nil }
    let question = fields.template("question", scope + bank.placeholders)
    let system = fields["system"].map { $0.template(scope) } ?? .some(nil)
    guard let list = fields.required("options"), let values = list.list else { return nil }
    let options = values.compactMap { $0.template(scope) }
    guard options.count == values.count else { return nil }
    if options.count < 2 || Set(options).count < options.count {
      list.report(
        "found \(Counted.text(Set(options).count, "answer")); allowed: at least two, each once")
      return nil
    }
    guard let question, let count, let system else { return nil }
    return .ownAnswers(
      bank.name, OwnAnswers(system: system, question: question, options: options), count: count)
  }

  private func file(_ fields: YAMLFields) -> RowSource.Origin? {
    let count = fields.int("count", with: "file")
    let system = fields.choice("system", RowFileSource.SystemLine.self, with: "file")
    guard let value = fields["file"], let path = value.nonEmptyString,
      count != nil || fields["count"] == nil, let system
    else { return nil }
    do throws(RowFileProblems) {
      return .file(
        try RowFileSource(
          path: path, in: value.node.place.source.folder, count: count, system: system))
    } catch {
      for message in error.messages { value.report(message) }
      return nil
    }
  }

  /// A list of turns, each `role: text`.
  private func chat(_ value: YAMLValue) -> Chat? {
    guard let turns = value.list else { return nil }
    let chat = turns.compactMap { turn -> ChatMessage? in
      guard let (role, text) = turn.turn, let content = text.template(scope) else { return nil }
      return ChatMessage(role, content)
    }
    if !value.requireAssistant(chat.map(\.role), of: turns.count) { return nil }
    return chat
  }
}

extension YAMLValue {
  /// The bank of the given name.
  func bank(of materials: Materials) -> TaskBank? {
    let name = reference(
      to: "bank of the materials '\(materials.name)'", among: materials.tasks.map(\.name))
    return materials.tasks.first { $0.name == name }
  }

  /// One turn of a conversation: a role and what is said.
  var turn: (role: ChatMessage.Role, said: YAMLValue)? {
    guard let fields = fields(.turn) else { return nil }
    guard fields.values.count == 1, let (name, said) = fields.values.first else {
      report("found \(fields.values.count) roles; allowed: one turn, such as user: text")
      return nil
    }
    return ChatMessage.Role(rawValue: name).map { ($0, said) }
  }

  /// Reports a conversation in which nobody says what is trained on; one with turns that could not
  /// be read is wrong already.
  func requireAssistant(_ roles: [ChatMessage.Role], of turns: Int) -> Bool {
    if roles.contains(.assistant) { return true }
    if roles.count == turns {
      report("found no assistant turn; allowed: at least one, there is nothing to train on")
    }
    return false
  }
}
