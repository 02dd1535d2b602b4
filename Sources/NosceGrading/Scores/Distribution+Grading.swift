import Foundation
import NosceCore
import NosceExperiment

extension Distribution {
  /// The likeliest text, and what the distribution comes to.
  ///
  /// - Parameters:
  ///   - scores: the log-probability of each text, in nats.
  ///   - floor: base's of the same, which some readings take away.
  package func grade(
    _ scores: [Double], less floor: [Double]? = nil
  ) -> (text: String?, grade: Grade) {
    guard scores.count == texts.count, let best = scores.max() else {
      return (nil, Grade(.missing, "there was nothing to score"))
    }
    switch reading {
    case .ownQuestion: return ownQuestion(scores)
    case .perWord(let words): return perWord(scores[0], less: floor?.first, words: words)
    case .mean, .share, .logOdds: return grade(scores, best: best)
    }
  }

  private func grade(_ scores: [Double], best: Double) -> (text: String?, grade: Grade) {
    let parts = scores.map { exp($0 - best) }
    let sum = parts.reduce(0, +)
    let weights = parts.map { $0 / sum }
    let mass = min(1, exp(best) * sum)
    let ranked = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    let text = texts[ranked[0]]
    let likeliest = ranked.prefix(5).map { "\(texts[$0]) \(Self.shown(weights[$0]))" }
    let detail = "mass \(Self.shown(mass)); \(likeliest.joined(separator: ", "))"
    if mass < leastMass { return (text, .tooThin(detail, mass: mass, least: leastMass)) }
    switch reading {
    case .mean(let values, let isReversed):
      guard let low = values.first, let high = values.last, low != high else {
        return (text, Grade(.missing, "the scale has one point only", mass: mass))
      }
      let mean = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 }
      let place = min(1, max(0, (mean - low) / (high - low)))
      let range = "\(Self.constant(low)) to \(Self.constant(high))"
      guard isReversed else {
        return (
          text,
          Grade(
            .scored(place), "rated \(Self.number(mean)) of \(range); \(detail)", mass: mass)
        )
      }
      let back = Self.number(low + high - mean)
      return (
        text,
        Grade(
          .scored(1 - place),
          "scale reversed: rated \(Self.number(mean)) of \(range), mapped back to \(back); "
            + detail,
          mass: mass)
      )
    case .share(let groups, let wanted):
      let share = zip(weights, groups).reduce(0) { $0 + ($1.1 == wanted ? $1.0 : 0) }
      return (
        text,
        Grade(.scored(min(1, share)), "\(wanted) \(Self.shown(share)); \(detail)", mass: mass)
      )
    case .logOdds(let groups, let wanted):
      let odds = Self.logOdds(scores, groups, of: wanted)
      guard let odds, odds.isFinite else {
        return (text, Grade(.noAnswer, "no probability is left of one side; \(detail)", mass: mass))
      }
      let share = 1 / (1 + exp(-odds))
      return (
        text,
        Grade(
          .scored(odds),
          String(format: "%+.2f nats for ", odds) + "\(wanted) \(Self.shown(share)); \(detail)",
          mass: mass)
      )
    case .ownQuestion, .perWord:
      return (text, Grade(.missing, "it is no distribution", mass: mass))
    }
  }

  /// Nil where one side has no text.
  private static func logOdds(
    _ scores: [Double], _ groups: [String], of wanted: String
  ) -> Double? {
    func logSum(_ isOwn: Bool) -> Double? {
      let side = zip(scores, groups).filter { ($0.1 == wanted) == isOwn }.map(\.0)
      return side.max().map { best in best + log(side.reduce(0) { $0 + exp($1 - best) }) }
    }
    return logSum(true).flatMap { own in logSum(false).map { own - $0 } }
  }

  private static func shown(_ value: Double) -> String { ProbabilityText.of(value) }
  private static func number(_ value: Double) -> String { String(format: "%.2f", value) }

  /// Without decimals where there are none.
  private static func constant(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : "\(value)"
  }
}
