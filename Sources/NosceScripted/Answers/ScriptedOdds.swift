import Foundation

/// The log-probabilities of texts, some of them named by a rule.
struct ScriptedOdds {
  /// The least probability of a text: the logarithm of none at all is no number.
  private static let least = 1e-12

  let logProbabilities: [String: Double]

  /// - Parameter weights: may name texts that are not asked about, which take their part.
  init(_ weights: [String: Double], over texts: [String]) {
    let others = Set(texts).subtracting(weights.keys)
    let left = max(0, 1 - weights.values.reduce(0, +))
    var odds = weights
    for text in others { odds[text] = left / Double(others.count) }
    logProbabilities = odds.mapValues { log(max(Self.least, $0)) }
  }

  init(constant: Double, over texts: [String]) {
    logProbabilities = Dictionary(
      texts.map { ($0, constant) }, uniquingKeysWith: { first, _ in first })
  }

  /// Those of the so many likeliest texts; among equals the alphabet decides.
  func likeliest(_ count: Int) -> [String: Double] {
    let ranked = logProbabilities.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return Dictionary(
      ranked.prefix(count).map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
  }
}
