import NosceCore
import NosceExperiment
import NosceGrading
import NoscePorts
import NosceRows

extension Plan {
  /// A part of the plan's work that stands for all of it: one training, and what one subject is
  /// asked by every probe.
  package func workSample(materials: Materials) throws -> WorkSample {
    var sample = WorkSample()
    if let training = cells.lazy.compactMap(\.training).first {
      sample.training = (training.rows, training.settings)
      sample.trainings = cells.count { $0.training != nil }
    }
    let builder = AskBuilder(experiment: experiment, materials: materials)
    let kinds = [cells.filter { $0.context == nil }, cells.filter { $0.context != nil }]
    for probe in experiment.probes where probe.kind != .difference {
      // With rows in the context a question is many times as long; who reads answers has none there.
      for cells in probe.source == nil ? kinds : [self.cells] {
        try add(probe, of: cells, builder, to: &sample)
      }
    }
    sample.longest = try longestQuestions(materials: materials)
    return sample
  }

  /// The longest question of each probe and task, with and without rows before it, by characters: what has
  /// to fit into a model's context.
  package func longestQuestions(materials: Materials) throws -> [WorkSample.Question] {
    let builder = AskBuilder(experiment: experiment, materials: materials)
    let shown = cells.filter { $0.context != nil }
      .map { cell in (cell: cell, rows: rows(of: cell).compactMap(\.chat)) }
      .max { length(of: $0.rows) < length(of: $1.rows) }
    var questions: [WorkSample.Question] = []
    for probe in experiment.probes where probe.kind != .difference {
      let asked = cells.filter { cell in
        cell.context == nil && cell.units.contains { $0.probe == probe.name }
      }
      var tasks: Set<String> = []
      for cell in asked where tasks.insert(cell.task.name).inserted {
        questions += try longest(probe, of: cell, [], builder)
      }
      // Whoever reads answers has no rows before it.
      if probe.source == nil, let (cell, rows) = shown,
        cell.units.contains(where: { $0.probe == probe.name })
      {
        questions += try longest(probe, of: cell, rows, builder)
      }
    }
    return questions
  }

  /// One question, or none where nothing is asked.
  private func longest(
    _ probe: Probe, of cell: PlannedCell, _ rows: [Chat], _ builder: AskBuilder
  ) throws -> [WorkSample.Question] {
    let questions = try builder.asks(of: probe, task: cell.task, seed: cell.seed).map { ask in
      WorkSample.Question(
        chat: ask.chat.behind(rows), prefill: ask.prefill,
        texts: ask.scoreRequest?.texts.filter { !$0.isEmpty } ?? [])
    }
    return questions.max { length(of: $0) < length(of: $1) }.map { [$0] } ?? []
  }

  private func length(of rows: [Chat]) -> Int {
    rows.reduce(0) { sum, chat in sum + chat.reduce(0) { $0 + $1.content.utf8.count } }
  }

  private func length(of asked: WorkSample.Question) -> Int {
    length(of: [asked.chat]) + (asked.prefill?.utf8.count ?? 0)
      + (asked.texts.map(\.utf8.count).max() ?? 0)
  }

  private func add(
    _ probe: Probe, of cells: [PlannedCell], _ builder: AskBuilder, to sample: inout WorkSample
  ) throws {
    let items = cells.reduce(0) { sum, cell in
      sum + cell.units.filter { $0.probe == probe.name }.reduce(0) { $0 + $1.items }
    }
    guard let cell = cells.first(where: { $0.units.contains { $0.probe == probe.name } }) else {
      return
    }
    let shown = cell.context == nil || probe.source != nil ? [] : rows(of: cell).compactMap(\.chat)
    let asks = try builder.asks(of: probe, task: cell.task, seed: cell.seed).map { ask in
      var ask = ask
      ask.chat = ask.chat.behind(shown)
      return ask
    }
    guard let first = asks.first else { return }
    if case .topic = probe.form {
      // Answers that are not written yet are about as long as those of the rows.
      let answer = sample.training?.rows.lazy.compactMap(\.answers.first).first ?? ""
      sample.scoring.append(
        .init(
          prompts: items * (1 + Probe.Topic.others),
          request: ScoreRequest(chat: first.chat, texts: [answer.isEmpty ? "." : answer]),
          probe: probe.name))
    } else if let request = first.scoreRequest {
      sample.scoring.append(
        .init(
          prompts: items, request: request, following: asks.dropFirst().first?.scoreRequest,
          calls: cells.count { $0.units.contains { $0.probe == probe.name } }, probe: probe.name))
    } else {
      sample.sampling.append(
        .init(answers: items, requests: asks.compactMap(\.sampleRequest), probe: probe.name))
    }
  }

  /// What the plan takes on its models, with what its judge takes.
  package func forecast(
    on model: any ModelProvider, judge: (any ModelProvider)?, materials: Materials,
    within limit: Duration
  ) async throws -> ResourceForecast {
    var forecast = try await model.forecast(
      try workSample(materials: materials), within: limit)
    guard let judge else { return forecast }
    var longest = Int.max
    while true {
      let sample = try judgeSample(materials: materials, longest: longest)
      if sample.sampling.isEmpty, sample.scoring.isEmpty { return forecast }
      do {
        forecast.judging = .init(sample, try await judge.forecast(sample, within: limit))
        return forecast
      } catch let error as LabError where error.code == .refusedDesign && longest > 8 {
        // Answers are seldom as long as they may be; one that is too long for the judge is unparseable.
        longest = longest == .max ? 512 : longest / 2
      }
    }
  }

  /// What the judge is asked by every rubric, about answers as long as they may be, or of so many words.
  package func judgeSample(materials: Materials, longest most: Int = .max) throws -> WorkSample {
    var sample = WorkSample()
    let builder = AskBuilder(experiment: experiment, materials: materials)
    for probe in experiment.probes {
      guard probe.judging != nil,
        let cell = cells.first(where: { $0.units.contains { $0.probe == probe.name } }),
        let ask = try builder.asks(of: probe, task: cell.task, seed: cell.seed).first,
        case .sample(.judge(let judging), _, let longest, _) = ask.form
      else { continue }
      let items = cells.flatMap(\.units).filter { $0.probe == probe.name }.reduce(0) {
        $0 + $1.items
      }
      let work = judging.work(
        items: items, question: ask.chat.last { $0.role == .user }?.content ?? "",
        longest: min(longest, most), draws: judgeMethod?.draws, probe: probe.name)
      sample.sampling += work.sampling
      sample.scoring += work.scoring
    }
    return sample
  }
}
