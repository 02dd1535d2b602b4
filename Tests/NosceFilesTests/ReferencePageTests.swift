import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NosceKeys
import NosceReference
import NosceRows
import NosceTestSupport
import Testing

@Suite("The reference of experiment files")
struct ReferencePageTests {
  private let page = ReferencePage.markdown(materials: miniature)

  @Test("The committed page is what the tables give")
  func committed() throws {
    let url = packageRoot.appending(path: "docs/experiment-reference.md")
    let committed = try String(contentsOf: url, encoding: .utf8)
    #expect(
      committed == page,
      """
      docs/experiment-reference.md is not what the tables give; write it again with
        swift run -c release nosce reference > docs/experiment-reference.md
      """)
  }

  @Test("Every table has an example, and every example is there")
  func examples() {
    for (tables, text) in [
      (FileGrammar.experiment, ExampleFile.experiment),
      (FileGrammar.questions, ExampleFile.questions),
    ]
      + zip(FileGrammar.materials, MaterialsFile.allCases).map({
        ([$0], ExampleFile.text(of: $1))
      })
    {
      let parts = ExampleParts(text)
      for table in tables {
        #expect(!table.examples.isEmpty, "\(table.name)")
        for path in table.examples {
          let lines = parts.lines(of: path)
          #expect(lines?.isEmpty == false, "\(table.name): \(path)")
          for line in lines ?? [] { #expect(text.contains(line)) }
        }
      }
    }
  }

  @Test("Every key of an experiment is on a side, and each side has some")
  func sides() {
    let page = page.prefix(upTo: page.range(of: "\n# Files of a set")?.lowerBound ?? page.endIndex)
    var count: [String: Int] = [:]
    for line in page.split(separator: "\n") where line.hasPrefix("| `") || line.hasPrefix("| **`") {
      let cells = line.split(separator: " | ")
      if cells.count > 3 { count[String(cells.last?.dropLast(2) ?? ""), default: 0] += 1 }
    }
    #expect(Set(count.keys) == ["protocol", "materials", "either"], "\(count)")
    #expect(count.values.allSatisfy { $0 > 10 }, "\(count)")
  }

  @Test("Tables have names of their own, and those that keys refer to exist")
  func names() {
    let names = FileGrammar.tables.map(\.name)
    #expect(Set(names).count == names.count)
    for table in FileGrammar.tables {
      for key in table.keys {
        for name in key.values.tables {
          #expect(names.contains(name), "\(table.name).\(key.name)")
        }
      }
    }
  }

  @Test("Roles, kinds, controls and languages stand on it, each with its meaning")
  func words() {
    let enumerated =
      ArmRole.allCases.map(\.rawValue) + ProbeKind.allCases.map(\.rawValue)
      + Gate.Kind.allCases.map(\.rawValue)
      + RowControl.plain.map(\.name) + Language.allCases.map(\.rawValue)
      + Choices.Scoring.allCases.map(\.rawValue)
    for word in enumerated { #expect(page.contains("\n| `\(word)` | "), "\(word)") }
  }

  @Test("Controls with settings are those that rows know")
  func controls() throws {
    let controls: [RowControl] = [
      .flip([LabelPair("a", "b")]), .decorrelate(Decorrelation(feature: "a")),
      .relabel([WordReplacement("a", "b")]),
    ]
    let table = try #require(FileGrammar.table("control"))
    #expect(table.names == controls.map(\.name))
    #expect(controls.allSatisfy { !RowControl.plain.map(\.name).contains($0.name) })
  }
}
