import NosceKeys
import Yams

/// Cuts parts out of a YAML text as they stand there, comments included.
package struct ExampleParts {
  private let lines: [Substring]
  private let root: Node?

  package init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    root = try? Yams.compose(yaml: text)
  }

  /// The lines of an entry, such as `arms/treatment/rows` or, in a list, `3/judges`; nil where
  /// there is none.
  package func lines(of path: String) -> [String]? {
    guard var node = root else { return nil }
    var line = 0
    for name in path.split(separator: "/").map(String.init) {
      if case .sequence(let items) = node, let index = Int(name), items.indices.contains(index) {
        node = items[index]
        line = node.mark?.line ?? 0
      } else if case .mapping(let mapping) = node,
        let (key, value) = mapping.first(where: { $0.key.scalar?.string == name })
      {
        node = value
        line = key.mark?.line ?? 0
      } else {
        return nil
      }
    }
    guard line > 0, line <= lines.count else { return nil }
    let first = lines[line - 1]
    let depth = indent(first)
    var part = [first]
    for next in lines[line...] {
      if !next.isEmpty, indent(next) <= depth { break }
      part.append(next)
    }
    while part.last?.isEmpty ?? false { part.removeLast() }
    return part.map { String($0.dropFirst(min(depth, indent($0)))) }
  }

  private func indent(_ line: Substring) -> Int { line.prefix { $0 == " " }.count }
}
