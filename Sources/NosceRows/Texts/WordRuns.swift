/// The runs of neighbouring words that some texts are made of, so that what is copied from them is known.
package struct WordRuns: Sendable {
  /// So many words in a row that stand in a text are no chance.
  package static let length = 5

  private let known: Set<[String]>

  package init(of texts: [String]) {
    known = texts.reduce(into: []) { $0.formUnion(Self.runs(of: $1)) }
  }

  /// How many runs a text has, how many of them are known, and one of those.
  package func compared(_ text: String) -> (count: Int, recited: Int, example: String?) {
    let runs = Self.runs(of: text)
    let recited = runs.filter(known.contains)
    return (runs.count, recited.count, recited.first?.joined(separator: " "))
  }

  /// The words of a text in small letters, without signs.
  package static func words(of text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "'" }.map(String.init)
  }

  /// Every run of a text, in small letters and without signs; of fewer words the whole text.
  private static func runs(of text: String) -> [[String]] {
    let words = words(of: text)
    if words.isEmpty { return [] }
    if words.count <= length { return [words] }
    return (0...(words.count - length)).map { Array(words[$0..<$0 + length]) }
  }
}
