import Foundation
import NosceCore

/// One file of a set of materials, read by itself.
package enum MaterialsFile: String, Sendable, CaseIterable {
  case set, lines, words, bank

  /// What is wrong with a text.
  package func problems(in text: String) -> [String] { read(text).list.map(\.message) }

  /// The keys that a text uses, each with the table by which it is read.
  package func uses(in text: String) -> [FileUse] { read(text).uses }

  private func read(_ text: String) -> YAMLProblems {
    let source = YAMLSource(
      name: "\(rawValue).yaml", folder: URL(fileURLWithPath: ".", isDirectory: true))
    let problems = YAMLProblems(source)
    guard let node = YAMLText.compose(text, from: source, into: problems, allowed: "a mapping")
    else { return problems }
    let root = YAMLValue(node: node, path: "", problems: problems)
    switch self {
    case .set: _ = SharedMaterials.facts(root)
    case .lines: _ = WorldDecoder.lines(root)
    case .words: _ = WorldDecoder.words(root)
    case .bank: _ = TaskBankDecoder(root: root, name: rawValue).bank()
    }
    return problems
  }
}
