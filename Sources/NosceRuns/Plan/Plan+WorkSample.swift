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
    }
    let builder = AskBuilder(experiment: experiment, materials: materials)
    let kinds = [cells.filter { $0.context == nil }, cells.filter { $0.context != nil }]
    for probe in experiment.probes where probe.kind != .difference {
      // With rows in the context a question is many times as long.
      for cells in kinds {
        try add(probe, of: cells, builder, to: &sample)
      }
    }
    return sample
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
    let shown = cell.context == nil ? [] : rows(of: cell).compactMap(\.chat)
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
      sample.scoring.append(.init(prompts: items, request: request, probe: probe.name))
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
    let sample = try judgeSample(materials: materials)
    guard let judge, !sample.sampling.isEmpty || !sample.scoring.isEmpty else { return forecast }
    forecast.judging = .init(sample, try await judge.forecast(sample, within: limit))
    return forecast
  }

  /// What the judge is asked by every rubric, about answers as long as they may be.
  package func judgeSample(materials: Materials) throws -> WorkSample {
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
        items: items, question: ask.chat.last { $0.role == .user }?.content ?? "", longest: longest,
        draws: judgeMethod?.draws, probe: probe.name)
      sample.sampling += work.sampling
      sample.scoring += work.scoring
    }
    return sample
  }
}
