import NosceCore

extension Experiment {
  /// The experiment with more probes, which every arm is asked and no contrast is about.
  ///
  /// - Parameter samples: the most samples of each wording; nil for as many as the questions say.
  package func adding(_ questions: [Probe], samples: Int? = nil) throws -> Experiment {
    var result = self
    for question in questions {
      if probe(question.name) != nil {
        throw LabError(
          .invalidExperiment,
          "--questions: found '\(question.name)', which is a probe of \(name); allowed: names of "
            + "their own")
      }
      if result.probe(question.name) != nil {
        throw LabError(
          .invalidExperiment,
          "--questions: found '\(question.name)' in two files; allowed: each name once")
      }
      guard let samples, var prompt = question.prompt else {
        result.probes.append(question)
        continue
      }
      prompt.samples = min(prompt.samples, samples)
      result.probes.append(question.with(prompt: prompt))
    }
    return result
  }
}
