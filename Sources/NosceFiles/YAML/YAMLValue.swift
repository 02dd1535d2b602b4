import NosceKeys

/// What is wrong with an experiment file: every problem that was found, with its line.
package struct ExperimentFileError: Error, Sendable, Equatable, CustomStringConvertible {
  package struct Problem: Sendable, Equatable {
    /// Where it is another file than the one that was asked for.
    package var file: String?
    package var line: Int
    package var message: String

    package init(file: String? = nil, line: Int, message: String) {
      self.file = file
      self.line = line
      self.message = message
    }
  }

  package var file: String
  package var problems: [Problem]

  package var description: String {
    problems.map { "\($0.file ?? file):\($0.line): \($0.message)" }.joined(separator: "\n")
  }
}

/// Collects the problems of a file, and of others that it is put together with, while it is decoded.
final class YAMLProblems {
  /// The file that was asked for.
  let source: YAMLSource
  private(set) var list: [ExperimentFileError.Problem] = []
  /// The keys of tables that the file uses, each where it stands first.
  private(set) var uses: [FileUse] = []

  func note(_ use: FileUse) { uses.append(use) }
  /// Whether a key, by its path, would be written in the second of two files.
  private let isOfSecond: (String) -> Bool

  init(_ source: YAMLSource, isOfSecond: @escaping (String) -> Bool = { _ in false }) {
    self.source = source
    self.isOfSecond = isOfSecond
  }

  /// Where a key that a mapping lacks would have to be written.
  func place(ofMissing path: String, in node: YAMLNode) -> YAMLPlace {
    guard let second = node.second else { return node.place }
    return isOfSecond(path) ? second : node.place
  }

  func add(line: Int, _ message: String) {
    add(at: YAMLPlace(source: source, line: line), message)
  }

  func add(at place: YAMLPlace, _ message: String) {
    let problem = ExperimentFileError.Problem(
      file: place.source == source ? nil : place.source.name, line: place.line, message: message)
    if !list.contains(problem) { list.append(problem) }
  }

  /// What was found, by file and line.
  var error: ExperimentFileError {
    ExperimentFileError(
      file: source.name,
      problems: list.sorted { ($0.file ?? "", $0.line) < ($1.file ?? "", $1.line) })
  }
}

/// One value of a YAML file, with the words for where it stands.
///
/// Every reading function reports a wrong type with its line and returns nil, so that one pass
/// finds all the problems of a file.
struct YAMLValue {
  let node: YAMLNode
  let path: String
  let problems: YAMLProblems

  func report(_ message: String) { problems.add(at: node.place, "\(path): \(message)") }

  /// Text. A bare number, `true`, `false` or `null` is refused: quotes say that text is meant.
  var string: String? {
    guard let scalar = node.scalar, !isBareNonText(scalar) else {
      report("found \(found); allowed: text")
      return nil
    }
    return scalar.string
  }

  /// Text with at least one character that is not a space.
  var nonEmptyString: String? {
    guard let text = string else { return nil }
    if text.allSatisfy(\.isWhitespace) {
      report("found empty text; allowed: text with at least one letter")
      return nil
    }
    return text
  }

  func int(_ range: ClosedRange<Int>) -> Int? {
    guard let scalar = plain, let value = Int(scalar), range.contains(value) else {
      report("found \(found); allowed: a whole number, \(FileValues.text(of: range))")
      return nil
    }
    return value
  }

  func double(_ range: ClosedRange<Double>) -> Double? {
    guard let scalar = plain, let value = Double(scalar), value.isFinite, range.contains(value)
    else {
      let upper =
        range.upperBound == .greatestFiniteMagnitude ? " or more" : " to \(range.upperBound)"
      report("found \(found); allowed: a number, \(range.lowerBound)\(upper)")
      return nil
    }
    return value
  }

  var bool: Bool? {
    switch plain {
    case "true": return true
    case "false": return false
    default:
      report("found \(found); allowed: true, false")
      return nil
    }
  }

  /// One of the raw values of an enumeration.
  func choice<Value: CaseIterable & RawRepresentable>(
    _ type: Value.Type
  ) -> Value? where Value.RawValue == String {
    if let scalar = node.scalar, let value = Value(rawValue: scalar.string) { return value }
    let names = Value.allCases.map(\.rawValue)
    report("found \(found); allowed: \(names.joined(separator: ", "))\(hint(among: names))")
    return nil
  }

