import NosceKeys

/// Where the parts of an experiment stand in its files, so that what is found out about one later is
/// still complained about in the right place.
package struct SourcePlaces: Sendable {
  /// File and line by path, such as `arms.sham.rows.count`.
  private var lines: [String: String] = [:]

  init(_ root: YAMLNode) {
    // What else a file says may have been replaced on the command line.
    for key in ["arms", "probes", "curves", "dose"] {
      if let node = root[key] { add(node, key) }
    }
  }

  private mutating func add(_ node: YAMLNode, _ path: String) {
    lines[path] = node.place.text
    for (index, part) in (node.sequence ?? []).enumerated() { add(part, "\(path)[\(index + 1)]") }
    for (key, value) in node.mapping ?? [] {
      guard let name = key.scalar?.string else { continue }
      // A mapping begins behind its key, which is what one looks for.
      add(value, "\(path).\(name)")
      if value.place.source == key.place.source { lines["\(path).\(name)"] = key.place.text }
    }
  }

  /// The message with file and line before it, where it begins with the path of a part.
  package func located(_ message: String) -> String {
    guard let cut = message.firstRange(of: ": ") else { return message }
    var path = message[..<cut.lowerBound]
    while !path.isEmpty {
      if let line = lines[String(path)] { return "\(line): \(message)" }
      guard let end = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
      path = path[..<end]
    }
    return message
  }
}
