import NosceRows

extension Experiment {
  /// What training rows must not say: the answers of all probes unless the
  /// gate lets them be named, and the words of the gate, or where
  /// none is given, of all gates against leaks. They are templates for the values of a subject.
  package func leakTemplates(of gate: Gate? = nil) -> [String] {
    let gates = gate.map { [$0] } ?? self.gates.filter { $0.kind == .leakage }
    let namesNone = gates.isEmpty || gates.contains { $0.mayNameAnswers != true }
    return (namesNone ? probes.compactMap(\.answerWord) : []) + gates.flatMap(\.words)
  }

  /// What no training row must say, for every task and seed.
  package func wordsThatMustNotLeak() throws -> [String] {
    try filledEverywhere(leakTemplates())
  }

  /// Every system line under which a subject of the experiment is asked; none where it has none.
  package func systemLines() throws -> [String] {
    try filledEverywhere(hosts.system.map { [$0] } ?? [])
  }

  private func filledEverywhere(_ templates: [String]) throws -> [String] {
    var texts: [String] = []
    for task in try tasks() {
      for seed in 1...max(differentSeeds, hosts.others.count) {
        let values = values(of: task, seed: seed)
        for template in templates {
          let text = try TextTemplate.fill(template, with: values)
          if !texts.contains(text) { texts.append(text) }
        }
      }
    }
    return texts
  }
}
