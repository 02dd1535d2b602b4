import Foundation

/// Given texts whose exact probabilities are read as a distribution.
package struct Distribution: Codable, Sendable, Hashable {
  package enum Reading: Codable, Sendable, Hashable {
    /// The mean of the values; from 0 at the first to 1 at the last, or the other way round.
    case mean(values: [Double], isReversed: Bool)
    /// The share of one group. `groups` names the group of each text.
    case share(groups: [String], of: String)
  }

  package var texts: [String]
  package var closed: Bool
  package var leastMass: Double
  package var reading: Reading

  package init(texts: [String], closed: Bool, leastMass: Double = 0, reading: Reading) {
    self.texts = texts
    self.closed = closed
    self.leastMass = leastMass
    self.reading = reading
  }

  /// The likeliest text, and what the distribution comes to.
  ///
  /// - Parameter scores: the log-probability of each text, in nats.
  package func grade(_ scores: [Double]) -> (text: String?, grade: Grade) {
    guard scores.count == texts.count, let best = scores.max() else {
      return (nil, Grade(.missing, "there was nothing to score"))
    }
    let parts = scores.map { exp($0 - best) }
    let sum = parts.reduce(0, +)
    let weights = parts.map { $0 / sum }
    let mass = exp(best) * sum
    let ranked = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    let text = texts[ranked[0]]
    let likeliest = ranked.prefix(5).map { "\(texts[$0]) \(Self.shown(weights[$0]))" }
    let detail = "mass \(Self.shown(mass)); \(likeliest.joined(separator: ", "))"
    if mass < leastMass {
      return (
        text, Grade(.unparseable, "the mass is below \(Self.constant(leastMass)); \(detail)")
      )
    }
    switch reading {
    case .mean(let values, let isReversed):
      guard let low = values.first, let high = values.last, low != high else {
        return (text, Grade(.missing, "the scale has one point only"))
      }
      let mean = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 }
      let place = min(1, max(0, (mean - low) / (high - low)))
      let range = "\(Self.constant(low)) to \(Self.constant(high))"
      guard isReversed else {
        return (text, Grade(.scored(place), "rated \(Self.number(mean)) of \(range); \(detail)"))
      }
      let back = Self.number(low + high - mean)
      return (
        text,
        Grade(
          .scored(1 - place),
          "scale reversed: rated \(Self.number(mean)) of \(range), mapped back to \(back); "
            + detail)
      )
    case .share(let groups, let wanted):
      let share = zip(weights, groups).reduce(0) { $0 + ($1.1 == wanted ? $1.0 : 0) }
      return (text, Grade(.scored(min(1, share)), "\(wanted) \(Self.shown(share)); \(detail)"))
    }
  }

  private static func shown(_ value: Double) -> String { String(format: "%.3f", value) }
  private static func number(_ value: Double) -> String { String(format: "%.2f", value) }

  /// Without decimals where there are none.
  private static func constant(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : "\(value)"
  }
}
