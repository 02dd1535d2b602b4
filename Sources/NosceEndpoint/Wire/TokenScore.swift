import NosceFormats

/// A token with the log-probability that a server gives it.
struct TokenScore: Sendable, Hashable {
  /// The token's own text; some of a character's bytes show as U+FFFD.
  var text: String
  /// Nil where the server says none, or as much as none.
  var logProbability: Double?

  /// What servers write for no probability at all: -9999 or the lowest number of some type.
  private static let least = -9_000.0

  /// Whether there is none, or null.
  static func isUnsaid(_ json: JSON?) -> Bool {
    guard let json else { return true }
    if case .null = json { return true }
    return false
  }

  /// Reads a log-probability. One above zero is none; by rounding it may be a little above.
  static func logProbability(_ json: JSON?) throws(ExchangeFault) -> Double? {
    guard let json, !isUnsaid(json) else { return nil }
    guard let value = json.number, value.isFinite, value <= 1e-4 else {
      throw ExchangeFault(
        .malformed, "a log-probability that is \(json.kind), or above zero",
        allowed: "a number, at most 0")
    }
    return value <= least ? nil : min(0, value)
  }

  /// Reads one of `logprobs.content`. Bytes say more than a text that was made of them.
  init(_ json: JSON) throws(ExchangeFault) {
    guard let object = json.object, let token = object["token"]?.string else {
      throw ExchangeFault(.malformed, "log-probabilities without a token", allowed: "one for each")
    }
    text = token
    if let bytes = object["bytes"]?.array {
      let values = bytes.compactMap { $0.integer.flatMap { UInt8(exactly: $0) } }
      if values.count == bytes.count { text = String(decoding: values, as: UTF8.self) }
    }
    logProbability = try Self.logProbability(object["logprob"])
  }

  init(text: String, logProbability: Double?) {
    self.text = text
    self.logProbability = logProbability
  }
}
