import Foundation
import NosceCore
import NosceEngine
import NoscePorts
import NosceRows

/// What work takes on this machine, from a step of training and a few answers that are timed.
extension LocalModel {
  package func forecast(
    _ sample: WorkSample, within limit: Duration
  ) async throws -> ResourceForecast {
    // Before anything is trained for what could not be asked.
    for asked in sample.sampling.compactMap(\.requests.first) {
      try checkFits(asked.chat, asked.prefill)
    }
    for asked in sample.scoring { try checkFits(asked.request.chat, asked.request.prefill) }
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

  private func checkFits(_ chat: Chat, _ prefill: String?) throws {
    let length = try promptTokens(chat, prefill: prefill).count
    let most = model.configuration.longestSequence
    guard length < most else {
      throw LabError(
        .refusedDesign,
        "\(identity.name): found a question of \(length) tokens with what stands before it in the context; "
          + "allowed: less than \(most), the model's positions")
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
