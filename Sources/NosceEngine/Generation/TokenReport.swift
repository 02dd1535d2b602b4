import CNosceKernels

/// What a model gave to a token and to the likeliest ones in its place: log-probabilities of its own
/// distribution, before any temperature.
package struct TokenReport: Sendable, Hashable {
  package struct Likely: Sendable, Hashable {
    package var token: Int32
    package var logProbability: Float
  }

  package var token: Int32
  package var logProbability: Float
  /// 1 for the likeliest; tokens that are as likely share a rank.
  package var rank: Int
  /// From the likeliest on; of those that are as likely, the first numbers.
  package var likeliest: [Likely]

  /// - Parameter logits: (vocabulary)
  init(_ token: Int32, _ logits: UnsafePointer<Float>, _ vocabulary: Int, likeliest count: Int) {
    self.token = token
    var own: Float = 0
    nosce_log_probabilities(nosce_best_level(), 1, vocabulary, logits, [token], &own)
    logProbability = own
    let mine = logits[Int(token)]
    let normaliser = Double(mine) - Double(own)
    var above = 0
    var best: [(token: Int32, logit: Float)] = []
    best.reserveCapacity(count + 1)
    for index in 0..<vocabulary {
      let logit = logits[index]
      if logit > mine { above += 1 }
      guard count > 0, best.count < count || best[best.count - 1].logit < logit else { continue }
      let place = best.firstIndex { $0.logit < logit } ?? best.count
      best.insert((Int32(index), logit), at: place)
      if best.count > count { best.removeLast() }
    }
    rank = above + 1
    likeliest = best.map {
      Likely(
        token: $0.token,
        logProbability: $0.token == token ? own : Float(Double($0.logit) - normaliser))
    }
  }
}
