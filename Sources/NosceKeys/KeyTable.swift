/// The keys of one mapping of a file, by which the decoder reads and the reference is written.
package struct KeyTable: Sendable {
  /// How other tables refer to it; also its heading.
  package let name: String
  /// Where such a mapping stands.
  package let place: String
  package let about: String
  package let keys: [FileKey]
  package let glossaries: [Glossary]
  /// Where the example files have one: paths of names, joined by slashes.
  package let examples: [String]

  /// Words that a key takes, each with its meaning.
  package struct Glossary: Sendable {
    package let title: String
    package let words: [(word: String, meaning: String)]

    /// The raw values of an enumeration, so that none can be missing.
    init<Word: CaseIterable & RawRepresentable>(
      _ title: String, _ type: Word.Type, meaning: (Word) -> String
    ) where Word.RawValue == String {
      self.title = title
      words = type.allCases.map { ($0.rawValue, meaning($0)) }
    }

    init(_ title: String, _ words: [(word: String, meaning: String)]) {
      self.title = title
      self.words = words
    }
  }

  init(
    _ name: String, place: String, _ about: String, keys: [FileKey],
    glossaries: [Glossary] = [], examples: [String]
  ) {
    self.name = name
    self.place = place
    self.about = about
    self.keys = keys
    self.glossaries = glossaries
    self.examples = examples
  }

  /// The names of the keys, each once, in the order of the table.
  package var names: [String] {
    var seen: Set<String> = []
    return keys.map(\.name).filter { seen.insert($0).inserted }
  }

  /// The words of the key that decides what others stand with.
  package var kinds: [String]? {
    guard let key = key("kind") ?? key("role"), case .words(let words) = key.values else {
      return nil
    }
    return words
  }

  /// The names of the keys of which exactly one must stand.
  package var leading: [String] { keys.filter(\.leads).map(\.name) }

  /// The key of a name; where it takes different values with different kinds, that of a kind.
  package func key(_ name: String, with kind: String? = nil) -> FileKey? {
    let named = keys.filter { $0.name == name }
    guard let kind else { return named.first }
    return named.first { $0.stands(with: kind) } ?? named.first
  }

  /// The names of the keys that do not stand with a kind.
  package func names(foreignTo kind: String) -> [String] {
    names.filter { name in !keys.contains { $0.name == name && $0.stands(with: kind) } }
  }

  /// What a key stands with; empty for everything.
  package func partners(of name: String) -> [String] {
    keys.filter { $0.name == name }.flatMap(\.only)
  }
}
