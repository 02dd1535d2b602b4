import NosceCore

extension Experiment {
  /// Whether a probe asks for words about the subject, and not for what it does.
  package func isReport(_ probe: Probe) -> Bool {
    switch probe.kind {
    case .behaviour, .outsideReader, .topic, .plainLanguage: false
    case .difference:
      [probe.difference?.of, probe.difference?.minus].compactMap { $0 }.compactMap(self.probe)
        .contains(where: isReport)
    case .freeForm, .forcedChoice, .rating, .nextToken: true
    }
  }
}
