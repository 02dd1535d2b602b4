import Foundation
import NosceCore
import NosceExperiment

/// Reads questions from the YAML files in which others publish theirs, and makes probes of them.
///
/// Understood are the shapes of "Tell me about yourself", of "Emergent Misalignment" and of
/// llmcomp; `docs/experiment-reference.md` has the keys. What is not understood is refused by name with its line.
package enum QuestionFile {
  /// The questions of a file, and its text.
  package static func load(_ url: URL) throws -> (probes: [Probe], text: String) {
    let text = try ExperimentFile.text(of: url)
    return (try decode(text, file: url.lastPathComponent), text)
  }

  /// The questions of a text. `file` is the name that errors carry.
  package static func decode(_ text: String, file: String) throws -> [Probe] {
    let problems = YAMLProblems()
    let node = ExperimentFile.compose(text, into: problems, allowed: "a list of questions")
    if let node {
      let root = YAMLValue(node: node, path: "", problems: problems)
      let probes = QuestionDecoder(root: root).probes()
      if problems.list.isEmpty { return probes }
    }
    throw ExperimentFileError(file: file, problems: problems.list.sorted { $0.line < $1.line })
  }

  /// The keys that a text uses, each with the table by which it is read.
  package static func uses(in text: String) -> [FileUse] {
    let problems = YAMLProblems()
    guard let node = ExperimentFile.compose(text, into: problems) else { return [] }
    _ = QuestionDecoder(root: YAMLValue(node: node, path: "", problems: problems)).probes()
    return problems.uses
  }
}
