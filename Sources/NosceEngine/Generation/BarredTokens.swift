import Foundation

/// The probability that what follows is none of some tokens.
enum BarredTokens {
  /// In nats, from a row of logits.
  ///
  /// - Parameter first: the log-probability of the first of the tokens.
  static func logProbabilityOfOthers(
    _ tokens: [Int32], _ logits: UnsafeMutablePointer<Float>, _ vocabulary: Int, first: Float
  ) -> Float {
    guard let place = tokens.first else { return 0 }
    let normaliser = Double(logits[Int(place)]) - Double(first)
    let barred = tokens.reduce(0) { $0 + exp(Double(logits[Int($1)]) - normaliser) }
    if barred < 0.5 { return Float(log1p(-barred)) }
    // What is left of 1 would be lost in rounding: the others are added up themselves.
    let isBarred = Set(tokens)
    var best = -Double.infinity
    var others: [Double] = []
    for token in 0..<vocabulary where !isBarred.contains(Int32(token)) {
      let value = Double(logits[token]) - normaliser
      best = max(best, value)
      others.append(value)
    }
    guard best.isFinite else { return -.greatestFiniteMagnitude }
    return Float(best + log(others.reduce(0) { $0 + exp($1 - best) }))
  }
}
