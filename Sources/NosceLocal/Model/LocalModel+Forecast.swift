import Foundation
import NosceEngine
import NoscePorts
import NosceRows

/// What work takes on this machine, from a step of training and a few answers that are timed.
extension LocalModel {
  package func forecast(
    _ sample: WorkSample, within limit: Duration
  ) async throws -> ResourceForecast {
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
    if let sampled = try await timer.time(sample.sampling) { rates.perSampledAnswer = sampled }
    if let scored = try await timer.time(sample.scoring, pace: pace) {
      rates.perScoredAnswer = scored
    }
    return ResourceForecast(
      rates: rates, peakBytes: peak * (model.sharesProducts ? 1 : lanes),
      freeBytes: Self.freeMemory.map { $0 + model.packedBytes })
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
