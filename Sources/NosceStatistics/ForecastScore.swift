import Foundation

/// How good a probability was that had been stated beforehand.
package enum ForecastScore {
  /// The Brier score: the squared distance from what happened. 0 is perfect, 0.25 knows nothing.
  package static func brier(_ probability: Double, happened: Bool) throws -> Double {
    try check(probability)
    let distance = probability - (happened ? 1 : 0)
    return distance * distance
  }

  /// The mean Brier score of several forecasts.
  package static func brier(_ probabilities: [Double], happened: [Bool]) throws -> Double {
    try mean(probabilities, happened) { try brier($0, happened: $1) }
  }

  /// The logarithmic score in bits: how surprising the outcome was. 0 is perfect, 1 knows nothing.
  ///
  /// An error where something happened that had been called impossible: no number is that large.
  package static func surprise(_ probability: Double, happened: Bool) throws -> Double {
    try check(probability)
    let given = happened ? probability : 1 - probability
    guard given > 0 else {
      throw StatisticsError.badParameter(
        name: "forecast", value: probability,
        allowed: "more than 0 for what happened, or its surprise is infinite")
    }
    return given == 1 ? 0 : -log2(given)
  }

  /// The same, but infinite where something happened that had been called impossible.
  package static func bits(_ probability: Double, happened: Bool) throws -> Double {
    let isImpossible = probability == (happened ? 0 : 1)
    return isImpossible ? .infinity : try surprise(probability, happened: happened)
  }

  /// The mean logarithmic score of several forecasts, in bits.
  package static func surprise(_ probabilities: [Double], happened: [Bool]) throws -> Double {
    try mean(probabilities, happened) { try surprise($0, happened: $1) }
  }

  private static func check(_ probability: Double) throws {
    guard (0...1).contains(probability) else {
      throw StatisticsError.badParameter(name: "forecast", value: probability, allowed: "0 to 1")
    }
  }

  private static func mean(
    _ probabilities: [Double], _ happened: [Bool], score: (Double, Bool) throws -> Double
  ) throws -> Double {
    guard probabilities.count == happened.count else {
      throw StatisticsError.unequalLengths(
        name: "forecasts", count: probabilities.count, otherName: "outcomes",
        otherCount: happened.count)
    }
    guard !probabilities.isEmpty else {
      throw StatisticsError.tooFew(name: "forecasts", count: 0, needed: 1)
    }
    let total = try zip(probabilities, happened).reduce(0) { try $0 + score($1.0, $1.1) }
    return total / Double(probabilities.count)
  }
}
