import Foundation
import NosceKeys
import Yams

/// A file that values come from.
struct YAMLSource: Equatable {
  /// As errors name it.
  var name: String
  /// What the paths of other files in it begin at.
  var folder: URL
}

/// Where a value stands.
struct YAMLPlace: Equatable {
  var source: YAMLSource
  var line: Int

  var text: String { "\(source.name):\(line)" }
}

/// A tree of values, each of which knows the file and the line that it stands in, so that a tree put
/// together from several files is still complained about in the right place.
struct YAMLNode {
  enum Content {
    /// A plain scalar is one without quotes.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    case mapping([(key: YAMLNode, value: YAMLNode)])
    case alias
  }

  var content: Content
  var place: YAMLPlace
  /// Where a key of a mapping that comes from two files would be written in the second.
  var second: YAMLPlace?

  init(_ node: Node, from source: YAMLSource) {
    place = YAMLPlace(source: source, line: node.mark?.line ?? 1)
    content =
      switch node {
      case .scalar(let scalar):
        .scalar(scalar.string, isPlain: scalar.style == .plain || scalar.style == .any)
      case .sequence(let list): .sequence(list.map { YAMLNode($0, from: source) })
      case .mapping(let mapping):
        .mapping(
          Self.merged(
            mapping.map { (YAMLNode($0.key, from: source), YAMLNode($0.value, from: source)) }))
      case .alias: .alias
      }
  }

  /// The entries of a mapping together with those that it takes over by the key `<<`, from a mapping or
  /// from several, of which an earlier one counts first. What the mapping says itself counts most.
  ///
  /// Source: "Merge Key Language-Independent Type for YAML" (yaml.org/type/merge.html), which PyYAML
  /// reads alike. A quoted `"<<"` is a key like any other, and so is one whose value is no mapping.
  private static func merged(
    _ entries: [(key: YAMLNode, value: YAMLNode)]
  ) -> [(key: YAMLNode, value: YAMLNode)] {
    var own: [(key: YAMLNode, value: YAMLNode)] = []
    var taken: [(key: YAMLNode, value: YAMLNode)] = []
    for (key, value) in entries {
      let parts = value.sequence ?? [value]
      let maps = parts.compactMap(\.mapping)
      guard let scalar = key.scalar, scalar.isPlain, scalar.string == "<<", !parts.isEmpty,
        maps.count == parts.count
      else {
        own.append((key, value))
        continue
      }
      taken += maps.joined()
    }
    if taken.isEmpty { return own }
    var known = Set(own.map(\.key.canonicalText))
    let added = taken.filter { known.insert($0.key.canonicalText).inserted }
    return added + own
  }

  var scalar: (string: String, isPlain: Bool)? {
    if case .scalar(let text, let isPlain) = content { (text, isPlain) } else { nil }
  }

  var sequence: [YAMLNode]? {
    if case .sequence(let nodes) = content { nodes } else { nil }
  }

  var mapping: [(key: YAMLNode, value: YAMLNode)]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  /// The value under a key of a mapping.
  subscript(key: String) -> YAMLNode? {
    mapping?.first { $0.key.scalar?.string == key }?.value
  }

  /// Whether a key has nothing behind it: what it is is said elsewhere.
  var isGap: Bool {
    if case .scalar(let text, true) = content {
      ["", "~", "null", "Null", "NULL"].contains(text)
    } else {
      false
    }
  }

  /// The same for everything that reads the same, however it is laid out and commented.
  var canonicalText: String {
    switch content {
    case .scalar(let text, let isPlain):
      (isPlain ? "p" : "q") + "\(text.utf8.count):\(text)"
    case .sequence(let nodes): "[" + nodes.map(\.canonicalText).joined(separator: ",") + "]"
    case .mapping(let entries):
      "{"
        + entries.map { $0.key.canonicalText + "=" + $0.value.canonicalText }
        .joined(separator: ",") + "}"
    case .alias: "*"
    }
  }

  /// The tree as the text of one file, without comments.
  func text() throws -> String { try Yams.serialize(node: node, width: 100) }

  private var node: Node {
    switch content {
    case .scalar(let text, let isPlain):
      .scalar(.init(text, .implicit, isPlain ? .plain : .doubleQuoted))
    case .sequence(let nodes):
      .sequence(.init(nodes.map(\.node), .implicit, isFlat ? .flow : .block))
    case .mapping(let entries):
      .mapping(
        .init(
          entries.map { ($0.key.node, $0.value.node) }, .implicit, isFlat ? .flow : .block))
    case .alias: .scalar(.init(""))
    }
  }

  /// Whether it is short and has nothing but scalars in it.
  private var isFlat: Bool {
    let parts = (sequence ?? []) + (mapping ?? []).flatMap { [$0.key, $0.value] }
    return parts.allSatisfy { $0.scalar != nil }
      && parts.reduce(0) { $0 + ($1.scalar?.string.count ?? 0) } < 60
  }
}
