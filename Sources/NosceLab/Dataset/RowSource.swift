import Foundation

/// Where training rows come from, and what is then done to them.
package struct RowSource: Codable, Sendable, Hashable {
  package enum Origin: Codable, Sendable, Hashable {
    /// Answers of lines whose first letters spell the word, to questions of the line bank.
    case spelledLines(word: String, count: Int)
    /// Tasks of a bank. The templates know `{question}` and the bank's answers by their names.
    case tasks(TaskBank, TaskTemplates, count: Int)
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

extension Experiment {
  /// The names under which rows can be replaced, in the order of the arms.
  package var replaceableRows: [String] {
    var names: [String] = []
    for name in arms.flatMap(\.rows).compactMap(\.replaceable) where !names.contains(name) {
      names.append(name)
    }
    return names
  }

  /// The experiment with files in place of rows that it marks as replaceable: all the rows of each
  /// file, under the hosts' system line. Controls are made of them as of the others.
  ///
  /// - Parameter data: a file for each name; the name may be left out where there is only one.
  package func replacing(
    _ data: [(name: String?, path: String)], in folder: URL
  ) throws -> Experiment {
    var result = self
    var given: Set<String> = []
    let names = replaceableRows
    let allowed =
      names.isEmpty
      ? "none, the experiment marks no rows as replaceable"
      : names.map { "\($0)=FILE" }.joined(separator: ", ")
    for (name, path) in data {
      guard let name = name ?? (names.count == 1 ? names[0] : nil), names.contains(name) else {
        throw LabError(
          .invalidExperiment, "--data \(name.map { "\($0)=" } ?? "")\(path): allowed: \(allowed)")
      }
      guard given.insert(name).inserted else {
        throw LabError(
          .invalidExperiment, "--data \(name): found two files; allowed: one for each name")
      }
      let source: RowFileSource
      do throws(RowFileProblems) {
        source = try RowFileSource(path: path, in: folder)
      } catch {
        throw LabError(
          .invalidExperiment,
          error.messages.map { "--data \(name): \($0)" }.joined(separator: "\n"))
      }
      for arm in result.arms.indices {
        for index in result.arms[arm].rows.indices
        where result.arms[arm].rows[index].replaceable == name {
          result.arms[arm].rows[index].origin = .file(source)
        }
      }
    }
    return result
  }
}
