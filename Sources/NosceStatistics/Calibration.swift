import NosceCore

/// How stated probabilities compare with what happened.
package struct Calibration: Codable, Equatable, Sendable {
  /// The forecasts between two probabilities.
  package struct Bin: Codable, Equatable, Sendable {
    package var lower: Double
    package var upper: Double
    package var count: Int
    package var meanForecast: Double
    package var happened: Int
    /// The exact interval of Clopper and Pearson for the share that happened.
    package var interval: Interval

    package var share: Double { Double(happened) / Double(count) }
  }

  package var count: Int
  package var happened: Int
  package var meanForecast: Double
  package var brier: Double
  /// In bits; infinite where something happened that had been called impossible.
  package var logScore: Double
  /// Those that hold a forecast, in rising order.
  package var bins: [Bin]

  /// - Parameter bins: how many equal parts of 0...1; the upper end belongs to the last.
  package init(
    _ probabilities: [Double], happened: [Bool], bins parts: Int = 10, level: Double = 0.95
  ) throws {
    brier = try ForecastScore.brier(probabilities, happened: happened)
    let bits = try zip(probabilities, happened).map { try ForecastScore.bits($0, happened: $1) }
    count = probabilities.count
    self.happened = happened.count { $0 }
    meanForecast = probabilities.reduce(0, +) / Double(count)
    logScore = bits.reduce(0, +) / Double(count)
    guard parts > 0 else {
      throw StatisticsError.badParameter(
        name: "bins", value: Double(parts), allowed: "1 or more")
    }
    var members: [Int: [Int]] = [:]
    for (index, probability) in probabilities.enumerated() {
      members[min(parts - 1, Int(probability * Double(parts))), default: []].append(index)
    }
    bins = try members.sorted { $0.key < $1.key }.map { part, indices in
      let yes = indices.count { happened[$0] }
      return Bin(
        lower: Double(part) / Double(parts), upper: Double(part + 1) / Double(parts),
        count: indices.count,
        meanForecast: indices.reduce(0) { $0 + probabilities[$1] } / Double(indices.count),
        happened: yes,
        interval: try Proportion.clopperPearson(successes: yes, of: indices.count, level: level))
    }
  }
}
