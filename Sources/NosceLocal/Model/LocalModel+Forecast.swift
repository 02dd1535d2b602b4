import Foundation
import NosceCore
import NosceEngine
import NoscePorts
import NosceRows
import NosceTokenizer

/// What work takes on this machine, from a step of training and a few answers that are timed.
extension LocalModel {
  package func forecast(
    _ sample: WorkSample, within limit: Duration
  ) async throws -> ResourceForecast {
    // Before anything is trained for what could not be asked.
    try checkFits(sample.longest)
    try checkFits(
      sample.sampling.compactMap(\.requests.first).map { .init(chat: $0.chat, prefill: $0.prefill) }
        + sample.scoring.map(\.request).map { .init(chat: $0.chat, prefill: $0.prefill) })
    let timer = WorkTimer(model: self, end: ContinuousClock.now + limit)
    var rates = WorkRates()
    var peak = model.packedBytes
    let pace = try await timer.pace(of: sample)
    if let (rows, settings) = sample.training {
      let probe = try timer.time(checkpoint.encoded(rows, of: "rows"), settings, pace: pace)
      rates.perTrainingRow = probe.perRow
      rates.perSubject = probe.perSubject
      peak = max(peak, probe.memory.total)
    }
    if let sampled = try await timer.time(sample.sampling, pace: pace) {
      rates.perSampledAnswer = sampled
    }
    if let scored = try await timer.time(sample.scoring, pace: pace) {
      rates.perScoredAnswer = scored
    }
    return ResourceForecast(
      rates: rates, peakBytes: peak * (model.sharesProducts ? 1 : lanes),
      freeBytes: Self.freeMemory.map { $0 + model.packedBytes })
  }

  package func checkFits(_ questions: [WorkSample.Question]) throws {
    let most = model.configuration.longestSequence
    for asked in questions {
      let length = try tokens(of: asked)
      // At least one token is to be answered.
      let isSampled = asked.texts.isEmpty
      guard isSampled ? length < most : length <= most else {
        throw LabError(
          .refusedDesign,
          "\(identity.name): found a question of \(length) tokens with what stands before it in the context"
            + "\(isSampled ? "" : " and the text that is scored"); allowed: "
            + "\(isSampled ? "less than" : "at most") \(most), the model's positions")
      }
    }
  }

  private func tokens(of asked: WorkSample.Question) throws -> Int {
    if asked.texts.isEmpty { return try promptTokens(asked.chat, prefill: asked.prefill).count }
    let (prompt, answers) = try chat.prompt(
      messages: asked.chat.messages, prefill: asked.prefill, answers: asked.texts, closed: false)
    return prompt.count + (answers.map(\.count).max() ?? 0)
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