  /// One of the given names.
  func reference(to what: String, among names: [String]) -> String? {
    guard let name = string else { return nil }
    if names.contains(name) { return name }
    let allowed = names.isEmpty ? "none is defined" : names.joined(separator: ", ")
    report("found unknown \(what) '\(name)'; allowed: \(allowed)\(hint(among: names))")
    return nil
  }

  var list: [YAMLValue]? {
    guard let sequence = node.sequence else {
      report("found \(found); allowed: a list")
      return nil
    }
    return sequence.enumerated().map { index, node in
      YAMLValue(node: node, path: "\(path)[\(index + 1)]", problems: problems)
    }
  }

  /// A list of texts, or one text for a list of one.
  var strings: [String]? {
    if node.scalar != nil { return string.map { [$0] } }
    return list?.compactMap(\.string)
  }

  /// The entries of a mapping whose keys are free, in the order of the file.
  var entries: [(name: String, value: YAMLValue)]? {
    guard let mapping = node.mapping else {
      report("found \(found); allowed: a mapping of names to values")
      return nil
    }
    return mapping.compactMap { key, value in
      guard let name = key.scalar?.string, !name.isEmpty else {
        problems.add(at: key.place, "\(path): found a key that is no name")
        return nil
      }
      let place = path.isEmpty ? name : "\(path).\(name)"
      return (name, YAMLValue(node: value, path: place, problems: problems))
    }
  }

  /// A mapping with the keys of a table; any other key is a problem.
  ///
  /// - Parameter takesNull: whether a key with nothing behind it, or with null, is one that is not
  ///   there, as it is for the programs that others write their files for.
  func fields(_ table: KeyTable, takesNull: Bool = false) -> YAMLFields? {
    guard let fields = fields(table.names, table: table, takesNull: takesNull) else { return nil }
    for name in table.names {
      guard let value = fields[name] else { continue }
      problems.note(
        FileUse(table: table.name, key: name, path: value.path, line: value.node.place.line))
    }
    return fields
  }

  /// A mapping whose keys the file itself gives elsewhere; any other key is a problem.
  func fields(_ allowed: [String]) -> YAMLFields? {
    fields(allowed, table: nil, takesNull: false)
  }

  private func fields(
    _ allowed: [String], table: KeyTable?, takesNull: Bool
  ) -> YAMLFields? {
    guard let mapping = node.mapping else {
      report("found \(found); allowed: a mapping with \(allowed.joined(separator: ", "))")
      return nil
    }
    for (key, _) in mapping {
      let name = key.scalar?.string ?? "a key that is no name"
      if allowed.contains(name) { continue }
      let place = path.isEmpty ? "" : "\(path): "
      problems.add(
        at: key.place,
        "\(place)found unknown key '\(name)'; allowed: \(allowed.joined(separator: ", "))"
          + suggestion(for: name, among: allowed))
    }
    return YAMLFields(
      values: Dictionary(
        (entries ?? []).filter { !takesNull || !$0.value.node.isGap }
          .map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }),
      whole: self, table: table)
  }

  var isMapping: Bool { node.mapping != nil }
  var isSequence: Bool { node.sequence != nil }
  var isScalar: Bool { node.scalar != nil }
  /// The text of a scalar, whatever it means.
  var scalarText: String? { node.scalar?.string }

  /// The words for what stands here.
  var found: String {
    switch node.content {
    case .scalar(let text, let isPlain): text.isEmpty && isPlain ? "nothing" : "'\(text)'"
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .alias: "an alias"
    }
  }

  /// The text of a scalar without quotes.
  private var plain: String? {
    guard let scalar = node.scalar, scalar.isPlain else { return nil }
    return scalar.string
  }

  private func isBareNonText(_ scalar: (string: String, isPlain: Bool)) -> Bool {
    guard scalar.isPlain else { return false }
    let text = scalar.string
    return ["", "~", "null", "true", "false"].contains(text) || Double(text) != nil
  }

  private func hint(among names: [String]) -> String {
    node.scalar.map { suggestion(for: $0.string, among: names) } ?? ""
  }

  private func suggestion(for name: String, among names: [String]) -> String {
    let near = names.map { ($0, editDistance(name, $0)) }.min { $0.1 < $1.1 }
    guard let near, near.1 <= max(2, name.count / 3), near.1 < near.0.count else { return "" }
    return " (did you mean '\(near.0)'?)"
  }
}

/// The smallest number of letters to put in, take out or change.
func editDistance(_ a: String, _ b: String) -> Int {
  let b = Array(b)
  var row = Array(0...b.count)
  for (i, letter) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let change = diagonal + (letter == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
