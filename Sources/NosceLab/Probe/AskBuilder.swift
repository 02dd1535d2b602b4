import NosceStatistics

/// Makes the asks of a probe, the same for the same task and seed, whatever the arm.
package struct AskBuilder: Sendable {
  package var experiment: Experiment
  package var bank: LineBank

  package init(experiment: Experiment, bank: LineBank = .standard) {
    self.experiment = experiment
    self.bank = bank
  }

  package func asks(of probe: Probe, task: ExperimentTask, seed: Int) throws -> [Ask] {
    let values = task.values.merging(experiment.hosts.values(seed: seed)) { $1 }
    let label = "\(probe.of ?? probe.name)/\(task.name)/\(seed)"
    let system = try (probe.system ?? experiment.hosts.system).map {
      try Template.fill($0, with: values)
    }
    var asks: [Ask] = []
    for (index, wording) in wordings(of: probe, label: label).enumerated() {
      for (sample, form) in try forms(of: probe, wording, values, label).enumerated() {
        var values = values
        values["choices"] = form.shown
        let question = try Template.fill(wording.question, with: values)
        let prefill = try wording.stem.map { try Template.fill($0, with: values) }
        var form = form.form
        if case .sample(let grader, let temperature, let tokens, _) = form {
          var generator = SeededGenerator(
            seed: experiment.seed, stream: "sample/\(label)/\(index)/\(sample)")
          form = .sample(
            grader: grader, temperature: temperature, maximumTokens: tokens,
            seed: generator.next())
        }
        var chat = system.map { [ChatMessage(.system, $0)] } ?? []
        chat.append(ChatMessage(.user, question))
        asks.append(
          Ask(
            item: asks.count, paraphrase: index, sample: sample, chat: chat, prefill: prefill,
            form: form))
      }
    }
    return asks
  }

  /// Every question, with each stem where it has none of its own.
  private func wordings(of probe: Probe, label: String) -> [Probe.Paraphrase] {
    let paraphrases: [Probe.Paraphrase]
    switch probe.questions {
    case .paraphrases(let list): paraphrases = list
    case .heldOut(let count):
      var generator = SeededGenerator(seed: experiment.seed, stream: "held-out/\(label)")
      let questions = bank.questions(count, heldOut: true, using: &generator)
      paraphrases = questions.map { .init($0) }
    }
    return paraphrases.flatMap { paraphrase in
      if paraphrase.stem != nil || probe.stems.isEmpty { return [paraphrase] }
      return probe.stems.map { Probe.Paraphrase(paraphrase.question, stem: $0) }
    }
  }

  private func forms(
    of probe: Probe, _ wording: Probe.Paraphrase, _ values: [String: String], _ label: String
  ) throws -> [(form: Ask.Form, shown: String?)] {
    guard let choices = probe.choices else {
      guard let grader = try probe.grader?.filled(with: values) else {
        throw LabError(.invalidExperiment, "\(probe.name): a sampled probe needs a grader")
      }
      let form = Ask.Form.sample(
        grader: grader, temperature: probe.temperature, maximumTokens: probe.maximumTokens,
        seed: 0)
      return Array(repeating: (form, nil), count: probe.samples)
    }
    let answer = try Template.fill(choices.answer, with: values)
    switch choices.candidates {
    case .decoys(let decoys):
      var generator = SeededGenerator(seed: experiment.seed, stream: "decoys/\(label)")
      let also = try decoys.also.map { try Template.fill($0, with: values) }
      let excluded = experiment.variables.compactMap { values[$0.name] }
      let candidates = try Candidates.drawn(
        for: answer, decoys: decoys, also: also, excluded: excluded, using: &generator)
      return [(try form(choices, candidates, values), nil)]
    case .options(let options):
      let names = try options.map { try Template.fill($0, with: values) }
      guard let index = names.firstIndex(of: answer) else {
        throw LabError(
          .invalidExperiment,
          "\(probe.name): found the answer '\(answer)'; allowed: \(names.joined(separator: ", "))")
      }
      let form = try form(choices, Candidates(names: names, answer: index), values)
      let shows =
        (Template.placeholders(in: wording.question)
        + Template.placeholders(in: wording.stem ?? "")).contains("choices")
      guard shows else { return [(form, nil)] }
      return Candidates.orders(of: names).map { (form, $0.joined(separator: " or ")) }
    }
  }

  private func form(
    _ choices: Choices, _ candidates: Candidates, _ values: [String: String]
  ) throws -> Ask.Form {
    let texts = try candidates.names.map { name in
      var values = values
      let spelled = choices.separator.map { name.map(String.init).joined(separator: $0) }
      values["choice"] = spelled ?? name
      return try Template.fill(choices.text, with: values)
    }
    return .choose(
      candidates, texts: texts, closed: choices.closed, minusBase: choices.minusBase,
      choices.scoring)
  }
}
