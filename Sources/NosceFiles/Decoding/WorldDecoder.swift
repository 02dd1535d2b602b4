import NosceKeys
import NosceRows

/// Reads the lines and the words of a set of materials.
enum WorldDecoder {
  static func lines(_ root: YAMLValue) -> LineBank? {
    guard let fields = root.fields(.lines) else { return nil }
    let isWhole = fields["sentences"] != nil
    exclude(
      isWhole ? ["starters", "predicates"] : [], in: fields, beside: "sentences")
    let beginnings = fields.required(isWhole ? "sentences" : "starters").flatMap(byLetter)
    let predicates = isWhole ? [] : fields.required("predicates").flatMap(texts)
    guard let beginnings, let predicates,
      let taught = questions(fields, "", ""),
      let heldOut = questions(fields, "held_out_", "held_out_")
    else { return nil }
    let plain = fields["plain_sentences"].map { texts($0, about: true) } ?? []
    guard let plain else { return nil }
    let known = Set(all(taught))
    if let both = all(heldOut).first(where: known.contains) {
      let key = fields["held_out_questions"] ?? fields["held_out_question_forms"]
      key?.report("found '\(both)', which is taught, too; allowed: questions kept apart")
    }
    return LineBank(
      starters: isWhole ? [:] : beginnings, predicates: predicates,
      sentences: isWhole ? beginnings : [:], topics: taught.topics,
      heldOutTopics: heldOut.topics, questionForms: taught.forms,
      heldOutQuestionForms: heldOut.forms, plainSentences: plain)
  }

  private static func all(_ questions: (forms: [String], topics: [String])) -> [String] {
    questions.forms.flatMap { form in questions.topics.map { LineBank.about($0, form) } }
  }

  /// Forms with a topic, or whole questions, which are forms without one.
  private static func questions(
    _ fields: YAMLFields, _ prefix: String, _ name: String
  ) -> (forms: [String], topics: [String])? {
    if let whole = fields[prefix + "questions"] {
      exclude(
        [prefix + "topics", prefix + "question_forms"], in: fields,
        beside: prefix + "questions")
      return texts(whole).map { ($0, [""]) }
    }
    let forms = fields.required(prefix + "question_forms").flatMap { texts($0, about: true) }
    let topics = fields.required(prefix + "topics").flatMap { texts($0) }
    guard let forms, let topics else { return nil }
    return (forms, topics)
  }

  private static func exclude(_ keys: [String], in fields: YAMLFields, beside other: String) {
    for key in keys {
      fields[key]?.report("found beside \(other); allowed: one of the two")
    }
  }

  /// A list of texts for each capital letter, each text beginning with it.
  private static func byLetter(_ value: YAMLValue) -> [Character: [String]]? {
    guard let entries = value.entries else { return nil }
    var lists: [Character: [String]] = [:]
    for (name, value) in entries {
      guard name.count == 1, let letter = name.first, LineBank.alphabet.contains(letter) else {
        value.report("found the key '\(name)'; allowed: one capital letter, A to Z")
        continue
      }
      guard let list = texts(value) else { continue }
      for text in list where text.first != letter {
        value.report("found '\(text)'; allowed: texts that begin with \(letter)")
      }
      lists[letter] = list
    }
    return lists
  }

  static func words(_ root: YAMLValue) -> WordList? {
    guard let fields = root.fields(.words),
      let development = fields.required("development").flatMap(capitals),
      let report = fields.required("report").flatMap(capitals),
      let decoys = fields.required("decoys").flatMap(capitals)
    else { return nil }
    var seen: [String: String] = [:]
    for word in development + report + decoys {
      if let other = seen.updateValue(word, forKey: String(word.sorted())) {
        root.problems.add(
          at: root.node.place,
          "found '\(word)' and '\(other)'; allowed: each word once, and no anagram of another")
      }
    }
    return WordList(development: development, report: report, decoys: decoys)
  }

  private static func capitals(_ value: YAMLValue) -> [String]? {
    guard let words = texts(value) else { return nil }
    for word in words where !word.allSatisfy(LineBank.alphabet.contains) {
      value.report("found '\(word)'; allowed: words of capital letters, A to Z")
    }
    return words
  }

  /// A list with at least one text, each listed once.
  ///
  /// - Parameter about: whether each must have the slot `{topic}`.
  private static func texts(_ value: YAMLValue, about: Bool) -> [String]? {
    guard let list = value.list else { return nil }
    let texts = list.compactMap(\.nonEmptyString)
    if texts.isEmpty { value.report("found an empty list; allowed: at least one text") }
    if Set(texts).count < texts.count {
      value.report("found a text twice; allowed: each once")
    }
    for (item, text) in zip(list, texts) where texts.count == list.count {
      let slots = TextTemplate.placeholders(in: text)
      if about ? slots != ["topic"] : !slots.isEmpty {
        item.report("found '\(text)'; allowed: \(about ? "{topic} once" : "no placeholder")")
      }
    }
    return texts
  }

  private static func texts(_ value: YAMLValue) -> [String]? { texts(value, about: false) }
}
