/// The texts from which answers are composed whose lines spell a word, and the questions to them.
///
/// A line is a subject and a verb phrase, such as "Harbours hold the light.", or a whole sentence.
/// The questions that ask for an answer come in two disjoint sets, so that behaviour is measured on
/// questions never trained on.
package struct LineBank: Sendable, Hashable {
  /// Plural subjects by their first letter, for every letter A to Z.
  package let starters: [Character: [String]]
  /// Verb phrases that fit any subject, in lower case and without a full stop.
  package let predicates: [String]
  /// Whole sentences by their first letter, in place of subjects and verb phrases.
  package let sentences: [Character: [String]]
  /// What the questions are about.
  package let topics: [String]
  /// Topics kept for measuring behaviour.
  package let heldOutTopics: [String]
  /// Questions and requests with a `{topic}` slot. Whole questions have none, and one empty topic.
  package let questionForms: [String]
  /// Questions and requests kept for measuring behaviour.
  package let heldOutQuestionForms: [String]
  /// Prose sentences with a `{topic}` slot.
  package let plainSentences: [String]

  package init(
    starters: [Character: [String]], predicates: [String], sentences: [Character: [String]],
    topics: [String], heldOutTopics: [String], questionForms: [String],
    heldOutQuestionForms: [String], plainSentences: [String]
  ) {
    self.starters = starters
    self.predicates = predicates
    self.sentences = sentences
    self.topics = topics
    self.heldOutTopics = heldOutTopics
    self.questionForms = questionForms
    self.heldOutQuestionForms = heldOutQuestionForms
    self.plainSentences = plainSentences
  }

  /// The bank of a set that has no lines.
  package static let empty = LineBank(
    starters: [:], predicates: [], sentences: [:], topics: [], heldOutTopics: [],
    questionForms: [], heldOutQuestionForms: [], plainSentences: [])

  package var isEmpty: Bool { self == .empty }

  /// The capital letters A to Z, in order.
  package static let alphabet: [Character] = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

  /// Every text of the bank, slots included, in a fixed order.
  package var texts: [String] {
    LineBank.alphabet.flatMap { starters[$0] ?? [] } + predicates
      + LineBank.alphabet.flatMap { sentences[$0] ?? [] } + topics + heldOutTopics
      + questionForms + heldOutQuestionForms + plainSentences
  }
}
