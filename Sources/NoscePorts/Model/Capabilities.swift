/// What a model can be asked for, known before a plan is made.
package struct Capabilities: Sendable, Hashable {
  /// What it says about the probability of given texts.
  package enum Scoring: Sendable, Hashable {
    /// The log-probability of any text.
    case exact
    /// The log-probabilities of the so many likeliest next tokens.
    case top(Int)
    /// Shares of so many answers that are drawn.
    case drawn(Int)
    case none
  }

  /// A scale of more numbers is rated by the likeliest tokens where it can be, which hold all of a rating
  /// that is worth anything: a request for each number would be sent for next to nothing.
  package static let longScale = 20

  package var scoring: Scoring
  /// How it tells best how likely the numbers of a long scale are, most of which are hardly likely at all.
  package var rating: Scoring
  /// Whether it writes answers.
  package var samples: Bool
  /// Whether an answer can be made to begin with given words.
  package var prefill: Bool
  /// Whether the same seed gives the same answer.
  package var seeds: Bool
  /// Whether it can be asked with an adapter.
  package var adapters: Bool
  /// Whether the lines of an answer can be made to begin with given letters.
  package var starts: Bool
  /// Whether adapters can be made of trained ones without training.
  package var derives: Bool
  /// Whether another seed draws another answer.
  package var varies: Bool
  /// How many questions it is best asked at a time by whoever asks one after the other.
  package var together: Int

  /// Tokens of an answer that is one of some texts: a token has a byte at least, a blank may stand before
  /// it, and what follows tells whether it is that text.
  package static func ratingTokens(of texts: [String]) -> Int {
    max(8, (texts.map(\.utf8.count).max() ?? 0) + 2)
  }
  /// Answers that a judge draws for one rating: a share p of them is known to about the root of
  /// p(1-p)/10. Where it says the same every time, its first answer is all of them.
  package var ratingDraws: Int { varies ? 10 : 1 }

  package init(
    scoring: Scoring = .exact, samples: Bool = true, prefill: Bool = true, seeds: Bool = true,
    adapters: Bool = true, starts: Bool = true, derives: Bool = false, together: Int = 1,
    rating: Scoring? = nil, varies: Bool = true
  ) {
    self.varies = varies
    self.scoring = scoring
    self.rating = rating ?? scoring
    self.samples = samples
    self.prefill = prefill
    self.seeds = seeds
    self.adapters = adapters
    self.starts = starts
    self.derives = derives
    self.together = together
  }
}
