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

  package var groups: [Group]
  /// The name of the group whose share is the score.
  package var answer: String
  /// Whether the end of the turn belongs to each text.
  package var closed: Bool
  /// The probability of all texts together below which there is no score.
  package var leastMass: Double

  package init(
    groups: [Group], answer: String, closed: Bool = false, leastMass: Double = 0
  ) {
    self.groups = groups
    self.answer = answer
    self.closed = closed
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
