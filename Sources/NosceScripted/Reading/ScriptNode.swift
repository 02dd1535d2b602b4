import NosceCore
import Yams

/// One value of a script file, with the words for where it stands.
///
/// Every reading property throws where the value is of another type.
struct ScriptNode {
  let node: Node
  let file: String
  /// The keys that lead here; empty at the top.
  let path: String

  /// The value of a whole file.
  init(text: String, file: String) throws {
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw LabError(.invalidExperiment, "\(file): found nothing; allowed: a script")
      }
      self.init(node: node, file: file, path: "")
    } catch let error as YamlError {
      throw LabError(.invalidExperiment, "\(file): found no YAML: \(error)", cause: error)
    }
  }

  private init(node: Node, file: String, path: String) {
    self.node = node
    self.file = file
    self.path = path
  }

  private func below(_ node: Node, _ path: String) -> ScriptNode {
    ScriptNode(node: node, file: file, path: path)
  }

  // MARK: Problems

  /// What is wrong here: what was found, and what is allowed.
  func problem(_ allowed: String, found: String? = nil) -> LabError {
    let place = path.isEmpty ? "" : "\(path): "
    return LabError(
      .invalidExperiment,
      "\(file):\(node.mark?.line ?? 1): \(place)found \(found ?? self.found); allowed: \(allowed)")
  }

  private var found: String {
    switch node {
    case .scalar(let scalar):
      scalar.string.isEmpty && scalar.style == .plain ? "nothing" : "'\(scalar.string)'"
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .alias: "an alias"
    }
  }

  // MARK: Single values

  /// The text of a scalar without quotes.
  private var plain: String? {
    guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else {
      return nil
    }
    return scalar.string
  }

  /// Text. A bare number, `true`, `false` or nothing is refused: quotes say that text is meant.
  var text: String {
    get throws {
      guard let scalar = node.scalar else { throw problem("text") }
      if let plain,
        ["", "~", "null", "true", "false"].contains(plain) || Double(plain) != nil
      {
        throw problem("text, in quotes where it looks like something else")
      }
      return scalar.string
    }
  }

  var flag: Bool {
    get throws {
      switch plain {
      case "true": return true
      case "false": return false
      default: throw problem("true, false")
      }
    }
  }

  /// A whole number that is not below another one.
  func whole(from least: Int) throws -> Int {
    guard let plain, let value = Int(plain), value >= least else {
      throw problem("a whole number, \(least) or more")
    }
    return value
  }

  func number(_ range: ClosedRange<Double>) throws -> Double {
    guard let value = anyNumber, value.isFinite, range.contains(value) else {
      let isOpen = range.upperBound == .greatestFiniteMagnitude
      throw problem(
        "a number, \(range.lowerBound) \(isOpen ? "or more" : "to \(range.upperBound)")")
    }
    return value
  }

  /// Also what is no number, such as `nan`.
  var anyNumber: Double? { plain.flatMap { Double($0) } }

  /// One of the given words, or nil for something else.
  func word(among words: [String]) -> String? { plain.flatMap { words.contains($0) ? $0 : nil } }

  /// The number behind given words, as in `top-20`.
  func count(behind prefix: String) -> Int? {
    guard let plain, plain.hasPrefix(prefix) else { return nil }
    return Int(plain.dropFirst(prefix.count))
  }

  // MARK: Several values

  var list: [ScriptNode] {
    get throws {
      guard case .sequence(let sequence) = node else { throw problem("a list") }
      return sequence.enumerated().map { below($1, "\(path)[\($0 + 1)]") }
    }
  }

  /// A list of texts, or one text for a list of one; never empty.
  var texts: [String] {
    get throws {
      if node.scalar != nil { return [try text] }
      let texts = try list.map { try $0.text }
      if texts.isEmpty { throw problem("at least one text", found: "an empty list") }
      return texts
    }
  }

  var patterns: [TextPattern] { get throws { try texts.map { TextPattern($0) } } }

  /// The entries of a mapping whose keys are free, in the order of the file.
  var entries: [(name: String, value: ScriptNode)] {
    get throws {
      guard case .mapping(let mapping) = node else {
        throw problem("a mapping of names to values")
      }
      return try mapping.map { key, value in
        guard let name = key.scalar?.string else {
          throw below(key, path).problem("a name", found: "a key that is none")
        }
        return (name, below(value, path.isEmpty ? name : "\(path).\(name)"))
      }
    }
  }

  /// A mapping with fixed keys, all of which may be left out.
  func fields(_ allowed: [String]) throws -> [String: ScriptNode] {
    guard case .mapping(let mapping) = node else {
      throw problem("a mapping with \(allowed.joined(separator: ", "))")
    }
    for (key, _) in mapping where !allowed.contains(key.scalar?.string ?? "") {
      let name = key.scalar.map { "'\($0.string)'" } ?? "that is no name"
      throw ScriptNode(node: key, file: file, path: path).problem(
        allowed.joined(separator: ", "), found: "unknown key \(name)")
    }
    return Dictionary(try entries.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
  }
}
