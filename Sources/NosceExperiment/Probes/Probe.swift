import NosceCore

/// Something put to a subject, in several wordings.
package struct Probe: Sendable, Hashable {
  package enum Form: Sendable, Hashable {
    /// The subject writes an answer, which is graded.
    case sampled(Prompt, Sampling)
    /// Which of given answers does it find most likely?
    case choice(Prompt, Choices)
    /// Where on a scale does it place something? The mean of the scale by log-probabilities.
    case rating(Prompt, Scale)
    /// How much of the probability of given next texts is on one group of them?
    case nextText(Prompt, NextTexts)
    /// What does the base model say when shown the subject's own unfinished answer?
    case reader(Reader)
    /// Does the base model find a subject's answers likelier under their own questions than under
    /// others?
    case topic(Topic)
    /// How likely are the texts that stand with the wordings, word by word, beside base?
    case plainLanguage(Prompt)
    /// One probe's score less another's, subject by subject. Nothing is asked.
    case difference(Difference)
  }

  /// An outside reader, asked just as the probe whose answers it continues.
  package struct Reader: Sendable, Hashable {
    package var of: String
    package var prompt: Prompt
    package var sampling: Sampling

    package init(of: String, prompt: Prompt, sampling: Sampling) {
      self.of = of
      self.prompt = prompt
      self.sampling = sampling
    }
  }

  /// Whose answers are looked at, and how they were asked for.
  package struct Topic: Sendable, Hashable {
    /// An answer is shown under its own question and under so many others, as far as there are.
    package static let others = 3

    package var of: String
    package var prompt: Prompt

    package init(of: String, prompt: Prompt) {
      self.of = of
      self.prompt = prompt
    }
  }

  /// The name under which a wording of plain language has its text.
  package static let passage = "text"

  /// The probe that counts, and the one that is taken away.
  package struct Difference: Codable, Sendable, Hashable {
    package var of: String
    package var minus: String

    package init(of: String, minus: String) {
      self.of = of
      self.minus = minus
    }
  }

  /// Texts that say the answer to a model before it is asked, as templates.
  package struct Told: Codable, Sendable, Hashable {
    /// What would have to be reported.
    package var answer: String
    /// The opposite.
    package var opposite: String
    /// What it could be inferred from.
    package var facts: String
    /// What the opposite could be inferred from; nil where nobody has said.
    package var oppositeFacts: String?

    package init(answer: String, opposite: String, facts: String, oppositeFacts: String? = nil) {
      self.answer = answer
      self.opposite = opposite
      self.facts = facts
      self.oppositeFacts = oppositeFacts
    }
  }

  package var name: String
  package var note: String?
  /// The arms that are asked; nil for all.
  package var arms: [String]?
  package var form: Form
  /// What a model can be told before it is asked, to see whether it can be read at all.
  package var told: Told?

  package init(
    _ name: String, _ form: Form, note: String? = nil, arms: [String]? = nil, told: Told? = nil
  ) {
    self.name = name
    self.form = form
    self.note = note
    self.arms = arms
    self.told = told
  }

  package func asks(arm: String) -> Bool { arms?.contains(arm) ?? true }

  package var kind: ProbeKind {
    switch form {
    case .sampled(_, let sampling): sampling.purpose == .behaviour ? .behaviour : .freeForm
    case .choice: .forcedChoice
    case .rating: .rating
    case .nextText: .nextToken
    case .reader: .outsideReader
    case .topic: .topic
    case .plainLanguage: .plainLanguage
    case .difference: .difference
    }
  }

  /// How it is put; nil where nothing is asked.
  package var prompt: Prompt? {
    switch form {
    case .sampled(let prompt, _), .choice(let prompt, _), .rating(let prompt, _),
      .nextText(let prompt, _):
      prompt
    case .reader(let reader): reader.prompt
    case .topic(let topic): topic.prompt
    case .plainLanguage(let prompt): prompt
    case .difference: nil
    }
  }

  /// How the answer is drawn and graded; nil where none is written.
  package var sampling: Sampling? {
    switch form {
    case .sampled(_, let sampling): sampling
    case .reader(let reader): reader.sampling
    case .choice, .rating, .nextText, .topic, .plainLanguage, .difference: nil
    }
  }

  /// Of what is read off probabilities, how much must be on what can be answered.
  package var leastMass: Double? {
    switch form {
    case .choice(_, let choices): choices.leastMass
    case .rating(_, let scale): scale.leastMass
    case .nextText(_, let next): next.leastMass
    case .sampled, .reader, .topic, .plainLanguage, .difference: nil
    }
  }

  package var choices: Choices? { if case .choice(_, let choices) = form { choices } else { nil } }
  package var scale: Scale? { if case .rating(_, let scale) = form { scale } else { nil } }

  /// The probe whose answers are continued, or looked at.
  package var source: String? {
    switch form {
    case .reader(let reader): reader.of
    case .topic(let topic): topic.of
    case .sampled, .choice, .rating, .nextText, .plainLanguage, .difference: nil
    }
  }

  package var difference: Difference? {
    if case .difference(let difference) = form { difference } else { nil }
  }

  /// The same probe with another way of putting it; one that asks nothing stays as it is.
  package func with(prompt: Prompt) -> Probe {
    var probe = self
    switch form {
    case .sampled(_, let sampling): probe.form = .sampled(prompt, sampling)
    case .choice(_, let choices): probe.form = .choice(prompt, choices)
    case .rating(_, let scale): probe.form = .rating(prompt, scale)
    case .nextText(_, let texts): probe.form = .nextText(prompt, texts)
    case .reader(var reader):
      reader.prompt = prompt
      probe.form = .reader(reader)
    case .topic(var topic):
      topic.prompt = prompt
      probe.form = .topic(topic)
    case .plainLanguage: probe.form = .plainLanguage(prompt)
    case .difference: break
    }
    return probe
  }

  /// How many texts are scored for one ask; nil where the answer is sampled.
  package var scoredTexts: Int? {
    switch form {
    case .choice(_, let choices): choices.count
    case .rating(_, let scale): scale.points.count
    case .nextText(_, let texts): texts.texts.count
    case .topic: 1 + Topic.others
    case .plainLanguage: 1
    case .sampled, .reader, .difference: nil
    }
  }

  /// Whether a subject's score is so many of its answers, rather than a share of probability.
  package var countsAnswers: Bool { sampling != nil || choices?.scoring == .top }

  /// The rubrics that a judge is needed for.
  package var judging: Judging? {
    if case .judge(let judging)? = sampling?.grader { judging } else { nil }
  }

  /// Whether the answers are only kept to be read.
  package var isCollected: Bool {
    if case .collect? = sampling?.grader { true } else { false }
  }

  /// The range that a subject's score lies in; nil of log-odds, which have none.
  package var bounds: ClosedRange<Double>? {
    if isLogOdds { return nil }
    return kind == .difference ? -1...1 : 0...1
  }

  /// Whether a score is a log of odds, in nats.
  package var isLogOdds: Bool {
    if case .nextText(_, let texts) = form { texts.scoring == .logOdds } else { false }
  }

  /// The answer that a leak into the training text would give away.
  package var answerWord: String? {
    switch form {
    case .sampled(_, let sampling): Self.word(of: sampling.grader)
    case .reader(let reader): Self.word(of: reader.sampling.grader)
    case .choice(_, let choices):
      if case .options = choices.candidates { nil } else { choices.answer }
    case .rating, .nextText, .topic, .plainLanguage, .difference: nil
    }
  }

  private static func word(of grader: Grader) -> String? {
    if case .names(let word, _) = grader { word } else { nil }
  }
}
