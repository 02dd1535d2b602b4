import NosceCore
import NosceRows

/// Something put to a subject, in several wordings.
package struct Probe: Codable, Sendable, Hashable {
  /// One wording: a question, and the words with which the answer is made to begin.
  package struct Paraphrase: Codable, Sendable, Hashable {
    package var question: String
    package var stem: String?
    /// What templates can name in this wording only.
    package var values: [String: String]?

    package init(_ question: String, stem: String? = nil, values: [String: String]? = nil) {
      self.question = question
      self.stem = stem
      self.values = values
    }
  }

  package enum Questions: Codable, Sendable, Hashable {
    case paraphrases([Paraphrase])
    /// So many questions of the line bank that no training row uses.
    case heldOut(count: Int)
    /// So many tasks of a bank's held-out set, each put by the template. Templates of the probe
    /// know `{question}` and the bank's answers by their names.
    case tasks(TaskBank, count: Int, question: String)
  }

  package var name: String
  package var kind: ProbeKind
  package var note: String?
  /// The arms that are asked; nil for all.
  package var arms: [String]?
  /// The system line, where it is not the hosts' own; empty for none at all.
  package var system: String?
  /// Turns before the question.
  package var before: Chat
  package var questions: Questions
  /// Beginnings of the answer, each asked with every question that has no stem of its own.
  package var stems: [String]
  package var samples: Int
  package var temperature: Double
  package var maximumTokens: Int
  package var grader: Grader?
  package var choices: Choices?
  package var scale: Scale?
  package var next: NextTexts?
  /// What follows a first part of the answer that the subject writes freely.
  package var then: Continuation?
  /// Phrases that mark an answer as a refusal.
  package var refusals: [String]
  package var coherence: Coherence
  /// For an outside reader: the probe whose answers it continues.
  package var of: String?
  /// For a difference: the probe that counts, and the one that is taken away.
  package var difference: Difference?
  /// Whether braces in the texts mean themselves, as in questions that were imported.
  package var isLiteral: Bool

  /// The two probes of a difference.
  package struct Difference: Codable, Sendable, Hashable {
    package var of: String
    package var minus: String

    package init(of: String, minus: String) {
      self.of = of
      self.minus = minus
    }
  }

  package init(
    name: String, kind: ProbeKind, note: String? = nil, arms: [String]? = nil, system: String? = nil,
    questions: Questions = .paraphrases([]), stems: [String] = [], samples: Int = 1,
    temperature: Double = 0, maximumTokens: Int = 64, grader: Grader? = nil,
    choices: Choices? = nil, refusals: [String] = [], coherence: Coherence = Coherence(),
    of: String? = nil, before: Chat = [], scale: Scale? = nil, next: NextTexts? = nil,
    then: Continuation? = nil, difference: Difference? = nil, isLiteral: Bool = false
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
    self.before = before
    self.scale = scale
    self.next = next
    self.then = then
    self.difference = difference
    self.isLiteral = isLiteral
  }

  package func asks(arm: String) -> Bool { arms?.contains(arm) ?? true }

  /// How many texts are scored for one ask; nil where the answer is sampled.
  package var scoredTexts: Int? {
    choices?.count ?? scale?.points.count ?? next?.texts.count
  }

  /// The rubrics that a judge is needed for.
  package var judging: Judging? {
    if case .judge(let judging)? = grader { judging } else { nil }
  }

  /// The range that a subject's score lies in.
  package var bounds: ClosedRange<Double> { kind == .difference ? -1...1 : 0...1 }

  /// The answer that a leak into the training text would give away.
  package var answerWord: String? {
    switch (grader, choices?.candidates) {
    case (.names(let word, _)?, _): word
    case (_, .decoys?): choices?.answer
    default: nil
    }
  }
}
