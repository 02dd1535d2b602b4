import NosceExperiment
import NosceKeys

/// Reads `calibrate` of an experiment file.
struct CalibrationDecoder {
  let variables: [Variable]

  func settings(_ value: YAMLValue) -> CalibrationSettings? {
    guard let fields = value.fields(.calibrate), let steps = fields.required("steps") else {
      return nil
    }
    let (whole, count) = (fields.wholeRange("steps"), fields.wholeRange("rows"))
    let rate = fields.numberRange("learning_rates")
    var settings = CalibrationSettings(steps: ascending(steps) { $0.int(whole) })
    if let rates = fields["learning_rates"] {
      settings.learningRates = ascending(rates) { $0.double(rate) }
    }
    settings.rows = fields["rows"].map { ascending($0) { $0.int(count) } } ?? []
    settings.budget = fields.int("trainings") ?? CalibrationSettings.usualBudget
    settings.margin = fields.double("margin") ?? CalibrationSettings.usualMargin
    settings.development = fields["values"].map(development) ?? [:]
    let missing = variables.first { $0.hasTasks && settings.development[$0.name] == nil }
    if let name = missing?.name {
      (fields["values"] ?? value).report(
        "found no value of '\(name)' for the search; allowed: one or more that the experiment does "
          + "not ask about")
    }
    return settings.steps.isEmpty ? nil : settings
  }

  private func ascending<Value: Comparable>(
    _ value: YAMLValue, _ read: (YAMLValue) -> Value?
  ) -> [Value] {
    let numbers = value.list?.compactMap(read) ?? []
    if numbers.isEmpty || zip(numbers, numbers.dropFirst()).contains(where: { $0 >= $1 }) {
      value.report("found \(numbers.count) numbers; allowed: at least one, each above the last")
    }
    return numbers
  }

  private func development(_ value: YAMLValue) -> [String: [String]] {
    var values: [String: [String]] = [:]
    for (name, value) in value.entries ?? [] {
      let texts = value.strings ?? []
      values[name] = texts
      guard let variable = variables.first(where: { $0.name == name && $0.hasTasks }) else {
        value.report("found the name '\(name)'; allowed: variables that have tasks")
        continue
      }
      if texts.isEmpty || Set(texts).count < texts.count {
        value.report("found \(texts.count) values; allowed: at least one, each once")
      } else if let shared = texts.first(where: variable.values.contains) {
        value.report("found '\(shared)', which the experiment asks about; allowed: other values")
      }
    }
    return values
  }
}
