import Foundation

extension SeededGenerator {
  /// A standard normal number (Box-Muller).
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }
}
