import NosceCore

/// Draws the rows of a ``Grammar``.
///
/// Each row has a random stream of its own, named by the caller and not by the arm, from which the
/// form, the wordings of the prompt, every slot and last the wordings of the answer are drawn. So
/// arms with the same slots that differ only in what the assistant says have the same prompts with
/// the same values in the same places. No prompt comes twice while there are others, and then no
/// row.
package struct GrammarRows {
  private let grammar: Grammar
  private let values: [String: String]
  private let forms: [[Part]]

  /// A turn or a document in its wordings.
  private struct Part {
    var role: ChatMessage.Role?
    var texts: [String]
    /// The placeholders of each wording.
    var placeholders: [Set<String>]
    /// Documents are prompts, too: what arms share is drawn for those.
    var isPrompt: Bool { role != .assistant }
  }

  /// - Parameter values: what the placeholders of the experiment stand for.
  package init(_ grammar: Grammar, values: [String: String]) throws {
    self.values = values
    var filled = grammar
    for index in grammar.slots.indices {
      var seen: Set<[String: String]> = []
      filled.slots[index].values = try grammar.slots[index].values
        .map { try $0.mapValues { try TextTemplate.fill($0, with: values) } }
        .filter { seen.insert($0).inserted }
    }
    self.grammar = filled
    forms = grammar.forms.map { form in
      switch form {
      case .document(let text): [Self.part(nil, [text])]
      case .chat(let turns): turns.map { Self.part($0.role, $0.texts) }
      }
    }
  }

  private static func part(_ role: ChatMessage.Role?, _ texts: [String]) -> Part {
    Part(
      role: role, texts: texts, placeholders: texts.map { Set(TextTemplate.placeholders(in: $0)) })
  }

  /// The first `count` rows; a smaller number gives the beginning of what a larger one gives.
  package func rows(_ count: Int, seed: UInt64, stream: String) throws -> [TrainingRow] {
    let prompts = distinct { $0.isPrompt }
    let all = distinct { _ in true }
    guard count <= all else {
      throw LabError(
        .invalidExperiment,
        "count: found \(Counted.text(count, "row")); allowed: 1 to \(all), as many as the slots make different ones"
      )
    }
    var seen: Set<String> = []
    var rows: [TrainingRow] = []
    for row in 0..<count {
      var found: Draw?
      // The last of a small number of equally likely rows has come up long before the limit.
      let space = min(50_000, row < prompts ? prompts : all)
      for attempt in 0..<max(10_000, 100 * space) {
        let draw = draw(
          SeededGenerator(seed: seed, labStream: "grammar/\(stream)/\(row)/\(attempt)"))
        let key = key(of: draw) { row >= prompts || $0.isPrompt }
        if seen.insert(key).inserted {
          found = draw
          break
        }
      }
      guard let found else {
        throw LabError(
          .invalidExperiment,
          "count: found \(Counted.text(count, "row")); allowed: about \(row), the rest come up too seldom"
        )
      }
      // A row counts as a whole, too, for those that come when the prompts are used up.
      seen.insert(key(of: found) { _ in true })
      rows.append(try self.row(found))
    }
    return rows
  }

  private struct Draw {
    var form: Int
    /// The wording of each part.
    var texts: [Int]
    /// The value of each slot.
    var slots: [Int]
  }

  private func draw(_ generator: SeededGenerator) -> Draw {
    var generator = generator
    let form = generator.index(below: forms.count)
    var texts = [Int](repeating: 0, count: forms[form].count)
    for (place, part) in forms[form].enumerated() where part.isPrompt {
      texts[place] = generator.index(below: part.texts.count)
    }
    let slots = grammar.slots.map { generator.index(below: $0.values.count) }
    for (place, part) in forms[form].enumerated() where !part.isPrompt {
      texts[place] = generator.index(below: part.texts.count)
    }
    return Draw(form: form, texts: texts, slots: slots)
  }

  private func row(_ draw: Draw) throws -> TrainingRow {
    var values = values
    for (slot, index) in zip(grammar.slots, draw.slots) {
      values.merge(slot.values[index]) { $1 }
    }
    let filled = try zip(forms[draw.form], draw.texts).map { part, index in
      (part.role, try TextTemplate.fill(part.texts[index], with: values))
    }
    if case .document = grammar.forms[draw.form] { return .document(filled[0].1) }
    return .chat(filled.compactMap { role, text in role.map { ChatMessage($0, text) } })
  }

  // MARK: What is different

  /// What tells the row apart from others, as far as the parts are concerned that count.
  private func key(of draw: Draw, where counts: (Part) -> Bool) -> String {
    let form = forms[draw.form]
    let places = form.indices.filter { counts(form[$0]) }
    let used = places.reduce(into: Set<String>()) {
      $0.formUnion(form[$1].placeholders[draw.texts[$1]])
    }
    let slots = zip(grammar.slots, draw.slots).map { slot, index in
      slot.values[index].filter { used.contains($0.key) }.sorted { $0.key < $1.key }
        .map(\.value).joined(separator: "\u{1}")
    }
    let texts = places.map { "\(draw.texts[$0])" }.joined(separator: ",")
    return "\(places.count)/\(draw.form)/\(texts)/" + slots.joined(separator: "\u{2}")
  }

  /// How many rows there are that differ in the parts that count; `Int.max` for more than that.
  private func distinct(where counts: (Part) -> Bool) -> Int {
    var total = 0
    for form in forms {
      // How many choices of wordings use just these placeholders.
      var choices: [Set<String>: Int] = [[]: 1]
      for part in form where counts(part) {
        var next: [Set<String>: Int] = [:]
        for (names, number) in choices {
          for more in part.placeholders {
            let used = names.union(more)
            next[used] = Self.sum(next[used] ?? 0, number)
          }
        }
        choices = next
      }
      for (names, number) in choices {
        total = Self.sum(total, grammar.slots.reduce(number) { Self.product($0, $1, names) })
      }
    }
    return total
  }

  /// So many times the values of the slot that differ in what these placeholders show.
  private static func product(_ number: Int, _ slot: Grammar.Slot, _ names: Set<String>) -> Int {
    let different = Set(slot.values.map { $0.filter { names.contains($0.key) } }).count
    let (result, isTooLarge) = number.multipliedReportingOverflow(by: different)
    return isTooLarge ? .max : result
  }

  private static func sum(_ one: Int, _ other: Int) -> Int {
    let (result, isTooLarge) = one.addingReportingOverflow(other)
    return isTooLarge ? .max : result
  }
}
