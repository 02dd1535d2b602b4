/// Fills a protocol with materials, key by key, into the one tree that experiments are decoded from.
struct MaterialsMerge {
  let problems: YAMLProblems

  /// What an experiment's materials give and, under the names that they do not, what the set does.
  /// `hosts: none` takes neither.
  static func overlay(
    _ materials: YAMLNode, on shared: [(key: YAMLNode, value: YAMLNode)]
  ) -> YAMLNode {
    guard let given = materials.mapping else { return materials }
    func isNone(_ entry: (key: YAMLNode, value: YAMLNode)) -> Bool {
      entry.key.scalar?.string == "hosts" && entry.value.scalar?.string == "none"
    }
    let hasNoHosts = given.contains(where: isNone)
    var entries = given.filter { !isNone($0) }
    let shared = shared.filter { !hasNoHosts || $0.key.scalar?.string != "hosts" }
    for (key, value) in shared {
      guard let name = key.scalar?.string,
        let index = entries.firstIndex(where: { $0.key.scalar?.string == name })
      else {
        entries.append((key, value))
        continue
      }
      guard let own = entries[index].value.mapping, let usual = value.mapping else { continue }
      let names = Set(own.compactMap(\.key.scalar?.string))
      let rest = usual.filter { !names.contains($0.key.scalar?.string ?? "") }
      // What is shared comes first, as it would be written: defaults before what differs.
      entries[index].value.content = .mapping(rest + own)
    }
    var result = materials
    result.content = .mapping(entries)
    return result
  }

  func merged(_ own: YAMLNode, with materials: YAMLNode) -> YAMLNode {
    merged(own, materials, [])
  }

  private func merged(_ own: YAMLNode, _ filling: YAMLNode, _ path: [String]) -> YAMLNode {
    if own.isGap { return filling }
    guard let mine = own.mapping, let theirs = filling.mapping else {
      problems.add(
        at: filling.place,
        "\(path.joined(separator: ".")): found a value that \(own.place.text) gives, too; allowed: "
          + "in one of the two")
      return own
    }
    var result = own
    result.second = filling.place
    var entries = mine.map { key, value -> (key: YAMLNode, value: YAMLNode) in
      let name = key.scalar?.string ?? ""
      guard let given = theirs.first(where: { $0.key.scalar?.string == name }) else {
        return (key, value.lacking(at: filling.place))
      }
      if !value.isGap, Sides.side(of: path + [name]) == .protocolOnly {
        refuse(given.key, path + [name])
        return (key, value)
      }
      return (key, merged(value, given.value, path + [name]))
    }
    let names = mine.compactMap(\.key.scalar?.string)
    for (key, value) in theirs {
      guard let name = key.scalar?.string, !names.contains(name) else { continue }
      if isFit(key, name, path, among: names) { entries.append((key, value)) }
    }
    result.content = .mapping(entries)
    return result
  }

  private func refuse(_ key: YAMLNode, _ path: [String]) {
    problems.add(
      at: key.place,
      "\(path.joined(separator: ".")): found in the materials; allowed: in the protocol only")
  }

  /// Whether a key that the protocol has not may come from the materials.
  private func isFit(
    _ key: YAMLNode, _ name: String, _ path: [String], among names: [String]
  ) -> Bool {
    let place = (path + [name]).joined(separator: ".")
    if let what = Sides.kindOfNames(at: path), !names.isEmpty {
      problems.add(
        at: key.place,
        "\(place): found \(what) that the protocol has not; allowed: "
          + names.joined(separator: ", "))
      return false
    }
    switch Sides.side(of: path + [name]) {
    case .protocolOnly:
      refuse(key, path + [name])
      return false
    case .shared where path.isEmpty:
      problems.add(
        at: key.place, "\(place): found none in the protocol; allowed: where it has some")
      return false
    case .shared, .materials, .either, nil: return true
    }
  }
}

extension YAMLNode {
  /// The tree, every mapping of which is filled up at a place of the materials.
  fileprivate func lacking(at place: YAMLPlace) -> YAMLNode {
    guard let entries = mapping else { return self }
    var result = self
    result.second = place
    result.content = .mapping(entries.map { ($0.key, $0.value.lacking(at: place)) })
    return result
  }
}
