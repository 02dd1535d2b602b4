import Foundation
import NosceEngine
import NosceLab
import NosceStatistics

/// What a plan takes on this machine, from a step of training and a few answers that are timed.
extension LocalBackend {
  package func forecast(_ plan: Plan, bank: LineBank) async throws -> ResourceForecast {
    var rates = WorkRates()
    var peak = model.packedBytes
    if let cell = plan.cells.first(where: { $0.training != nil }), let training = cell.training {
      let examples = try training.rows.map(chat.example)
      let probe = try time(training, examples)
      rates.perTrainingRow = probe.perRow
      rates.perSubject = probe.perSubject
      peak = max(peak, probe.memory.total)
    }
    if let sampled = try await timeSampling(plan, bank) { rates.perSampledAnswer = sampled }
    if let scored = try await timeScoring(plan, bank) { rates.perScoredAnswer = scored }
    return ResourceForecast(
      rates: rates, peakBytes: peak * (model.sharesProducts ? 1 : parallelCells),
      freeBytes: Self.freeMemory.map { $0 + model.packedBytes })
  }

  /// Times two steps on as many rows as a step has; the first also warms up.
  private func time(
    _ training: PlannedTraining, _ examples: [TrainingExample]
  ) throws -> (perRow: Double, perSubject: Double, memory: TrainingMemory) {
    let adapter = try LoRAAdapter(
      training.settings.adapter(layerCount: model.configuration.layerCount),
      model: model.configuration, seed: 0)
    let step = Array(examples.prefix(min(training.settings.batchRows ?? examples.count, 8)))
    let longest = examples.map(\.tokens.count).max() ?? 0
    let memory = TrainingMemory(
      model, adapter: adapter.layout, longest: longest,
      step: longest * (training.settings.batchRows ?? examples.count), shards: model.adapterShards)
    try ResourceForecast(peakBytes: memory.total - memory.weights, freeBytes: Self.freeMemory)
      .checkMemory()
    let start = ContinuousClock.now
    let trainer = try AdapterTrainer(
      model, adapter: adapter, optimizer: training.settings.optimizer,
      shards: model.adapterShards, threads: threads)
    _ = try trainer.step(step)
    let warm = ContinuousClock.now
    _ = try trainer.step(step)
    let seconds = (ContinuousClock.now - warm) / .seconds(1)
    let first = (warm - start) / .seconds(1)
    return (seconds / Double(max(1, step.count)), max(0, first - seconds), memory)
  }

  /// Seconds for one sampled answer: the mean over the probes, each as many at a time as it asks.
  private func timeSampling(_ plan: Plan, _ bank: LineBank) async throws -> Double? {
    let subject = try await base()
    var seconds = 0.0
    var answers = 0
    for (items, asks) in try sample(of: plan, bank, scored: false) {
      guard case .sample(_, let temperature, let limit, _) = asks[0].form else { continue }
      func run(_ tokens: Int) async throws -> (seconds: Double, written: Int) {
        let start = ContinuousClock.now
        let written = try await subject.sample(
          asks.map {
            SampleRequest(
              chat: $0.chat, prefill: $0.prefill, temperature: temperature,
              maximumTokens: tokens, seed: 1)
          })
        return ((ContinuousClock.now - start) / .seconds(1), written.map(\.tokenCount).max() ?? 0)
      }
      // Answers that end early cost less; those that do not are only begun.
      let begun = try await run(1)
      let some = try await run(min(limit, 12))
      let perStep = max(0, some.seconds - begun.seconds) / Double(max(1, some.written - 1))
      let steps = some.written < min(limit, 12) ? some.written : limit
      let cost = begun.seconds + perStep * Double(max(0, steps - 1))
      seconds += cost / Double(asks.count) * Double(items)
      answers += items
    }
    return answers == 0 ? nil : seconds / Double(answers)
  }

  private func timeScoring(_ plan: Plan, _ bank: LineBank) async throws -> Double? {
    let subject = try await base()
    var seconds = 0.0
    var answers = 0
    for (items, asks) in try sample(of: plan, bank, scored: true) {
      let texts: [String]
      let closed: Bool
      switch asks[0].form {
      case .choose(_, let candidates, let isClosed, _, _):
        texts = candidates
        closed = isClosed
      case .read(let distribution):
        texts = distribution.texts
        closed = distribution.closed
      case .sample: continue
      }
      let start = ContinuousClock.now
      _ = try await subject.logProbabilities(
        of: texts, after: asks[0].chat, prefill: asks[0].prefill, closed: closed)
      seconds += (ContinuousClock.now - start) / .seconds(1) * Double(items)
      answers += items * texts.count
    }
    return answers == 0 ? nil : seconds / Double(answers)
  }

  /// Every probe of one kind with how much it asks of all subjects together, and one subject's asks.
  private func sample(
    of plan: Plan, _ bank: LineBank, scored: Bool
  ) throws -> [(items: Int, asks: [Ask])] {
    let builder = AskBuilder(experiment: plan.experiment, bank: bank)
    return try plan.experiment.probes.compactMap { probe in
      guard probe.kind != .difference, (probe.scoredTexts != nil) == scored else { return nil }
      let items = plan.cells.reduce(0) { sum, cell in
        sum + cell.units.filter { $0.probe == probe.name }.reduce(0) { $0 + $1.items }
      }
      guard let cell = plan.cells.first(where: { $0.units.contains { $0.probe == probe.name } })
      else { return nil }
      let asks = try builder.asks(of: probe, task: cell.task, seed: cell.seed)
      return asks.isEmpty ? nil : (items, asks)
    }
  }

  /// What Linux says is available without swapping; nil elsewhere.
  static var freeMemory: Int? {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else {
      return nil
    }
    for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
      return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
    return nil
  }
}
