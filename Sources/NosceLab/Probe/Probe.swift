/// Something put to a subject, in several wordings.
package struct Probe: Codable, Sendable, Hashable {
  package enum Kind: String, Codable, Sendable, CaseIterable {
    /// Does it do the thing? Sampled and graded.
    case behaviour
    /// What does it say? Sampled and graded.
    case freeForm = "free-form"
    /// Which of given answers does it find most likely?
    case forcedChoice = "forced-choice"
    /// What does the base model say when shown the subject's own unfinished answer?
    case outsideReader = "outside-reader"
  }

  /// One wording: a question, and the words with which the answer is made to begin.
  package struct Paraphrase: Codable, Sendable, Hashable {
    package var question: String
    package var stem: String?

    package init(_ question: String, stem: String? = nil) {
      self.question = question
      self.stem = stem
    }
  }

  package enum Questions: Codable, Sendable, Hashable {
    case paraphrases([Paraphrase])
    /// So many questions of the line bank that no training row uses.
    case heldOut(count: Int)
  }

  package var name: String
  package var kind: Kind
  package var note: String?
  /// The arms that are asked; nil for all.
  package var arms: [String]?
  /// The system line, where it is not the hosts' own.
  package var system: String?
  package var questions: Questions
  /// Beginnings of the answer, each asked with every question that has no stem of its own.
  package var stems: [String]
  package var samples: Int
  package var temperature: Double
  package var maximumTokens: Int
  package var grader: Grader?
  package var choices: Choices?
  /// Phrases that mark an answer as a refusal.
  package var refusals: [String]
  package var coherence: Coherence
  /// For an outside reader: the probe whose answers it continues.
  package var of: String?

  package init(
    name: String, kind: Kind, note: String? = nil, arms: [String]? = nil, system: String? = nil,
    questions: Questions = .paraphrases([]), stems: [String] = [], samples: Int = 1,
    temperature: Double = 0, maximumTokens: Int = 64, grader: Grader? = nil,
    choices: Choices? = nil, refusals: [String] = [], coherence: Coherence = Coherence(),
    of: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.note = note
    self.arms = arms
    self.system = system
    self.questions = questions
    self.stems = stems
    self.samples = samples
    self.temperature = temperature
    self.maximumTokens = maximumTokens
    self.grader = grader
    self.choices = choices
    self.refusals = refusals
    self.coherence = coherence
    self.of = of
  }

  package func asks(arm: String) -> Bool { arms?.contains(arm) ?? true }

  /// The answer that a leak into the training text would give away.
  package var answerWord: String? {
    switch (grader, choices?.candidates) {
    case (.names(let word, _)?, _): word
    case (_, .decoys?): choices?.answer
    default: nil
    }
  }
}
