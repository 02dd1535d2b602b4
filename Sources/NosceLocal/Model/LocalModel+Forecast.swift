import Foundation
import NosceEngine
import NoscePorts
import NosceRows

/// What work takes on this machine, from a step of training and a few answers that are timed.
extension LocalModel {
  package func forecast(_ sample: WorkSample) async throws -> ResourceForecast {
    var rates = WorkRates()
    var peak = model.packedBytes
    if let (rows, settings) = sample.training {
      let probe = try time(checkpoint.encoded(rows, of: "rows"), settings)
      rates.perTrainingRow = probe.perRow
      rates.perSubject = probe.perSubject
      peak = max(peak, probe.memory.total)
    }
    if let sampled = try await time(sample.sampling) { rates.perSampledAnswer = sampled }
    if let scored = try await time(sample.scoring) { rates.perScoredAnswer = scored }
    return ResourceForecast(
      rates: rates, peakBytes: peak * (model.sharesProducts ? 1 : lanes),
      freeBytes: Self.freeMemory.map { $0 + model.packedBytes })
  }

  /// Times two steps on as many rows as a step has; the first also warms up.
  private func time(
    _ examples: [TrainingExample], _ settings: TrainingSettings
  ) throws -> (perRow: Double, perSubject: Double, memory: TrainingMemory) {
    let adapter = try LoRAAdapter(
      settings.adapter(layerCount: model.configuration.layerCount), model: model.configuration,
      seed: 0)
    let step = Array(examples.prefix(min(settings.batchRows ?? examples.count, 8)))
    let longest = examples.map(\.tokens.count).max() ?? 0
    let memory = TrainingMemory(
      model, adapter: adapter.layout, longest: longest,
      step: longest * (settings.batchRows ?? examples.count), shards: model.adapterShards)
    try ResourceForecast(peakBytes: memory.total - memory.weights, freeBytes: Self.freeMemory)
      .checkMemory()
    let start = ContinuousClock.now
    let trainer = try AdapterTrainer(
      model, adapter: adapter, optimizer: settings.optimizer, shards: model.adapterShards,
      threads: checkpoint.threads)
    _ = try trainer.step(step)
    try Task.checkCancellation()
    let warm = ContinuousClock.now
    _ = try trainer.step(step)
    let seconds = (ContinuousClock.now - warm) / .seconds(1)
    let first = (warm - start) / .seconds(1)
    return (seconds / Double(max(1, step.count)), max(0, first - seconds), memory)
  }

  /// Seconds for one sampled answer: the mean over the probes, each as many at a time as it asks.
  private func time(_ sampling: [WorkSample.Sampling]) async throws -> Double? {
    let subject = try await open(nil)
    var seconds = 0.0
    var answers = 0
    for kind in sampling {
      try Task.checkCancellation()
      guard let limit = kind.requests.first?.maximumTokens else { continue }
      func run(_ tokens: Int) async throws -> (seconds: Double, written: Int) {
        let start = ContinuousClock.now
        let written = try await subject.sample(
          kind.requests.map { request in
            var request = request
            request.maximumTokens = tokens
            request.seed = 1
            return request
          })
        return ((ContinuousClock.now - start) / .seconds(1), written.map(\.tokenCount).max() ?? 0)
      }
      // Answers that end early cost less; those that do not are only begun.
      let begun = try await run(1)
      let some = try await run(min(limit, 12))
      let perStep = max(0, some.seconds - begun.seconds) / Double(max(1, some.written - 1))
      let steps = some.written < min(limit, 12) ? some.written : limit
      let cost = begun.seconds + perStep * Double(max(0, steps - 1))
      seconds += cost / Double(kind.requests.count) * Double(kind.answers)
      answers += kind.answers
    }
    return answers == 0 ? nil : seconds / Double(answers)
  }

  /// Seconds for one scored text.
  private func time(_ scoring: [WorkSample.Scoring]) async throws -> Double? {
    let subject = try await open(nil)
    var seconds = 0.0
    var texts = 0
    for kind in scoring {
      try Task.checkCancellation()
      let start = ContinuousClock.now
      _ = try await subject.logProbabilities(kind.request)
      seconds += (ContinuousClock.now - start) / .seconds(1) * Double(kind.prompts)
      texts += kind.prompts * kind.request.texts.count
    }
    return texts == 0 ? nil : seconds / Double(texts)
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
