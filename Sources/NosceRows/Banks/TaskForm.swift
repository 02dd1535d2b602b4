import NosceCore

/// How the tasks of a bank are written: texts with slots, and what fills the slots.
///
/// There is one task for every combination of the slots' values, in the order of the slots, of
/// which the last varies fastest. A value is a text under the slot's name, or several texts that
/// belong together under names of their own, and may name other slots in turn.
package struct TaskForm: Sendable {
  package struct Slot: Sendable, Hashable {
    package var name: String
    package var values: [[String: String]]

    package init(_ name: String, values: [[String: String]]) {
      self.name = name
      self.values = values
    }

    /// The placeholders that the slot fills.
    package var placeholders: [String] { (values.first ?? [:]).keys.sorted() }
  }

  package var question: String
  package var answers: [(name: String, text: String)]

  package init(question: String, answers: [(name: String, text: String)]) {
    self.question = question
    self.answers = answers
  }

  /// How many tasks the slots make; `Int.max` for more than that.
  package static func count(_ slots: [Slot]) -> Int {
    slots.reduce(1) { total, slot in
      let (product, isTooLarge) = total.multipliedReportingOverflow(by: slot.values.count)
      return isTooLarge ? .max : product
    }
  }

  /// Every task. Texts that name a slot that there is not, or that name each other in a circle, are
  /// refused.
  package func items(_ slots: [Slot]) throws -> [TaskBank.Item] {
    var choices: [[String: String]] = [[:]]
    for slot in slots {
      choices = choices.flatMap { chosen in slot.values.map { chosen.merging($0) { $1 } } }
    }
    return try choices.map { texts in
      var filled: [String: String] = [:]
      let values = try texts.keys.sorted().reduce(into: [:]) { values, name in
        values[name] = try Self.filled(name, texts, &filled, within: [])
      }
      return TaskBank.Item(
        question: try TextTemplate.fill(question, with: values),
        answers: try answers.reduce(into: [:]) {
          $0[$1.name] = try TextTemplate.fill($1.text, with: values)
        })
    }
  }

  /// The text of a placeholder with every placeholder in it replaced.
  private static func filled(
    _ name: String, _ texts: [String: String], _ known: inout [String: String],
    within chain: [String]
  ) throws -> String {
    if let text = known[name] { return text }
    guard !chain.contains(name) else {
      throw LabError(
        .invalidExperiment,
        "found \((chain + [name]).map { "{\($0)}" }.joined(separator: " in ")); allowed: texts "
          + "that do not name each other in a circle")
    }
    guard let text = texts[name] else {
      throw LabError(
        .invalidExperiment,
        "found {\(name)}; allowed: \(TextTemplate.list(texts.keys.sorted()))")
    }
    var values: [String: String] = [:]
    for inner in TextTemplate.placeholders(in: text) {
      values[inner] = try filled(inner, texts, &known, within: chain + [name])
    }
    let result = try TextTemplate.fill(text, with: values)
    known[name] = result
    return result
  }
}
