import NosceCore
import Yams

/// One value of a file of settings, which belongs to a machine and not to an experiment, with the words
/// for where it stands.
///
/// Every reading property throws where the value is of another type.
package struct SettingsNode {
  private let node: Node
  private let file: String
  private let path: String

  /// - Parameters:
  ///   - file: what errors call it.
  ///   - allowed: what an empty file is refused with.
  package init(text: String, file: String, allowed: String) throws {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw LabError(.invalidExperiment, "\(file): found nothing; allowed: \(allowed)")
      }
      self.init(node, file, "")
    } catch let error as YamlError {
      // What the parser says may quote the file.
      let line = if case .parser(_, _, let mark, _) = error { ":\(mark.line)" } else { "" }
      throw LabError(.invalidExperiment, "\(file)\(line): found no YAML; allowed: YAML in UTF-8")
    }
  }

  private init(_ node: Node, _ file: String, _ path: String) {
    self.node = node
    self.file = file
    self.path = path
  }

  /// What is wrong here. A value is not shown: somebody may have put a key there.
  package func problem(_ found: String, allowed: String) -> LabError {
    let place = path.isEmpty ? "" : "\(path): "
    return LabError(
      .invalidExperiment,
      "\(file):\(node.mark?.line ?? 1): \(place)found \(found); allowed: \(allowed)")
  }

  package var text: String {
    get throws {
      guard let scalar = node.scalar, !scalar.string.isEmpty else {
        throw problem("no text", allowed: "text")
      }
      return scalar.string
    }
  }

  package func whole(_ range: ClosedRange<Int>) throws -> Int {
    guard let scalar = node.scalar, let value = Int(scalar.string), range.contains(value) else {
      throw problem(
        "no such number", allowed: "a whole number, \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  package func number(_ range: ClosedRange<Double>) throws -> Double {
    guard let scalar = node.scalar, let value = Double(scalar.string), value.isFinite,
      range.contains(value)
    else {
      throw problem("no such number", allowed: "\(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// The values of a list.
  package var items: [SettingsNode] {
    get throws {
      guard case .sequence(let sequence) = node else {
        throw problem("no list", allowed: "a list of values")
      }
      return sequence.enumerated().map { SettingsNode($1, file, "\(path)[\($0 + 1)]") }
    }
  }

  /// The entries of a mapping whose keys are free, in the order of the file.
  package var entries: [(name: String, value: SettingsNode)] {
    get throws {
      guard case .mapping(let mapping) = node else {
        throw problem("no mapping", allowed: "a mapping of names to values")
      }
      return try mapping.map { key, value in
        guard let name = key.scalar?.string else {
          throw problem("a key that is no name", allowed: "names")
        }
        return (name, SettingsNode(value, file, path.isEmpty ? name : "\(path).\(name)"))
      }
    }
  }

  /// A mapping with fixed keys, all of which may be left out.
  package func fields(_ allowed: [String]) throws -> [String: SettingsNode] {
    let entries = try entries
    for (name, value) in entries where !allowed.contains(name) {
      throw value.problem("an unknown key", allowed: allowed.joined(separator: ", "))
    }
    return Dictionary(entries.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }
}
