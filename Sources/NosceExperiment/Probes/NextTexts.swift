import NosceCore

/// Given next texts in groups, of which one counts.
package struct NextTexts: Codable, Sendable, Hashable {
  package struct Group: Codable, Sendable, Hashable {
    package var name: String
    /// Templates.
    package var texts: [String]

    package init(name: String, texts: [String]) {
      self.name = name
      self.texts = texts
    }
  }

  /// What a group's probability becomes.
  package enum Scoring: String, Codable, Sendable, CaseIterable {
    /// Its share of the probability of all texts.
    case share
    /// The log of its probability over that of the other groups, in nats: it tells 1 in 100 from 1 in
    /// 1000 where shares are near nothing, and has no range.
    case logOdds = "log-odds"
  }

  private enum CodingKeys: String, CodingKey {
    case groups, answer
    // As plans before `nosce-plan-5` have it.
    case ending = "closed"
    case leastMass, scoring
  }

  package var groups: [Group]
  /// The name of the group that counts.
  package var answer: String
  /// What must follow a text for it to count.
  package var ending: Ending
  /// The probability of all texts together below which there is no score.
  package var leastMass: Double
  package var scoring: Scoring

  package init(
    groups: [Group], answer: String, ending: Ending = .open,
    leastMass: Double = LeastMass.usual, scoring: Scoring = .share
  ) {
    self.scoring = scoring
    self.groups = groups
    self.answer = answer
    self.ending = ending
    self.leastMass = leastMass
  }

  /// Plans in which nothing is scored as log-odds do not say how it is scored.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      groups: try container.decode([Group].self, forKey: .groups),
      answer: try container.decode(String.self, forKey: .answer),
      ending: try container.decode(Ending.self, forKey: .ending),
      leastMass: try container.decode(Double.self, forKey: .leastMass),
      scoring: try container.decodeIfPresent(Scoring.self, forKey: .scoring) ?? .share)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(groups, forKey: .groups)
    try container.encode(answer, forKey: .answer)
    try container.encode(ending, forKey: .ending)
    try container.encode(leastMass, forKey: .leastMass)
    if scoring != .share { try container.encode(scoring, forKey: .scoring) }
  }

  package var texts: [String] { groups.flatMap(\.texts) }

  /// The first text that another one begins with: its probability would count twice.
  package static func firstOverlap(of texts: [String]) -> (String, String)? {
    let sorted = texts.sorted()
    for (text, next) in zip(sorted, sorted.dropFirst()) where next.hasPrefix(text) {
      return (text, next)
    }
    return nil
  }
}
