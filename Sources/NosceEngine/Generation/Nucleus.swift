import Foundation

/// The likeliest tokens that have so much probability together.
enum Nucleus {
  /// The smallest such set at a temperature above 0; of tokens that are as likely, the first numbers.
  ///
  /// - Parameter logits: (vocabulary)
  static func tokens(
    _ logits: UnsafePointer<Float>, _ vocabulary: Int, temperature: Float, mass: Float
  ) -> TokenSet {
    var best = logits[0]
    for index in 1..<vocabulary { best = max(best, logits[index]) }
    let scale = 1 / Double(temperature)
    var total = 0.0
    let weights = (0..<vocabulary).map { index in
      let weight = exp((Double(logits[index]) - Double(best)) * scale)
      total += weight
      return weight
    }
    // All that are less likely than this have less than what is left out, so none of them is wanted.
    let least = (1 - Double(mass)) * total / Double(vocabulary)
    var candidates = (0..<vocabulary).filter { weights[$0] >= least }
    candidates.sort { weights[$0] == weights[$1] ? $0 < $1 : weights[$0] > weights[$1] }
    var sum = 0.0
    let kept = candidates.prefix { index in
      defer { sum += weights[index] }
      return sum < Double(mass) * total
    }
    let chosen = kept.isEmpty ? candidates.prefix(1) : kept
    return TokenSet(ascending: chosen.sorted().map { Int32($0) })
  }
}
