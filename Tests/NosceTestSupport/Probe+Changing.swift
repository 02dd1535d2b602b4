import NosceExperiment

/// Ways of making another probe out of one, for tests that vary one thing.
extension Probe {
  package mutating func changePrompt(_ change: (inout Prompt) -> Void) {
    guard var prompt else { return }
    change(&prompt)
    self = with(prompt: prompt)
  }

  package mutating func changeSampling(_ change: (inout Sampling) -> Void) {
    guard case .sampled(let prompt, var sampling) = form else { return }
    change(&sampling)
    form = .sampled(prompt, sampling)
  }

  package mutating func changeChoices(_ change: (inout Choices) -> Void) {
    guard case .choice(let prompt, var choices) = form else { return }
    change(&choices)
    form = .choice(prompt, choices)
  }

  /// An outside reader of this probe's answers; nil where none are written.
  package func reader(named name: String) -> Probe? {
    guard case .sampled(let prompt, let sampling) = form else { return nil }
    return Probe(name, .reader(Reader(of: self.name, prompt: prompt, sampling: sampling)))
  }
}
