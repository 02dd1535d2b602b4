import NosceRows

extension Experiment {
  /// The answers of all probes and the words of the gates, for every task and seed: what training
  /// rows must not say.
  package func wordsThatMustNotLeak() throws -> [String] {
    let templates =
      probes.compactMap(\.answerWord) + gates.filter { $0.kind == .leakage }.flatMap(\.words)
    return try filledEverywhere(templates)
  }

  /// Every system line under which a subject of the experiment is asked; none where it has none.
  package func systemLines() throws -> [String] {
    try filledEverywhere(hosts.system.map { [$0] } ?? [])
  }

  private func filledEverywhere(_ templates: [String]) throws -> [String] {
    var texts: [String] = []
    for task in try tasks() {
      for seed in 1...max(1, hosts.personas.count, hosts.others.count) {
        let values = task.values.merging(hosts.values(seed: seed)) { $1 }
        for template in templates {
          let text = try TextTemplate.fill(template, with: values)
          if !texts.contains(text) { texts.append(text) }
        }
      }
    }
    return texts
  }
}
