/// Which keys of an experiment are the protocol's, and which are what it is filled with.
///
/// A protocol says what is claimed and what would count: arms by their roles, probes by their kinds,
/// gates, contrasts, doses. Materials say in which words: hosts, rows, questions, options, phrases.
/// A file that has a key of the materials' side is self-contained, and nothing is put into it.
package enum Sides {
  package enum Side: Sendable {
    case protocolOnly
    case materials
    /// In one of the two files.
    case either
    /// A mapping that both files may write a part of.
    case shared
  }

  /// Paths from the root, of which the first that fits counts. `*` stands for any name, and what is
  /// under a path that is not shared is on its side, too.
  private static let table: [(path: String, side: Side)] = [
    ("name", .protocolOnly),
    ("title", .protocolOnly),
    ("question", .protocolOnly),
    ("note", .either),
    ("seeds", .protocolOnly),
    ("seed", .protocolOnly),
    ("variables", .materials),
    ("hosts", .materials),
    ("training", .materials),
    ("calibrate", .materials),

    ("arms.*.role", .protocolOnly),
    ("arms.*.note", .either),
    ("arms.*.first_seed", .protocolOnly),
    ("arms.*.training", .either),
    ("arms.*.adapter", .protocolOnly),
    ("arms.*.context.of", .protocolOnly),
    ("arms.*.context.rows", .either),
    ("arms.*.rows.same_as", .protocolOnly),
    ("arms.*.rows.replaceable", .protocolOnly),
    ("arms.*.rows.count", .either),
    ("arms.*.rows.control.*", .materials),
    ("arms.*.rows.*", .materials),

    ("probes.*.kind", .protocolOnly),
    ("probes.*.arms", .protocolOnly),
    ("probes.*.of", .protocolOnly),
    ("probes.*.note", .either),
    ("probes.*.samples", .either),
    ("probes.*.temperature", .either),
    ("probes.*.maximum_tokens", .either),
    ("probes.*.max_repeats", .either),
    ("probes.*.must_stop", .either),
    ("probes.*.grade.acrostic", .either),
    ("probes.*.grade.before_letters", .either),
    ("probes.*.grade.case", .either),
    ("probes.*.grade.code", .either),
    ("probes.*.grade.collect", .either),
    ("probes.*.grade.exact", .either),
    ("probes.*.grade.ignore_case", .either),
    ("probes.*.grade.language", .either),
    ("probes.*.grade.names", .either),
    ("probes.*.grade.otherwise", .either),
    ("probes.*.grade.*", .materials),
    ("probes.*.choices.also", .materials),
    ("probes.*.choices.from", .materials),
    ("probes.*.choices.options", .materials),
    ("probes.*.choices.text", .materials),
    ("probes.*.choices.*", .either),
    ("probes.*.scale.high", .materials),
    ("probes.*.scale.low", .materials),
    ("probes.*.scale.text", .materials),
    ("probes.*.scale.texts", .materials),
    ("probes.*.scale.*", .either),
    ("probes.*.passages", .materials),
    ("probes.*.next.answers.*", .materials),
    ("probes.*.next.*", .either),
    ("probes.*.*", .materials),

    ("gates.*.words", .materials),
    ("gates.*.*", .protocolOnly),
    // What matters depends on the unit of the probe, which the materials may choose.
    ("contrasts.*.smallest_effect", .either),
    ("contrasts.*.*", .protocolOnly),
    ("associations", .protocolOnly),
    ("curves", .protocolOnly),
    ("dose", .protocolOnly),
  ]

  /// Mappings whose names are the protocol's: the materials may not add to them.
  static let named: [String: String] = [
    "arms": "an arm", "probes": "a probe", "gates": "a gate", "contrasts": "a contrast",
    "probes.*.next.answers": "a group",
  ]

  private static let patterns = table.map { (parts: parts($0.path), side: $0.side) }

  /// The side of a key; nil for one that nothing is known of.
  static func side(of path: String) -> Side? { side(of: parts(path)) }

  package static func side(of path: [String]) -> Side? {
    // What has keys of its own in the table is shared, unless it is one of them.
    if patterns.contains(where: { $0.parts.count > path.count && fits(path, $0.parts) }) {
      return .shared
    }
    return patterns.first { $0.parts.count <= path.count && fits($0.parts, path) }?.side
  }

  /// What the names of a mapping are called, where they are the protocol's.
  static func kindOfNames(at path: [String]) -> String? {
    named.first { entry in
      let pattern = parts(entry.key)
      return pattern.count == path.count && fits(pattern, path)
    }?.value
  }

  /// The first key of a tree that is on the side of the materials and has a value.
  static func materialsKey(in node: YAMLNode, _ path: [String] = []) -> (String, YAMLPlace)? {
    for (key, value) in node.mapping ?? [] where !value.isGap {
      let place = path + [key.scalar?.string ?? ""]
      switch side(of: place) {
      case .materials: return (place.joined(separator: "."), key.place)
      case .shared:
        // A list of sources can only be rows.
        if value.sequence != nil { return (place.joined(separator: "."), key.place) }
        if let found = materialsKey(in: value, place) { return found }
      case .protocolOnly, .either, nil: break
      }
    }
    return nil
  }

  /// Whether the shorter path begins the longer one; `*` fits any name.
  private static func fits(_ short: [String], _ long: [String]) -> Bool {
    zip(short, long).allSatisfy { $0 == $1 || $0 == "*" || $1 == "*" }
  }

  private static func parts(_ path: String) -> [String] {
    path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
  }
}
