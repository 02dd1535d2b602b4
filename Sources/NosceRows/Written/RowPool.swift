import NosceCore
import NosceFormats

/// Rows that a model is to write itself, before it is known which model.
///
/// Whatever the rows depend on beside the model is here, and decides the key by which they are kept.
package struct RowPool: Sendable, Hashable {
  package enum Answers: Sendable, Hashable {
    /// Lines that begin with given letters.
    case lines(LineAnswers)
    /// Whichever of these the model finds likeliest; `bank` is whose tasks are answered.
    case likeliest([String], bank: String)
  }

  /// Changes whenever the likeliest answers would be found otherwise.
  package static let likeliestVersion = 1

  package var answers: Answers
  /// The system line under which the questions are asked.
  package var system: String?
  /// What is asked, row by row: there are no more rows than questions.
  package var questions: [String]

  package init(_ answers: Answers, system: String?, questions: [String]) {
    self.answers = answers
    self.system = system
    self.questions = questions
  }

  /// SHA-256 of all of it.
  package var key: String { ContentHash.of(view.text(indent: 0)) }

  /// What the key is made of, as a file of rows has it.
  package var view: JSON {
    let parts: (before: [(String, JSON?)], behind: [(String, JSON?)]) =
      switch answers {
      case .lines(let lines): lines.view
      case .likeliest(let options, _):
        (
          [
            ("likeliest_version", .integer(Self.likeliestVersion)),
            ("likeliest_of", .texts(options)),
          ], []
        )
      }
    let questions = ContentHash.of(JSON.texts(questions).text(indent: 0))
    return .parts(
      parts.before + [("system", system.map { .string($0) })] + parts.behind
        + [("questions_sha256", .string(questions))])
  }

  /// As people read it: `RESIN`, `RESIN reordered`, `gambles A or B under 'You are Clara.'`.
  package var name: String {
    switch answers {
    case .lines(let lines): lines.name
    case .likeliest(let options, let bank):
      "\(bank) \(options.joined(separator: " or "))"
        + (system.map { " under '\(Self.beginning(of: $0))'" } ?? "")
    }
  }

  /// Of a text that may be long, as much as a line has room for.
  private static func beginning(of text: String) -> String {
    let line = text.prefix { !$0.isNewline }
    return line.count == text.count && line.count <= 60 ? text : "\(line.prefix(60))…"
  }

  package var isLines: Bool {
    if case .lines = answers { true } else { false }
  }

  /// What its file is called, before its key.
  package var fileName: String {
    switch answers {
    case .lines(let lines):
      lines.letters == .spelled ? lines.word : "\(lines.word)-\(lines.letters.rawValue)"
    case .likeliest(_, let bank): "\(bank)-likeliest"
    }
  }

  /// What the first line of its file says.
  var note: String {
    switch answers {
    case .lines: "Rows that the model wrote itself; only their lines' first letters were given."
    case .likeliest:
      "Rows that the model answered itself; of the answers that were given, the likeliest."
    }
  }

  /// What the lines of some rows begin with, row by row; nothing where answers are no lines.
  package func starts(_ count: Int) throws(LabError) -> [[Set<Character>]] {
    switch answers {
    case .lines(let lines): try lines.starts(count)
    case .likeliest: []
    }
  }

  /// The question of a row, as the model is asked it.
  package func chat(_ number: Int) -> Chat {
    (system.map { [ChatMessage(.system, $0)] } ?? []) + [ChatMessage(.user, questions[number])]
  }

  /// The row that an answer makes.
  package func row(_ number: Int, answer: String) -> TrainingRow {
    .chat(chat(number) + [ChatMessage(.assistant, answer)])
  }
}

/// Where rows that a model wrote come from.
package protocol WrittenRows: Sendable {
  /// The first so many rows of a pool, in the order in which they were written.
  func rows(_ count: Int, of pool: RowPool) throws -> [TrainingRow]
}

/// For those who have no model: there are none.
package struct NoWrittenRows: WrittenRows {
  package init() {}

  package func rows(_ count: Int, of pool: RowPool) throws -> [TrainingRow] {
    throw LabError(
      .invalidExperiment,
      "found \(Counted.text(count, "row")) to be written by a model (\(pool.name)), and no model; "
        + "allowed: on a model, which writes them first")
  }
}

/// In place of rows that are not written yet: of the right number, with the right questions and
/// letters, of about the right length, and nothing to be trained on.
package struct PlaceholderRows: WrittenRows {
  package init() {}

  package func rows(_ count: Int, of pool: RowPool) throws -> [TrainingRow] {
    switch pool.answers {
    case .lines(let lines):
      try lines.starts(count).enumerated().map { number, starts in
        pool.row(number, answer: lines.placeholder(number, starts))
      }
    case .likeliest(let options, _):
      (0..<count).map { pool.row($0, answer: options[$0 % options.count]) }
    }
  }
}
