import NosceFormats

/// The tokens of a prompt and the log-probability of each behind those before it.
struct PromptScores: Sendable, Hashable {
  var ids: [Int]
  /// Nil of the first, and where the server gives none.
  var logProbabilities: [Double?]
  /// The tokens' own texts; empty where the server does not say them.
  var texts: [String]
  /// The places behind the first of which the server says nothing at all, which is not that they have as
  /// good as no probability.
  var unsaid: Set<Int>

  init(
    ids: [Int], logProbabilities: [Double?], texts: [String] = [], unsaid: Set<Int> = []
  ) {
    self.ids = ids
    self.logProbabilities = logProbabilities
    self.texts = texts
    self.unsaid = unsaid
  }

  /// The log-probability of some of the tokens together; nil where one of them has none.
  func sum(of range: Range<Int>) -> Double? {
    var sum = 0.0
    for value in logProbabilities[range] {
      guard let value else { return nil }
      sum += value
    }
    return sum
  }

  /// Reads `prompt_logprobs`: null, then a map of token ids for each place.
  ///
  /// Only the prompt's own token is asked for, so that each map has one; where a server gives more, the
  /// first that it lists is the prompt's.
  init(_ json: JSON) throws(ExchangeFault) {
    guard let list = json.array, !list.isEmpty else {
      throw ExchangeFault(.malformed, "prompt_logprobs that are \(json.kind)", allowed: "a list")
    }
    ids = []
    logProbabilities = []
    texts = []
    unsaid = []
    for (place, entry) in list.enumerated() {
      if place == 0, case .null = entry {
        // Nothing stands before the first, and so nothing is said of it, not even which it is.
        ids.append(-1)
        logProbabilities.append(nil)
        texts.append("")
        continue
      }
      guard let first = entry.object?.members.first, let id = Int(first.key),
        let value = first.value.object
      else {
        throw ExchangeFault(
          .malformed, "prompt_logprobs with \(entry.kind) at place \(place + 1)",
          allowed: "a map from a token to its log-probability")
      }
      ids.append(id)
      logProbabilities.append(try TokenScore.logProbability(value["logprob"]))
      if TokenScore.isUnsaid(value["logprob"]) { unsaid.insert(place) }
      texts.append(value["decoded_token"]?.string ?? "")
    }
    if texts.dropFirst().allSatisfy(\.isEmpty) { texts = [] }
  }
}
