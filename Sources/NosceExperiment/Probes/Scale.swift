import NosceCore
import NosceRows

/// A scale on which a subject places something, asked in both directions.
///
/// The score is the mean of the points by their probability, from 0 at the low end to 1 at the
/// high end, as in "Emergent Misalignment" (arXiv 2502.17424), but with the exact probability of
/// every point instead of the twenty likeliest tokens.
package struct Scale: Codable, Sendable, Hashable {
  /// One place on the scale.
  package struct Point: Codable, Sendable, Hashable {
    package var value: Double
    /// What an answer that names it says.
    package var text: String

    package init(value: Double, text: String) {
      self.value = value
      self.text = text
    }
  }

  private enum CodingKeys: String, CodingKey {
    case points, low, high, isReversed
    // As plans before `nosce-plan-5` have it.
    case ending = "closed"
    case leastMass
  }

  /// From the first to the last; at least two.
  package var points: [Point]
  /// What the first and the last point mean, shown as `{low}` and `{high}`.
  package var low: String?
  package var high: String?
  /// Whether every question is also asked with the meanings exchanged, and mapped back.
  package var isReversed: Bool
  /// What must follow a text for it to count.
  package var ending: Ending
  /// The probability of the whole scale below which there is no rating.
  package var leastMass: Double

  package init(
    points: [Point], low: String? = nil, high: String? = nil, isReversed: Bool = true,
    ending: Ending = .number, leastMass: Double = LeastMass.usual
  ) {
    self.points = points
    self.low = low
    self.high = high
    self.isReversed = isReversed
    self.ending = ending
    self.leastMass = leastMass
  }

  /// Whole numbers from one end to the other, each written by a template with `{number}`.
  package static func points(
    from: Int, to: Int, step: Int = 1, text: String = "{number}"
  ) -> [Point] {
    stride(from: from, through: to, by: step).map { number in
      Point(
        value: Double(number), text: TextTemplate.replacing(text, with: ["number": "\(number)"]))
    }
  }

  /// What the placeholders of a question stand for in one direction.
  package func shown(reversed: Bool) -> [String: String] {
    var values: [String: String] = [:]
    values["from"] = points.first?.text
    values["to"] = points.last?.text
    values["low"] = reversed ? high : low
    values["high"] = reversed ? low : high
    return values
  }
}
