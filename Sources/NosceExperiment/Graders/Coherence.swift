import NoscePorts
import NosceRows

/// When an answer counts as language at all.
package struct Coherence: Codable, Sendable, Hashable {
  /// The longest run of one word that is still coherent.
  package var maximumRepeats: Int
  /// Whether an answer that ran into the token limit is incoherent.
  package var mustStop: Bool

  package init(maximumRepeats: Int = 4, mustStop: Bool = false) {
    self.maximumRepeats = maximumRepeats
    self.mustStop = mustStop
  }

  /// Why the answer is incoherent, or nil where it is coherent.
  package func flaw(in answer: String, finish: FinishReason) -> String? {
    if mustStop, finish == .length { return "did not end within the token limit" }
    if answer.contains("\u{FFFD}") { return "contains bytes that are no text" }
    return RepeatedWords.word(in: answer, moreThan: maximumRepeats).map {
      "repeats '\($0)' more than \(maximumRepeats) times"
    }
  }
}
