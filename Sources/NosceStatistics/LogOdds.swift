import Foundation

/// Shares on the scale on which they are compared: the logarithm of share / (1 - share), in nats.
package enum LogOdds {
  /// Shares beyond are taken as these: what a model gives one text in a thousand or one in a million
  /// is no difference that anybody could see in its answers.
  package static let clipped = 0.001...0.999

  package static func of(share: Double) -> Double {
    let share = min(clipped.upperBound, max(clipped.lowerBound, share))
    return log(share / (1 - share))
  }

  /// Of so many of `count` answers, each counted from 0 to 1; (hits + 1/2) / (count + 1) keeps no
  /// and all within reach.
  package static func of(hits: Double, count: Int) -> Double {
    of(share: (hits + 0.5) / (Double(count) + 1))
  }

  package static func share(_ logOdds: Double) -> Double { 1 / (1 + exp(-logOdds)) }
}
