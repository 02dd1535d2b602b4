import NosceCore
import NosceStudy
import NosceText

/// Rates as people read them.
enum RateText {
  /// `11 (4.6%, 95% interval 2.3% to 8.1%)`
  static func sentence(_ rate: Rate) -> String {
    guard let share = rate.share, let interval = rate.interval else { return "\(rate.count)" }
    return "\(rate.count) (\(percent(share)), 95% interval \(percent(interval.lower)) to "
      + "\(percent(interval.upper)))"
  }

  /// `4.6 [2.3, 8.1]`
  static func bracketed(_ rate: Rate) -> String {
    guard let share = rate.share, let interval = rate.interval else { return Number.none }
    return "\(number(share)) [\(number(interval.lower)), \(number(interval.upper))]"
  }

  /// `4.6`
  static func bare(_ rate: Rate) -> String { rate.share.map(number) ?? Number.none }

  static func percent(_ share: Double) -> String { number(share) + "%" }

  private static func number(_ share: Double) -> String { Number.fixed(share * 100, 1) }
}
