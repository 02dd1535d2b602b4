import NosceCore

/// One answer to be sampled from a subject.
package struct SampleRequest: Sendable, Hashable {
  package var chat: Chat
  /// Text that the answer must begin with, already written on the subject's behalf.
  package var prefill: String?
  /// Zero means greedy decoding.
  package var temperature: Double
  package var maximumTokens: Int
  package var seed: UInt64
  /// What the lines of the answer must begin with, where that is given. An answer that came to nothing ends
  /// by its length.
  package var starts: LineStarts?

  package init(
    chat: Chat, prefill: String? = nil, temperature: Double, maximumTokens: Int, seed: UInt64,
    starts: LineStarts? = nil
  ) {
    self.chat = chat
    self.prefill = prefill
    self.temperature = temperature
    self.maximumTokens = maximumTokens
    self.seed = seed
    self.starts = starts
  }
}

/// Given texts to be scored behind one prompt.
package struct ScoreRequest: Sendable, Hashable {
  package var chat: Chat
  package var prefill: String?
  package var texts: [String]
  /// What must follow each text for its probability to count.
  package var ending: Ending
  /// Whether a text that is hardly likely may stay unknown, as the numbers of a judge's scale.
  package var isRating: Bool

  package init(
    chat: Chat, prefill: String? = nil, texts: [String], ending: Ending = .open,
    isRating: Bool = false
  ) {
    self.isRating = isRating
    self.chat = chat
    self.prefill = prefill
    self.texts = texts
    self.ending = ending
  }
}

/// One thing asked of a subject.
package enum SubjectRequest: Sendable, Hashable {
  case sample(SampleRequest)
  case score(ScoreRequest)
}
