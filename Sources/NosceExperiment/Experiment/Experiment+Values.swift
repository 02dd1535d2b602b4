import NosceCore

extension Experiment {
  /// What placeholders stand for in what a subject of a task and seed is trained on and asked.
  package func values(of task: ExperimentTask, seed: Int) -> [String: String] {
    variables.reduce(task.values.merging(hosts.values(seed: seed)) { $1 }) { values, variable in
      values.merging(variable.values(seed: seed, experimentSeed: self.seed)) { $1 }
    }
  }

  /// After how many seeds what is asked begins again: as many as there are personas, and never where
  /// an order is drawn for each seed. An untrained subject is asked once for each.
  package var differentSeeds: Int {
    let draws = variables.contains { if case .order = $0.source { true } else { false } }
    return draws ? max(1, seeds) : max(1, hosts.personas.count)
  }
}
