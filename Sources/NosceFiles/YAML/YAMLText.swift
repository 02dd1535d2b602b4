import Foundation
import NosceCore
import NosceFormats
import NosceKeys
import Yams

/// Reads the text of YAML files.
enum YAMLText {
  static func text(of url: URL) throws -> String {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw LabError(
        .invalidExperiment, "\(url.path): cannot be read: \(Storage.reason(for: error, at: url))",
        cause: error)
    }
    guard let text = ForeignText.text(of: data) else {
      let found = ForeignText.name(of: data) ?? "no text"
      throw LabError(.invalidExperiment, "\(url.path): found \(found); allowed: UTF-8 text")
    }
    return text
  }

  /// The tree of a text, or nil where it is none, which is then among the problems.
  static func compose(
    _ text: String, from source: YAMLSource, into problems: YAMLProblems, allowed: String
  ) -> YAMLNode? {
    func report(_ line: Int, _ message: String) {
      problems.add(at: YAMLPlace(source: source, line: line), message)
    }
    do {
      guard let node = try Yams.compose(yaml: text) else {
        report(1, "found an empty file; allowed: \(allowed)")
        return nil
      }
      return YAMLNode(node, from: source)
    } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        report(mark.line, "found text that is no YAML: \(problem)")
      case .duplicatedKeysInMapping(let keys, let context):
        let names = keys.map { "'\($0)'" }.joined(separator: ", ")
        report(context.mark.line, "found the key \(names) twice; allowed: once in a mapping")
      default:
        report(1, "found text that is no YAML: \(error)")
      }
      return nil
    } catch {
      report(1, "found text that is no YAML: \(error)")
      return nil
    }
  }
}
