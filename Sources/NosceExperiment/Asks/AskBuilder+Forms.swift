import NosceCore
import NosceRows

extension AskBuilder {
  /// In which form a wording is asked, once or several times, and what its placeholders then show.
  func forms(
    of probe: Probe, _ prompt: Prompt, _ wording: Prompt.Paraphrase, _ values: [String: String],
    _ label: String
  ) throws -> [(form: Ask.Form, shown: [String: String])] {
    let forms = try singleForms(of: probe, prompt, wording, values, label)
    return (0..<max(1, prompt.samples)).flatMap { _ in forms }
  }

  private func singleForms(
    of probe: Probe, _ prompt: Prompt, _ wording: Prompt.Paraphrase, _ values: [String: String],
    _ label: String
  ) throws -> [(form: Ask.Form, shown: [String: String])] {
    switch probe.form {
    case .rating(_, let scale):
      return (scale.isReversed ? [false, true] : [false]).map { reversed in
        (.read(scale.distribution(reversed: reversed)), scale.shown(reversed: reversed))
      }
    case .nextText(_, let next):
      let texts = try next.groups.flatMap { group in
        try group.texts.map { try TextTemplate.fill($0, with: values) }
      }
      let groups = next.groups.flatMap { group in group.texts.map { _ in group.name } }
      let distribution = Distribution(
        texts: texts, ending: next.ending, leastMass: next.leastMass,
        reading: next.scoring == .share
          ? .share(groups: groups, of: next.answer) : .logOdds(groups: groups, of: next.answer))
      return [(.read(distribution), [:])]
    case .choice(_, let choices):
      return try choose(choices, probe.name, prompt, wording, values, label)
    case .sampled(_, let sampling): return [try sampled(sampling, prompt, values)]
    case .reader(let reader): return [try sampled(reader.sampling, prompt, values)]
    case .topic:
      // The other questions are known once all are (``withOtherQuestions(_:_:)``).
      return [
        (.read(Distribution(texts: [], ending: .open, leastMass: 0, reading: .ownQuestion)), [:])
      ]
    case .plainLanguage:
      guard let text = wording.values[Probe.passage] else {
        throw LabError(
          .invalidExperiment, "\(probe.name): found a wording without a text; allowed: with one")
      }
      let filled = try TextTemplate.fill(text, with: values)
      let reading = Distribution.Reading.perWord(WordRuns.words(of: filled).count)
      return [
        (.read(Distribution(texts: [filled], ending: .open, leastMass: 0, reading: reading)), [:])
      ]
    case .difference: return []
    }
  }

  private func sampled(
    _ sampling: Sampling, _ prompt: Prompt, _ values: [String: String]
  ) throws -> (form: Ask.Form, shown: [String: String]) {
    let grader = try prompt.isLiteral ? sampling.grader : sampling.grader.filled(with: values)
    return (
      .sample(
        grader: grader, temperature: prompt.temperature, maximumTokens: sampling.maximumTokens,
        seed: 0), [:]
    )
  }

  private func choose(
    _ choices: Choices, _ probe: String, _ prompt: Prompt, _ wording: Prompt.Paraphrase,
    _ values: [String: String], _ label: String
  ) throws -> [(form: Ask.Form, shown: [String: String])] {
    let answer = try TextTemplate.fill(choices.answer, with: values)
    switch choices.candidates {
    case .decoys(let decoys):
      var generator = SeededGenerator(seed: experiment.seed, labStream: "decoys/\(label)")
      let also = try decoys.also.map { try TextTemplate.fill($0, with: values) }
      let excluded = experiment.variables.compactMap { values[$0.name] }
      let candidates = try Candidates.drawn(
        for: answer, decoys: decoys, also: also, excluded: excluded, using: &generator)
      return [(try form(choices, candidates, values), [:])]
    case .family(let variable, _):
      let family = experiment.variable(variable)?.families?.first { $0.contains(answer) }
      guard let family, let place = family.firstIndex(of: answer) else {
        throw LabError(
          .invalidExperiment,
          "\(probe): found the answer '\(answer)'; allowed: a name of a family of '\(variable)'")
      }
      return [(try form(choices, Candidates(names: family, answer: place), values), [:])]
    case .options(let options):
      let names = try options.map { try TextTemplate.fill($0, with: values) }
      guard let index = names.firstIndex(of: answer) else {
        throw LabError(
          .invalidExperiment,
          "\(probe): found the answer '\(answer)'; allowed: \(names.joined(separator: ", "))")
      }
      let form = try form(choices, Candidates(names: names, answer: index), values)
      let texts = wording.question + (wording.stem ?? "") + (prompt.then?.text ?? "")
      guard TextTemplate.placeholders(in: texts).contains("choices") else { return [(form, [:])] }
      return Candidates.orders(of: names).map { names in
        (form, ["choices": names.joined(separator: " or ")])
      }
    }
  }

  private func form(
    _ choices: Choices, _ candidates: Candidates, _ values: [String: String]
  ) throws -> Ask.Form {
    let texts = try candidates.names.map { name in
      var values = values
      let spelled = choices.separator.map { name.map(String.init).joined(separator: $0) }
      values["choice"] = spelled ?? name
      return try TextTemplate.fill(choices.text, with: values)
    }
    return .choose(
      candidates, texts: texts,
      Ask.Choosing(
        ending: choices.ending, minusBase: choices.minusBase, scoring: choices.scoring,
        leastMass: choices.leastMass))
  }
}
