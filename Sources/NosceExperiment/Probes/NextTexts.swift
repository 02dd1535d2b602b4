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

  private enum CodingKeys: String, CodingKey {
    case groups, answer
    // As plans before `nosce-plan-5` have it.
    case ending = "closed"
    case leastMass
  }

  package var groups: [Group]
  /// The name of the group whose share is the score.
  package var answer: String
  /// What must follow a text for it to count.
  package var ending: Ending
  /// The probability of all texts together below which there is no score.
  package var leastMass: Double

  package init(
    groups: [Group], answer: String, ending: Ending = .open,
    leastMass: Double = LeastMass.usual
  ) {
    self.groups = groups
    self.answer = answer
    self.ending = ending
    self.leastMass = leastMass
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
