/// Why a number could not be computed from the data given.
package enum StatisticsError: Error, Equatable, CustomStringConvertible {
  /// Fewer values than the computation needs.
  case tooFew(name: String, count: Int, needed: Int)
  /// A NaN or an infinity among the values.
  case notFinite(name: String, index: Int)
  /// A value outside the range it was said to have.
  case outOfRange(name: String, index: Int, value: Double, lower: Double, upper: Double)
  /// Two lists that must match element by element do not.
  case unequalLengths(name: String, count: Int, otherName: String, otherCount: Int)
  /// A parameter outside its allowed range.
  case badParameter(name: String, value: Double, allowed: String)
  /// A design from which nothing could be concluded, whatever the data.
  case refusedDesign(name: String, found: String, allowed: String)

  package var description: String {
    switch self {
    case .tooFew(let name, let count, let needed):
      "\(name): \(count) values, but at least \(needed) are needed"
    case .notFinite(let name, let index):
      "\(name): value \(index + 1) is not a finite number"
    case .outOfRange(let name, let index, let value, let lower, let upper):
      "\(name): value \(index + 1) is \(value); allowed is \(lower) to \(upper)"
    case .unequalLengths(let name, let count, let otherName, let otherCount):
      "\(name) has \(count) values and \(otherName) has \(otherCount); they must match one to one"
    case .badParameter(let name, let value, let allowed):
      "\(name) is \(value); allowed is \(allowed)"
    case .refusedDesign(let name, let found, let allowed):
      "\(name): found \(found); allowed: \(allowed)"
    }
  }
}

/// Throws unless every value is finite and there are enough of them.
func check(_ values: [Double], _ name: String, atLeast needed: Int = 1) throws {
  guard values.count >= needed else {
    throw StatisticsError.tooFew(name: name, count: values.count, needed: needed)
  }
  if let index = values.firstIndex(where: { !$0.isFinite }) {
    throw StatisticsError.notFinite(name: name, index: index)
  }
}

/// Throws unless every value lies in the bounds; rounding errors of 1e-9 of the range are forgiven.
func check(_ values: [Double], _ name: String, within bounds: ClosedRange<Double>?) throws {
  guard let bounds else { return }
  guard bounds.lowerBound.isFinite, bounds.upperBound.isFinite,
    bounds.lowerBound < bounds.upperBound
  else {
    throw StatisticsError.badParameter(
      name: "bounds", value: bounds.upperBound - bounds.lowerBound,
      allowed: "a finite range of positive width")
  }
  let slack = 1e-9 * (bounds.upperBound - bounds.lowerBound)
  for (index, value) in values.enumerated()
  where value < bounds.lowerBound - slack || value > bounds.upperBound + slack {
    throw StatisticsError.outOfRange(
      name: name, index: index, value: value, lower: bounds.lowerBound, upper: bounds.upperBound)
  }
}

/// Throws unless a probability-like parameter lies strictly between 0 and 1.
func checkFraction(_ value: Double, _ name: String) throws {
  guard value > 0, value < 1 else {
    throw StatisticsError.badParameter(
      name: name, value: value, allowed: "a number between 0 and 1, both excluded")
  }
}
