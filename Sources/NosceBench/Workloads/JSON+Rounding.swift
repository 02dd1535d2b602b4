import Foundation
import NosceFormats

extension JSON {
  /// A measured number with six significant digits; null where it is none.
  package static func rounded(_ number: Double) -> JSON {
    guard number.isFinite else { return .null }
    guard number != 0 else { return .number(0) }
    let digits = 5 - Int(log10(abs(number)).rounded(.down))
    guard digits > 0 else { return .number(number.rounded()) }
    let factor = pow(10, Double(digits))
    guard factor.isFinite else { return .number(number) }
    return .number((number * factor).rounded() / factor)
  }
}
