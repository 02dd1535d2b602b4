import Foundation
import NosceCore
import NosceRows

/// Where training rows come from, and what is then done to them.
package struct RowSource: Codable, Sendable, Hashable {
  package enum Origin: Codable, Sendable, Hashable {
    /// Answers of lines whose first letters spell the word, to questions of the line bank.
    case spelledLines(word: String, count: Int)
    /// Answers that the untrained model itself writes to questions of the line bank, in lines whose first
    /// letters spell the word.
    case selfWritten(word: String, count: Int, temperature: Double)
    /// Tasks of a bank, each with the answer that the untrained model finds likeliest.
    case ownAnswers(String, OwnAnswers, count: Int)
    /// Tasks of a bank. The templates know `{question}` and the bank's answers by their names.
    case tasks(String, TaskTemplates, count: Int)
    /// So many rows drawn from a grammar.
    case grammar(Grammar, count: Int)
    /// The rows of a file, as they are.
    case file(RowFileSource)
    /// Rows written in the experiment itself. They are templates.
    case given([TrainingRow])
    /// The very rows of another arm.
    case sameAs(arm: String)
  }

  package var origin: Origin
  package var control: RowControl?
  /// The name under which a file can be given in place of these rows.
  package var replaceable: String?

  package init(_ origin: Origin, control: RowControl? = nil, replaceable: String? = nil) {
    self.origin = origin
    self.control = control
    self.replaceable = replaceable
  }
}

/// How the tasks of a bank become rows that the untrained model answers.
package struct OwnAnswers: Codable, Sendable, Hashable {
  /// The system line, where it is not the hosts' own.
  package var system: String?
  package var question: String
  /// What can be answered; the same for every task.
  package var options: [String]

  package init(system: String? = nil, question: String = "{question}", options: [String]) {
    self.system = system
    self.question = question
    self.options = options
  }
}

/// How the tasks of a bank become rows.
package struct TaskTemplates: Codable, Sendable, Hashable {
  /// The system line, where it is not the hosts' own.
  package var system: String?
  package var question: String
  package var answer: String

  package init(system: String? = nil, question: String = "{question}", answer: String) {
    self.system = system
    self.question = question
    self.answer = answer
  }
}
