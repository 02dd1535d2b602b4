/// The answers among which a forced choice is made.
package struct Choices: Codable, Sendable, Hashable {
  package enum Source: Codable, Sendable, Hashable {
    /// The answer among anagrams of it and other words of its length.
    case decoys(Decoys)
    /// Exactly these, shown as `{choices}` in every order where the question has that placeholder.
    case options([String])
  }

  package struct Decoys: Codable, Sendable, Hashable {
    package var anagrams: Int
    package var words: Int
    /// Words to draw from; letters at random make up what is missing.
    package var from: [String]
    /// Candidates that are always there.
    package var also: [String]

    package init(anagrams: Int, words: Int, from: [String] = [], also: [String] = []) {
      self.anagrams = anagrams
      self.words = words
      self.from = from
      self.also = also
    }
  }

  package enum Scoring: String, Codable, Sendable, CaseIterable {
    /// 1 where the answer comes first; candidates that tie share it.
    case top
    /// The answer's share of the probability of all candidates.
    case share
  }

  package var candidates: Source
  /// The candidate that counts, a template.
  package var answer: String
  /// What is put between the letters of a candidate, as in H-E-L-L-O.
  package var separator: String?
  /// How a candidate is written into the answer: a template with `{choice}`.
  package var text: String
  /// Whether the end of the turn belongs to the answer.
  package var closed: Bool
  /// Whether the base model's log-probability of the same string is subtracted.
  package var minusBase: Bool
  package var scoring: Scoring

  package init(
    candidates: Source, answer: String, separator: String? = nil, text: String = "{choice}",
    closed: Bool = false, minusBase: Bool = false, scoring: Scoring = .top
  ) {
    self.candidates = candidates
    self.answer = answer
    self.separator = separator
    self.text = text
    self.closed = closed
    self.minusBase = minusBase
    self.scoring = scoring
  }

  /// How many candidates there are, and so the guess rate.
  package var count: Int {
    switch candidates {
    case .decoys(let decoys): 1 + decoys.anagrams + decoys.words + decoys.also.count
    case .options(let options): options.count
    }
  }
}
