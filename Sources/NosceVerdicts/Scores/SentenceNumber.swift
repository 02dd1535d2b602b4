import Foundation
import NosceCore

/// Numbers in the sentences of a verdict.
enum SentenceNumber {
  /// With so many decimals, and no minus sign before what is shown as zero.
  static func text(_ value: Double, places: Int = 2) -> String {
    String(format: "%.\(places)f", rounded(value, places))
  }

  /// With its sign, as a difference; zero has none.
  static func signed(_ value: Double) -> String {
    let value = rounded(value, 2)
    return value == 0 ? "0.00" : String(format: "%+.2f", value)
  }

  /// Both ends; one that the design cannot bound is open.
  static func text(_ interval: OpenInterval) -> String {
    "\(interval.lower.map { text($0) } ?? "open") to \(interval.upper.map { text($0) } ?? "open")"
  }

  static func signed(_ interval: OpenInterval) -> String {
    "\(interval.lower.map(signed) ?? "open") to \(interval.upper.map(signed) ?? "open")"
  }

  private static func rounded(_ value: Double, _ places: Int) -> Double {
    let scale = pow(10, Double(places))
    let rounded = (value * scale).rounded() / scale
    return rounded == 0 ? 0 : rounded
  }
}
