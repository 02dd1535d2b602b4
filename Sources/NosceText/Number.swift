import Foundation
import NosceCore

/// Numbers as every report writes them, so that the terminal, the page and the charts agree.
package enum Number {
  /// What stands where there is no number.
  package static let none = "-"

  /// Two decimals below 10, one below 1000, none above; a dash for no number.
  package static func value(_ number: Double?) -> String {
    guard let number, !number.isNaN else { return none }
    guard number.isFinite else { return number < 0 ? "-inf" : "inf" }
    let size = abs(number)
    return fixed(number, size < 9.995 ? 2 : size < 999.95 ? 1 : 0)
  }

  /// A difference: as ``value(_:)``, with its sign always shown.
  package static func difference(_ number: Double?) -> String {
    let text = value(number)
    guard let number, !number.isNaN, !text.hasPrefix("-"), text.contains(where: isNonZeroDigit)
    else { return text }
    return number > 0 ? "+" + text : text
  }

  /// Three decimals, and never zero: the smallest is "<0.001".
  package static func probability(_ p: Double?) -> String {
    guard let p, p.isFinite else { return none }
    return p < 0.001 ? "<0.001" : fixed(p, 3)
  }

  /// A stated constant such as 0.05 or 0.2, with no more digits than it needs; one that four
  /// decimals would round away has four figures, such as 2e-05.
  package static func constant(_ number: Double) -> String {
    guard number.isFinite, abs(number) < 1e9 else { return value(number) }
    if number != 0, abs(number) < 0.001 { return String(format: "%.4g", number) }
    var text = fixed(number, 4)
    while text.hasSuffix("0") && !text.hasSuffix(".0") { text.removeLast() }
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// `[0.88, 0.97]`, or a dash where there is no interval.
  package static func interval(
    _ interval: Interval?, signed: Bool = false
  ) -> String {
    self.interval(interval.map(OpenInterval.init), signed: signed)
  }

  /// The same with `open` in place of an end that the design could not bound.
  package static func interval(
    _ interval: OpenInterval?, signed: Bool = false
  ) -> String {
    guard let interval else { return none }
    func end(_ value: Double?) -> String {
      value.map { signed ? difference($0) : self.value($0) } ?? "open"
    }
    return "[\(end(interval.lower)), \(end(interval.upper))]"
  }

  /// `95%`, from 0.95.
  package static func percentage(_ share: Double) -> String {
    constant((share * 1000).rounded() / 10) + "%"
  }

  /// `850 ms`, `4.2 s`, `38 s`, `2 min 05 s` or `1 h 12 min`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return none }
    if seconds < 0.9995 { return "\(Int((seconds * 1000).rounded())) ms" }
    if seconds < 9.95 { return fixed(seconds, 1) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
    return "\(whole / 3600) h \(twoDigits(whole % 3600 / 60)) min"
  }

  /// A part of a time, in the unit in which the whole is written and rounded down, so that the parts
  /// that are shown never come to more than the whole that is; nil for less than one of the unit.
  package static func duration(_ seconds: Double, within whole: Double) -> String? {
    guard whole.isFinite, seconds.isFinite, seconds >= 0 else { return nil }
    let unit = unit(of: whole)
    let units = (seconds / unit + 1e-9).rounded(.down)
    return units < 1 ? nil : duration(units * unit)
  }

  /// What a time is rounded to, in seconds.
  package static func unit(of seconds: Double) -> Double {
    seconds < 0.9995 ? 0.001 : seconds < 9.95 ? 0.1 : seconds < 3599.5 ? 1 : 60
  }

  /// `1 seed`, `5 seeds`.
  package static func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
    Counted.text(number, singular, plural)
  }

  /// A number with a fixed count of decimals, and no negative zero.
  package static func fixed(_ number: Double, _ decimals: Int) -> String {
    let text = String(format: "%.\(decimals)f", number)
    return text.hasPrefix("-") && !text.contains(where: isNonZeroDigit)
      ? String(text.dropFirst()) : text
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  private static func isNonZeroDigit(_ character: Character) -> Bool {
    character.isWholeNumber && character != "0"
  }
}
