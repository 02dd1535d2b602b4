import NosceFiles
import NosceKeys
import NosceRows

/// The page about everything that experiment and question files can say, made of the tables by
/// which they are read.
package enum ReferencePage {
  /// - Parameter materials: a set with the banks that the examples name.
  package static func markdown(materials: Materials) -> String {
    let sides = KeySides(materials: materials)
    let experiments = FileGrammar.experiment.map {
      section($0, ExampleParts(ExampleFile.experiment), sides)
    }
    let files = zip(MaterialsFile.allCases, FileGrammar.materials).map { file, table in
      section(table, ExampleParts(ExampleFile.text(of: file)))
    }
    let questions = FileGrammar.questions.map { section($0, ExampleParts(ExampleFile.questions)) }
    return
      ([opening] + experiments + ["# Files of a set of materials\n"] + files
      + ["# Question files\n"] + questions).joined(separator: "\n")
  }

  private static let opening = """
    # Reference of experiment files

    Every key of every mapping, written by `nosce reference` from the tables by which files are \
    read: do not edit this page. [experiment-file.md](experiment-file.md) explains rows, controls \
    and curves, [probes.md](probes.md) probes and grading, [materials.md](materials.md) how a protocol \
    is filled.

    A key that is **bold** must be there. Of those that *lead* exactly one must stand in the \
    mapping. *Side* says whether a key belongs to the protocol of an \
    experiment, to its materials, or to either. A template is text in which placeholders such as \
    `{word}` stand for the experiment's variables and for `{persona}` and `{other}`. Names of \
    arms, probes, gates and contrasts are free.

    """

  private static func section(
    _ table: KeyTable, _ file: ExampleParts, _ sides: KeySides? = nil
  ) -> String {
    var parts = ["## \(table.name)\n", "*\(sentence(table.place))* \(table.about)\n"]
    parts.append(keys(table, sides))
    for glossary in table.glossaries {
      parts.append("| \(glossary.title) | |\n|---|---|")
      parts[parts.count - 1] +=
        glossary.words.map { "\n| `\($0.word)` | \($0.meaning) |" }.joined() + "\n"
    }
    let examples = table.examples.compactMap { file.lines(of: $0)?.joined(separator: "\n") }
    if !examples.isEmpty {
      parts.append("```yaml\n" + examples.joined(separator: "\n\n") + "\n```\n")
    }
    return parts.joined(separator: "\n")
  }

  /// A table of keys, with a column for what they stand with where that is not everything.
  private static func keys(_ table: KeyTable, _ sides: KeySides?) -> String {
    let hasPartners = table.keys.contains { !$0.only.isEmpty || $0.leads }
    var head = ["key", "takes", "without it"]
    if hasPartners { head.append("stands with") }
    head.append("meaning")
    if sides != nil { head.append("side") }
    let rows = table.keys.map { key -> [String] in
      var cells = [name(of: key), words(for: key.values), absence(of: key)]
      if hasPartners { cells.append(partners(of: key, in: table)) }
      cells.append(key.meaning)
      if let sides { cells.append(sides.words(for: key, of: table)) }
      return cells
    }
    let rule = head.map { _ in "---" }
    return ([head, rule] + rows).map { cells in
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }.joined(separator: "\n") + "\n"
  }

  private static func name(of key: FileKey) -> String {
    key.absence == .refused ? "**`\(key.name)`**" : "`\(key.name)`"
  }

  private static func absence(of key: FileKey) -> String {
    switch key.absence {
    case .refused: "an error"
    case .nothing: key.leads ? "" : "nothing"
    case .value(let standard): "`\(standard.text)`"
    case .words(let words): words
    }
  }

  private static func partners(of key: FileKey, in table: KeyTable) -> String {
    if key.leads { return "*leads*" }
    if key.only.isEmpty { return "all" }
    if let kinds = table.kinds {
      let others = kinds.filter { !key.only.contains($0) }
      if others.count < key.only.count {
        return "all but " + others.map { "`\($0)`" }.joined(separator: ", ")
      }
    }
    return key.only.map { "`\($0)`" }.joined(separator: ", ")
  }

  private static func words(for values: FileValues) -> String {
    switch values {
    case .text: "text"
    case .template: "a template"
    case .whole(let range): "a whole number, \(FileValues.text(of: range))"
    case .number(let range): "a number, \(FileValues.text(of: range))"
    case .flag: "`true`, `false`"
    case .words(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .name(let what): "the name of \(article(what))"
    case .mapping(let name): "[\(name)](#\(anchor(name)))"
    case .entries(let values): "by name: \(words(for: values))"
    case .list(let values): "a list, each \(inside(values))"
    case .someOf(let values): "\(inside(values)), or a list of those"
    case .either(let first, let second): "\(inside(first)) or \(inside(second))"
    case .described(let words, _): words
    }
  }

  /// In brackets where it would be read as part of what is around it.
  private static func inside(_ values: FileValues) -> String {
    switch values {
    case .words(let words) where words.count == 1: self.words(for: values)
    case .either, .someOf, .list, .words: "(\(words(for: values)))"
    default: words(for: values)
    }
  }

  private static func article(_ noun: String) -> String {
    (noun.first.map { "aeiou".contains($0) } ?? false ? "an " : "a ") + noun
  }

  private static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst() + "."
  }

  private static func anchor(_ name: String) -> String { name.replacing(" ", with: "-") }
}
