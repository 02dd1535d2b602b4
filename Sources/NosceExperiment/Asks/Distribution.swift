import Foundation
import NosceCore

/// Given texts whose exact probabilities are read as a distribution.
package struct Distribution: Codable, Sendable, Hashable {
  package enum Reading: Codable, Sendable, Hashable {
    /// The mean of the values; from 0 at the first to 1 at the last, or the other way round.
    case mean(values: [Double], isReversed: Bool)
    /// The share of one group. `groups` names the group of each text.
    case share(groups: [String], of: String)
    /// The log of one group's probability over that of the others, in nats.
    case logOdds(groups: [String], of: String)
    /// The texts are questions, of which the first is an answer's own: the share of the others under
    /// which the answer is less likely.
    case ownQuestion
    /// Of one text of so many words: how likely a word is, beside base.
    case perWord(Int)
  }

  /// Whether base's log-probabilities of the same texts are taken away.
  package var isBesideBase: Bool { if case .perWord = reading { true } else { false } }

  package var texts: [String]
  package var ending: Ending
  package var leastMass: Double
  package var reading: Reading

  package init(
    texts: [String], ending: Ending, leastMass: Double = LeastMass.usual, reading: Reading
  ) {
    self.texts = texts
    self.ending = ending
    self.leastMass = leastMass
    self.reading = reading
  }
}
