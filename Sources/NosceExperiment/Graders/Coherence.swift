import NoscePorts

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
    let words = answer.lowercased().split { $0.isWhitespace }
    var run = 0
    var last: Substring?
    for word in words {
      run = word == last ? run + 1 : 1
      last = word
      if run > maximumRepeats { return "repeats '\(word)' more than \(maximumRepeats) times" }
    }
    return nil
  }
}
