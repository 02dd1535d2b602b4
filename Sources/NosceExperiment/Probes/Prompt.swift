import NosceCore
import NosceRows

/// How a probe puts its questions: the wordings, and what stands around them.
package struct Prompt: Sendable, Hashable {
  /// One wording: a question, and the words with which the answer is made to begin.
  package struct Paraphrase: Codable, Sendable, Hashable {
    package var question: String
    package var stem: String?
    /// What templates can name in this wording only.
    package var values: [String: String]

    package init(_ question: String, stem: String? = nil, values: [String: String] = [:]) {
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
    case tasks(String, count: Int, question: String)
  }

  package var questions: Questions
  /// The system line, where it is not the hosts' own; empty for none at all.
  package var system: String?
  /// Turns before the question.
  package var before: Chat
  /// Beginnings of the answer, each asked with every question that has no stem of its own.
  package var stems: [String]
  package var samples: Int
  /// Of what the subject writes itself: its answer, or the first part of it.
  package var temperature: Double
  /// What follows a first part of the answer that the subject writes freely.
  package var then: Continuation?
  /// Whether braces in the texts mean themselves, as in questions that were imported.
  package var isLiteral: Bool

  package init(
    _ questions: Questions = .paraphrases([]), system: String? = nil, before: Chat = [],
    stems: [String] = [], samples: Int = 1, temperature: Double = 0, then: Continuation? = nil,
    isLiteral: Bool = false
  ) {
    self.questions = questions
    self.system = system
    self.before = before
    self.stems = stems
    self.samples = samples
    self.temperature = temperature
    self.then = then
    self.isLiteral = isLiteral
  }

  /// Whether any answer is made to begin with given words.
  package var prefills: Bool {
    if case .paraphrases(let list) = questions, list.contains(where: { $0.stem != nil }) {
      return true
    }
    return !stems.isEmpty || then != nil
  }
}

extension Prompt.Paraphrase {
  private enum Key: String, CodingKey { case question, stem, values }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      try container.decode(String.self, forKey: .question),
      stem: try container.decodeIfPresent(String.self, forKey: .stem),
      values: try container.decodeIfPresent([String: String].self, forKey: .values) ?? [:])
  }
}
