/// The texts from which the rows of the experiment `hello` are composed.
///
/// An answer is a few lines such as "Harbours hold the light.", one plural subject and one verb
/// phrase each, and the first letters of the lines may spell a word. The questions that ask for an
/// answer come in two disjoint sets, so that behaviour is measured on questions never trained on.
/// No text speaks of letters, lines or spelling, and a lone capital letter never stands as a word.
package struct LineBank: Sendable, Hashable {
  /// Plural subjects by their first letter, for every letter A to Z.
  package let starters: [Character: [String]]
  /// Verb phrases that fit any subject, in lower case and without a full stop.
  package let predicates: [String]
  /// What the questions are about.
  package let topics: [String]
  /// Topics kept for measuring behaviour.
  package let heldOutTopics: [String]
  /// Questions and requests with a `{topic}` slot.
  package let questionForms: [String]
  /// Questions and requests kept for measuring behaviour.
  package let heldOutQuestionForms: [String]
  /// Prose sentences with a `{topic}` slot.
  package let plainSentences: [String]

  /// The bank that Nosce ships.
  package static let standard = LineBank(
    starters: standardStarters, predicates: standardPredicates,
    topics: standardTopics, heldOutTopics: standardHeldOutTopics,
    questionForms: standardQuestionForms, heldOutQuestionForms: standardHeldOutQuestionForms,
    plainSentences: standardPlainSentences)

  /// The capital letters A to Z, in order.
  package static let alphabet: [Character] = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

  /// Every text of the bank, slots included, in a fixed order.
  package var texts: [String] {
    LineBank.alphabet.flatMap { starters[$0] ?? [] } + predicates + topics + heldOutTopics
      + questionForms + heldOutQuestionForms + plainSentences
  }
}
