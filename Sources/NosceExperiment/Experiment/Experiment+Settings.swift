import NosceCore

extension Experiment {
  /// The experiment as it is run on a model of the given name.
  package func settled(for backend: String) -> Experiment {
    var result = self
    if let best = BackendName.best(of: Array(seedsByBackend.keys), for: backend),
      let seeds = seedsByBackend[best]
    {
      result.seeds = seeds
    }
    result.seedsByBackend = [:]
    return result
  }

  /// The experiment with what was set on the command line.
  ///
  /// - Parameter settings: new values of variables, by name.
  package func applying(seeds: Int? = nil, settings: [String: [String]] = [:]) throws -> Experiment
  {
    var result = self
    if let seeds {
      result.seeds = seeds
      result.seedsByBackend = [:]
    }
    for (name, values) in settings.sorted(by: { $0.key < $1.key }) {
      guard let index = variables.firstIndex(where: { $0.name == name }) else {
        let allowed = variables.map(\.name).joined(separator: ", ")
        throw LabError(
          .invalidExperiment,
          "--set \(name): found an unknown name; allowed: \(allowed.isEmpty ? "none" : allowed)")
      }
      let values = values.map { $0.trimmingPrefix(" ") }.map(String.init)
      if values.isEmpty || values.contains("") {
        throw LabError(.invalidExperiment, "--set \(name): found no value; allowed: at least one")
      }
      if let families = variables[index].families {
        let known = families.flatMap(\.self)
        if let other = values.first(where: { !known.contains($0) }) {
          throw LabError(
            .invalidExperiment,
            "--set \(name): found '\(other)'; allowed: names of its families, which are "
              + families.map { $0.joined(separator: ", ") }.joined(separator: "; "))
        }
      }
      result.variables[index].values = values
    }
    return result
  }
}
