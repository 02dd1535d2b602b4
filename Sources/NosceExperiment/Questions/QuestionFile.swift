import Foundation
import NosceCore

/// Reads questions from the YAML files in which others publish theirs, and makes probes of them.
///
/// Understood are the shapes of "Tell me about yourself", of "Emergent Misalignment" and of
/// llmcomp; `docs/probes.md` has the keys. What is not understood is refused by name with its line.
package enum QuestionFile {
  /// The questions of a file, and its text.
  package static func load(_ url: URL) throws -> (probes: [Probe], text: String) {
    let text = try YAMLText.text(of: url)
    return (try decode(text, file: url.lastPathComponent), text)
  }

  /// The questions of a text. `file` is the name that errors carry.
  package static func decode(_ text: String, file: String) throws -> [Probe] {
    let source = YAMLSource(
      name: file, folder: URL(fileURLWithPath: FileManager.default.currentDirectoryPath))
    let problems = YAMLProblems(source)
    let node = YAMLText.compose(
      text, from: source, into: problems, allowed: "a list of questions")
    if let node {
      let root = YAMLValue(node: node, path: "", problems: problems)
      let probes = QuestionDecoder(root: root).probes()
      if problems.list.isEmpty { return probes }
    }
    throw problems.error
  }
}

extension Experiment {
  /// The experiment with more probes, which every arm is asked and no contrast is about.
  ///
  /// - Parameter samples: the most samples of each wording; nil for as many as the questions say.
  package func adding(_ questions: [Probe], samples: Int? = nil) throws -> Experiment {
    var result = self
    for question in questions {
      if probe(question.name) != nil {
        throw LabError(
          .invalidExperiment,
          "--questions: found '\(question.name)', which is a probe of \(name); allowed: names of "
            + "their own")
      }
      if result.probe(question.name) != nil {
        throw LabError(
          .invalidExperiment,
          "--questions: found '\(question.name)' in two files; allowed: each name once")
      }
      guard let samples, var prompt = question.prompt else {
        result.probes.append(question)
        continue
      }
      prompt.samples = min(prompt.samples, samples)
      result.probes.append(question.with(prompt: prompt))
    }
    return result
  }
}
