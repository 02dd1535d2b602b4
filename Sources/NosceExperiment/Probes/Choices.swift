import NosceCore

/// The answers among which a forced choice is made.
package struct Choices: Codable, Sendable, Hashable {
  package enum Source: Codable, Sendable, Hashable {
    /// The answer among anagrams of it and other words of its length.
    case decoys(Decoys)
    /// Exactly these, shown as `{choices}` in every order where the question has that placeholder.
    case options([String])
    /// The family of the subject's value of a variable, of which the largest has so many names.
    case family(of: String, largest: Int)
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
    /// Of all pairs of candidates, the share of which the later one is likelier: 1 where the whole order
    /// is given back, 0 where it is turned round, half for chance. Kendall's tau is twice that less 1.
    case order
  }

  package var candidates: Source
  /// The candidate that counts, a template.
  package var answer: String
  /// What is put between the letters of a candidate, as in H-E-L-L-O.
  package var separator: String?
  /// How a candidate is written into the answer: a template with `{choice}`.
  package var text: String
  /// What must follow a candidate: anything, or the end of the turn.
  package var ending: Ending
  /// Whether the base model's log-probability of the same string is subtracted.
  package var minusBase: Bool
  package var scoring: Scoring
  /// The probability of all candidates together below which there is no answer.
  package var leastMass: Double

  package init(
    candidates: Source, answer: String, separator: String? = nil, text: String = "{choice}",
    ending: Ending = .open, minusBase: Bool = false, scoring: Scoring = .top,
    leastMass: Double = LeastMass.usual
  ) {
    self.candidates = candidates
    self.answer = answer
    self.separator = separator
    self.text = text
    self.ending = ending
    self.minusBase = minusBase
    self.scoring = scoring
    self.leastMass = leastMass
  }

  /// How many candidates there are at most, and so the guess rate.
  package var count: Int {
    switch candidates {
    case .decoys(let decoys): 1 + decoys.anagrams + decoys.words + decoys.also.count
    case .options(let options): options.count
    case .family(_, let largest): largest
    }
  }
}

/// Plans of schemas before `nosce-plan-5` have no least mass, and say whether a candidate is closed.
extension Choices {
  private enum CodingKeys: String, CodingKey {
    case candidates, answer, separator, text
    case ending = "closed"
    case minusBase, scoring, leastMass
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      candidates: try container.decode(Source.self, forKey: .candidates),
      answer: try container.decode(String.self, forKey: .answer),
      separator: try container.decodeIfPresent(String.self, forKey: .separator),
      text: try container.decode(String.self, forKey: .text),
      ending: try container.decode(Ending.self, forKey: .ending),
      minusBase: try container.decode(Bool.self, forKey: .minusBase),
      scoring: try container.decode(Scoring.self, forKey: .scoring),
      leastMass: try container.decodeIfPresent(Double.self, forKey: .leastMass) ?? 0)
  }
}
