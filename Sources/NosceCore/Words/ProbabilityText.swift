import Foundation

/// Probabilities as a person reads them.
package enum ProbabilityText {
  /// With three decimals, and with two digits where these would be zeros: 0.982, 2.1e-13, 0.
  package static func of(_ value: Double) -> String {
    value > 0 && value < 0.0005
      ? String(format: "%.1e", value) : String(format: value == 0 ? "%.0f" : "%.3f", value)
  }
}
