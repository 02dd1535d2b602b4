/// What kind of question a probe is.
package enum ProbeKind: String, Codable, Sendable, CaseIterable {
  /// Does it do the thing? Sampled and graded.
  case behaviour
  /// What does it say? Sampled and graded.
  case freeForm = "free-form"
  /// Which of given answers does it find most likely?
  case forcedChoice = "forced-choice"
  /// Where on a scale does it place something? The mean of the scale by log-probabilities.
  case rating
  /// How much of the probability of given next texts is on one group of them?
  case nextToken = "next-token"
  /// What does the base model say when shown the subject's own unfinished answer?
  case outsideReader = "outside-reader"
  /// Are answers about what was asked? The base model finds out.
  case topic
  /// How likely are given texts, word by word, beside what they are to the base model?
  case plainLanguage = "plain-language"
  /// One probe's score less another's, subject by subject. Nothing is asked.
  case difference

  /// Whether the subject writes an answer, which is then graded.
  package var isSampled: Bool {
    switch self {
    case .behaviour, .freeForm, .outsideReader: true
    case .forcedChoice, .rating, .nextToken, .topic, .plainLanguage, .difference: false
    }
  }

  /// Whether given texts are scored by their probabilities, so that nothing is drawn.
  package var isScored: Bool {
    switch self {
    case .forcedChoice, .rating, .nextToken, .topic, .plainLanguage: true
    case .behaviour, .freeForm, .outsideReader, .difference: false
    }
  }
}
