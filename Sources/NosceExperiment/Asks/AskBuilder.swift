import NosceCore
import NosceRows

/// Makes the asks of a probe, the same for the same task and seed, whatever the arm.
package struct AskBuilder: Sendable {
  package var experiment: Experiment
  package var materials: Materials

  package init(experiment: Experiment, materials: Materials) {
    self.experiment = experiment
    self.materials = materials
  }

  package func asks(of probe: Probe, task: ExperimentTask, seed: Int) throws -> [Ask] {
    do {
      return try made(of: probe, task: task, seed: seed)
    } catch let error as LabError {
      throw error.within("probes.\(probe.name)")
    }
  }

  private func made(of probe: Probe, task: ExperimentTask, seed: Int) throws -> [Ask] {
    guard let prompt = probe.prompt else { return [] }
    let values = experiment.values(of: task, seed: seed)
    let label = "\(probe.source ?? probe.name)/\(task.name)/\(seed)"
    // The hosts' line is a template also where the probe's own texts are not.
    let own = try prompt.system.map { try Self.fill($0, of: prompt, with: values) }
    let hosts = try experiment.hosts.system.map { try TextTemplate.fill($0, with: values) }
    let system = (own ?? hosts).flatMap { $0.isEmpty ? nil : $0 }
    let before = try prompt.before.map {
      ChatMessage($0.role, try Self.fill($0.content, of: prompt, with: values))
    }
    var asks: [Ask] = []
    for (index, wording) in try wordings(of: prompt, probe: probe.name, label: label).enumerated() {
      let values = values.merging(wording.values) { $1 }
      for (sample, form) in try forms(of: probe, prompt, wording, values, label).enumerated() {
        let values = values.merging(form.shown) { $1 }
        let question = try Self.fill(wording.question, of: prompt, with: values)
        let prefill = try wording.stem.map { try Self.fill($0, of: prompt, with: values) }
        var generator = SeededGenerator(
          seed: experiment.seed, labStream: "sample/\(label)/\(index)/\(sample)")
        var form = form.form
        if case .sample(let grader, let temperature, let tokens, _) = form {
          form = .sample(
            grader: grader, temperature: temperature, maximumTokens: tokens,
            seed: generator.next())
        }
        let first = try prompt.then.map { then in
          var then = then
          then.text = try Self.fill(then.text, of: prompt, with: values)
          return Ask.FirstPart(
            then: then, temperature: prompt.temperature, seed: generator.next())
        }
        var chat = system.map { [ChatMessage(.system, $0)] } ?? []
        chat += before
        chat.append(ChatMessage(.user, question))
        asks.append(
          Ask(
            item: asks.count, paraphrase: index, sample: sample, chat: chat, prefill: prefill,
            first: first, form: form))
      }
    }
    if case .topic = probe.form { return try Self.withOtherQuestions(asks, probe) }
    return asks
  }

  /// Each ask with the questions under which its answer is also shown: the next ones that differ.
  private static func withOtherQuestions(_ asks: [Ask], _ probe: Probe) throws -> [Ask] {
    let questions = asks.map { $0.chat.last?.content ?? "" }
    return try asks.map { ask in
      let own = questions[ask.item]
      var others: [String] = []
      for place in 1..<max(1, asks.count) where others.count < Probe.Topic.others {
        let other = questions[(ask.item + place) % asks.count]
        if other != own, !others.contains(other) { others.append(other) }
      }
      guard !others.isEmpty else {
        throw LabError(
          .invalidExperiment,
          "\(probe.name): found one question, '\(own)'; allowed: at least two that differ")
      }
      var ask = ask
      ask.form = .read(
        Distribution(
          texts: [own] + others, ending: .open, leastMass: 0, reading: .ownQuestion))
      return ask
    }
  }

  /// A text of the probe, which is a template unless it was imported.
  private static func fill(
    _ text: String, of prompt: Prompt, with values: [String: String]
  ) throws -> String {
    prompt.isLiteral ? text : try TextTemplate.fill(text, with: values)
  }

  /// Every question, with each stem where it has none of its own.
  private func wordings(
    of prompt: Prompt, probe: String, label: String
  ) throws -> [Prompt.Paraphrase] {
    let paraphrases: [Prompt.Paraphrase]
    switch prompt.questions {
    case .paraphrases(let list): paraphrases = list
    case .heldOut(let count):
      var generator = SeededGenerator(seed: experiment.seed, labStream: "held-out/\(label)")
      let questions = materials.lines.questions(count, heldOut: true, using: &generator)
      paraphrases = questions.map { .init($0) }
    case .tasks(let bank, let count, let question):
      let bank = try materials.bank(bank)
      var generator = SeededGenerator(
        seed: experiment.seed, labStream: "tasks/\(bank.name)/\(label)")
      let items = generator.shuffled(bank.items(heldOut: true))
      guard count <= items.count else {
        throw LabError(
          .invalidExperiment,
          "\(probe): found \(count) held-out tasks; allowed: 1 to \(items.count), as many as "
            + "bank \(bank.name) has")
      }
      paraphrases = items.prefix(count).map { .init(question, values: $0.values) }
    }
    return paraphrases.flatMap { paraphrase in
      if paraphrase.stem != nil || prompt.stems.isEmpty { return [paraphrase] }
      return prompt.stems.map {
        Prompt.Paraphrase(paraphrase.question, stem: $0, values: paraphrase.values)
      }
    }
  }
}
