import NosceKeys

/// The values of a mapping with fixed keys.
///
/// Whole numbers, numbers and flags are read by the table of the mapping, which has their range and
/// what stands where they are missing. `kind` chooses where a key takes different values with
/// different kinds.
struct YAMLFields {
  let values: [String: YAMLValue]
  let whole: YAMLValue
  let table: KeyTable?

  subscript(key: String) -> YAMLValue? { values[key] }

  func required(_ key: String) -> YAMLValue? {
    if let value = values[key] { return value }
    let place = whole.path.isEmpty ? "" : "\(whole.path): "
    let path = whole.path.isEmpty ? key : "\(whole.path).\(key)"
    whole.problems.add(
      at: whole.problems.place(ofMissing: path, in: whole.node), "\(place)'\(key)' is missing")
    return nil
  }

  func int(_ key: String, with kind: String? = nil) -> Int? {
    guard let entry = entry(key, kind) else { return nil }
    guard let value = value(of: entry) else {
      guard case .value(.whole(let standard)) = entry.absence else { return nil }
      return standard
    }
    return range(entry.values.wholeRange, of: entry).flatMap(value.int)
  }

  func double(_ key: String, with kind: String? = nil) -> Double? {
    guard let entry = entry(key, kind) else { return nil }
    guard let value = value(of: entry) else {
      guard case .value(.number(let standard)) = entry.absence else { return nil }
      return standard
    }
    return range(entry.values.numberRange, of: entry).flatMap(value.double)
  }

  func bool(_ key: String) -> Bool? {
    guard let entry = entry(key, nil) else { return nil }
    guard let value = value(of: entry) else {
      guard case .value(.flag(let standard)) = entry.absence else { return nil }
      return standard
    }
    return value.bool
  }

  /// One of the raw values of an enumeration.
  func choice<Value: CaseIterable & RawRepresentable>(
    _ key: String, _ type: Value.Type, with kind: String? = nil
  ) -> Value? where Value.RawValue == String {
    guard let entry = entry(key, kind) else { return nil }
    guard let value = value(of: entry) else {
      guard case .value(.text(let standard)) = entry.absence else { return nil }
      return Value(rawValue: standard)
    }
    return value.choice(type)
  }

  /// Text whose placeholders are all among the given ones.
  func template(_ key: String, _ scope: [String]) -> String? {
    guard let entry = entry(key, nil) else { return nil }
    guard let value = value(of: entry) else {
      guard case .value(.text(let standard)) = entry.absence else { return nil }
      return standard
    }
    return value.template(scope)
  }

  /// The range of a key whose values are read one by one.
  func wholeRange(_ key: String) -> ClosedRange<Int> {
    entry(key, nil).flatMap { range($0.values.wholeRange, of: $0) } ?? 0...0
  }

  func numberRange(_ key: String) -> ClosedRange<Double> {
    entry(key, nil).flatMap { range($0.values.numberRange, of: $0) } ?? 0...0
  }

  /// The value where there is one. Where there must be one and is none, that is a problem.
  private func value(of entry: FileKey) -> YAMLValue? {
    entry.absence == .refused ? required(entry.name) : values[entry.name]
  }

  private func entry(_ key: String, _ kind: String?) -> FileKey? {
    guard let table, let entry = table.key(key, with: kind) else {
      disagree("no key '\(key)'")
      return nil
    }
    return entry
  }

  private func range<Bound>(_ range: ClosedRange<Bound>?, of key: FileKey) -> ClosedRange<Bound>? {
    if range == nil { disagree("no range of '\(key.name)'") }
    return range
  }

  /// A decoder that asks for what its table does not have is wrong, and no file is read with it.
  private func disagree(_ found: String) {
    whole.report("found \(found) in the table '\(table?.name ?? "none")'; allowed: what it has")
  }
}
