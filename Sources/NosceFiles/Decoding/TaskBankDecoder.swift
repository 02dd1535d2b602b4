import NosceCore
import NosceKeys
import NosceRows

/// Reads a bank of tasks: how its texts are written, and what fills them.
struct TaskBankDecoder {
  private static let most = 100_000

  let root: YAMLValue
  let name: String

  func bank() -> TaskBank? {
    guard let fields = root.fields(.bank),
      let question = fields.required("question")?.nonEmptyString,
      let entries = fields.required("answers")?.entries
    else { return nil }
    let answers = entries.compactMap { name, value -> (name: String, text: String)? in
      guard isPlaceholder(name, value) else { return nil }
      return value.nonEmptyString.map { (name, $0) }
    }
    if entries.count < 2 {
      fields["answers"]?.report("found \(entries.count) answers; allowed: at least two, by name")
    }
    let form = TaskForm(question: question, answers: answers)
    guard answers.count == entries.count,
      let taught = fields.required("taught").flatMap({ items($0, form) }),
      let heldOut = fields.required("held_out").flatMap({ items($0, form) })
    else { return nil }
    for (list, key) in [(taught, "taught"), (heldOut, "held_out")]
    where Set(list).count < list.count {
      fields[key]?.report("found a task twice; allowed: each once")
    }
    let known = Set(taught.map(\.question))
    if let both = heldOut.first(where: { known.contains($0.question) }) {
      fields["held_out"]?.report(
        "found '\(both.question)', which is taught, too; allowed: tasks kept apart")
    }
    return TaskBank(
      name: name, answerNames: answers.map(\.name), taught: taught, heldOut: heldOut)
  }

  private func items(_ value: YAMLValue, _ form: TaskForm) -> [TaskBank.Item]? {
    guard let entries = value.entries else { return nil }
    let slots = entries.compactMap { slot($0.name, $0.value) }
    guard slots.count == entries.count else { return nil }
    let names = slots.flatMap(\.placeholders)
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      value.report("found {\(twice)} filled twice; allowed: each name once")
      return nil
    }
    let count = TaskForm.count(slots)
    guard count <= Self.most else {
      value.report("found more than \(Self.most) tasks; allowed: at most \(Self.most)")
      return nil
    }
    do {
      return try form.items(slots)
    } catch {
      value.report("\(error)")
      return nil
    }
  }

  /// A list of texts, or of mappings of texts that belong together.
  private func slot(_ name: String, _ value: YAMLValue) -> TaskForm.Slot? {
    guard isPlaceholder(name, value), let list = value.list else { return nil }
    guard let first = list.first else {
      value.report("found an empty list; allowed: at least one value")
      return nil
    }
    let parts = first.isMapping ? (first.entries ?? []).map(\.name) : [name]
    let values = list.compactMap { item -> [String: String]? in
      guard first.isMapping else { return item.nonEmptyString.map { [name: $0] } }
      guard let fields = item.fields(parts) else { return nil }
      var texts: [String: String] = [:]
      for part in parts {
        guard let value = fields.required(part), isPlaceholder(part, value),
          let text = value.nonEmptyString
        else { return nil }
        texts[part] = text
      }
      return texts
    }
    guard values.count == list.count else { return nil }
    if Set(values).count < values.count {
      value.report("found a value twice; allowed: each value once")
      return nil
    }
    return TaskForm.Slot(name, values: values)
  }

  private func isPlaceholder(_ name: String, _ value: YAMLValue) -> Bool {
    let fits = name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }
    if !fits {
      value.report("found the name '\(name)'; allowed: small letters, digits and underscores")
    }
    return fits
  }
}
