import NosceCore

extension Experiment {
  /// The tasks: one for each combination of the values of the variables that have tasks.
  package func tasks() throws -> [ExperimentTask] {
    var tasks = [ExperimentTask(name: "", values: [:])]
    for variable in variables {
      guard variable.hasTasks else { continue }
      let values = variable.values
      if values.isEmpty {
        throw LabError(.invalidExperiment, "\(variable.name): no value; at least one is needed")
      }
      if Set(values).count < values.count {
        throw LabError(.invalidExperiment, "\(variable.name): a value is listed twice")
      }
      tasks = tasks.flatMap { task in
        values.map { value in
          var next = task
          next.name = task.name.isEmpty ? value : "\(task.name)/\(value)"
          next.values[variable.name] = value
          return next
        }
      }
    }
    return try tasks.map { task in
      var task = task
      if task.name.isEmpty { task.name = name }
      for variable in variables {
        guard case .pick(let list, let like) = variable.source else { continue }
        guard let model = task.values[like] else {
          throw LabError(
            .invalidExperiment, "\(variable.name): like: there is no variable '\(like)' with values"
          )
        }
        task.values[variable.name] = try Self.pick(from: list, like: model, name: variable.name)
      }
      return task
    }
  }

  /// The entry of the same length that shares the fewest letters with `model` and is no anagram
  /// of it; the earlier entry where several do.
  private static func pick(from list: [String], like model: String, name: String) throws -> String {
    let fitting = list.filter {
      $0.count == model.count && $0.sorted() != model.sorted()
    }
    let best = fitting.min { shared($0, model) < shared($1, model) }
    guard let best else {
      throw LabError(
        .invalidExperiment,
        "\(name): none of \(list.joined(separator: ", ")) has the length of \(model) "
          + "(\(model.count)) without being an anagram of it")
    }
    return best
  }

  private static func shared(_ a: String, _ b: String) -> Int {
    var rest = Array(b)
    return a.reduce(into: 0) { count, letter in
      if let index = rest.firstIndex(of: letter) {
        rest.remove(at: index)
        count += 1
      }
    }
  }
}
