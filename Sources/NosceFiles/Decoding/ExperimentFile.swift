import Foundation
import NosceCore
import NosceExperiment
import Yams

/// Reads an experiment from a YAML file, strictly: whatever the file says that is not understood
/// is an error with its line.
package enum ExperimentFile {
  /// Reads the experiment and keeps the text, which a run freezes into its folder.
  package static func load(_ url: URL) throws -> (experiment: Experiment, text: String) {
    let text = try text(of: url)
    let folder = url.absoluteURL.deletingLastPathComponent()
    return (try decode(text, file: url.lastPathComponent, in: folder), text)
  }

  static func text(of url: URL) throws -> String {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw LabError(
        .invalidExperiment, "\(url.path): cannot be read: \(Storage.reason(for: error, at: url))",
        cause: error)
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw LabError(.invalidExperiment, "\(url.path): found bytes that are no UTF-8 text")
    }
    return text
  }

  /// Decodes the text of an experiment file. `file` is the name that errors carry, and `folder`
  /// what the paths of other files in it begin at; nil for the current folder.
  package static func decode(
    _ text: String, file: String, in folder: URL? = nil
  ) throws -> Experiment {
    let problems = YAMLProblems()
    if let root = compose(text, into: problems) {
      let decoder = ExperimentDecoder(
        root: YAMLValue(node: root, path: "", problems: problems),
        folder: folder
          ?? URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true))
      if let experiment = decoder.experiment(), problems.list.isEmpty {
        return experiment
      }
    }
    if problems.list.isEmpty { problems.add(line: 1, "found no experiment") }
    throw ExperimentFileError(file: file, problems: problems.list.sorted { $0.line < $1.line })
  }

  /// The keys that a text uses, each with the table by which it is read, in the order of reading.
  package static func uses(in text: String, folder: URL? = nil) -> [FileUse] {
    let problems = YAMLProblems()
    guard let root = compose(text, into: problems) else { return [] }
    _ = ExperimentDecoder(
      root: YAMLValue(node: root, path: "", problems: problems),
      folder: folder ?? URL(fileURLWithPath: ".", isDirectory: true)
    ).experiment()
    return problems.uses
  }

  static func compose(
    _ text: String, into problems: YAMLProblems,
    allowed: String = "a mapping with name, arms, probes…"
  ) -> Node? {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        problems.add(line: 1, "found an empty file; allowed: \(allowed)")
        return nil
      }
      return node
    } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        problems.add(line: mark.line, "found text that is no YAML: \(problem)")
      case .duplicatedKeysInMapping(let keys, let context):
        let names = keys.map { "'\($0)'" }.joined(separator: ", ")
        problems.add(
          line: context.mark.line, "found the key \(names) twice; allowed: once in a mapping")
      default:
        problems.add(line: 1, "found text that is no YAML: \(error)")
      }
      return nil
    } catch {
      problems.add(line: 1, "found text that is no YAML: \(error)")
      return nil
    }
  }
}
