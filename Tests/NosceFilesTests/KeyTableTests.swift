import Foundation
import NosceFiles
import NosceKeys
import NosceReference
import NosceTestSupport
import Testing
import Yams

/// The decoder and the tables know the same keys, and the same of each.
@Suite("The tables of keys")
struct KeyTableTests {
  /// A file of examples, with what decodes it.
  struct Sample: Sendable, CustomTestStringConvertible {
    enum Sort {
      case experiment, questions
      case materials(MaterialsFile)
    }

    var testDescription: String
    var text: String
    var sort: Sort

    static let all =
      [
        Sample(
          testDescription: "experiment", text: ExampleFile.experiment, sort: .experiment),
        Sample(testDescription: "questions", text: ExampleFile.questions, sort: .questions),
        Sample(
          testDescription: "other lines", text: ExampleFile.otherLines, sort: .materials(.lines)),
      ]
      + MaterialsFile.allCases.map { file in
        Sample(
          testDescription: file.rawValue, text: ExampleFile.text(of: file),
          sort: .materials(file))
      }

    func uses(in folder: URL) -> [FileUse] {
      switch sort {
      case .experiment: ExperimentFile.uses(in: text, folder: folder, materials: miniature)
      case .questions: QuestionFile.uses(in: text)
      case .materials(let file): file.uses(in: text)
      }
    }

    /// What is wrong with a text of this sort.
    func problems(in text: String, folder: URL) throws -> [String] {
      do {
        switch sort {
        case .experiment:
          _ = try ExperimentFile.decode(
            text, file: "sample.yaml", in: folder, materials: miniature)
        case .questions: _ = try QuestionFile.decode(text, file: "sample.yaml")
        case .materials(let file): return file.problems(in: text)
        }
        return []
      } catch let error as ExperimentFileError {
        return error.problems.map(\.message)
      }
    }

    /// The text with the value of a use replaced, or taken out.
    func replacing(_ use: FileUse, with value: Node?) throws -> String {
      var root = try #require(try Yams.compose(yaml: text))
      try Self.replace(in: &root, at: Self.steps(use.path)[...], with: value)
      return try Yams.serialize(node: root)
    }

    /// `a.b[2].c` as a, b, 2, c.
    private static func steps(_ path: String) -> [String] {
      path.replacing("question ", with: "#").split { ".[]".contains($0) }.map(String.init)
    }

    private static func replace(
      in node: inout Node, at path: ArraySlice<String>, with value: Node?
    ) throws {
      let name = try #require(path.first)
      let rest = path.dropFirst()
      switch node {
      case .mapping(var mapping):
        let key = try #require(mapping.keys.first { $0.scalar?.string == name })
        if rest.isEmpty {
          mapping[key] = value
        } else {
          var inner = try #require(mapping[key])
          try replace(in: &inner, at: rest, with: value)
          mapping[key] = inner
        }
        node = .mapping(mapping)
      case .sequence(var sequence):
        let index = try #require(Int(name.replacing("#", with: ""))) - 1
        if rest.isEmpty {
          sequence[index] = try #require(value)
        } else {
          try replace(in: &sequence[index], at: rest, with: value)
        }
        node = .sequence(sequence)
      default:
        Issue.record("\(name) stands in no mapping and no list")
      }
    }
  }

  /// A folder with the file of rows that the example names.
  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "nosce-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(ExampleFile.rows.utf8).write(to: folder.appending(path: ExampleFile.rowsName))
    try body(folder)
  }

  @Test("The files of examples are in order", arguments: Sample.all)
  func decoded(_ sample: Sample) throws {
    try inFolder { folder in
      let problems = try sample.problems(in: sample.text, folder: folder)
      #expect(problems == [])
    }
  }

  @Test("Between them they use every key of every table")
  func complete() throws {
    try inFolder { folder in
      let uses = Set(Sample.all.flatMap { $0.uses(in: folder) }.map { "\($0.table).\($0.key)" })
      let keys = FileGrammar.tables.flatMap { table in table.names.map { "\(table.name).\($0)" } }
      #expect(keys.filter { !uses.contains($0) } == [])
      #expect(uses.subtracting(keys) == [])
    }
  }

  @Test("What is read where a key is missing is of the sort that the key takes")
  func standards() {
    for table in FileGrammar.tables {
      for key in table.keys {
        guard case .value(let standard) = key.absence else { continue }
        #expect(key.values.takes(standard), "\(table.name).\(key.name): \(standard)")
      }
    }
    #expect(!FileValues.number(0...1).takes(.whole(1)) && !FileValues.flag.takes(.text("true")))
  }

  @Test("A value of a wrong type is an error that names the key", arguments: Sample.all)
  func wrongType(_ sample: Sample) throws {
    try inFolder { folder in
      for use in sample.uses(in: folder) {
        let text = try sample.replacing(use, with: [[]])
        let problems = try sample.problems(in: text, folder: folder)
        #expect(problems.contains { $0.hasPrefix(use.path) }, "\(use): \(problems)")
      }
    }
  }

  @Test("A number outside the range of its key is an error that says the range")
  func range() throws {
    try inFolder { folder in
      let sample = Sample.all[0]
      var tried = 0
      for use in sample.uses(in: folder) {
        guard let key = FileGrammar.table(use.table)?.keys.first(where: { $0.name == use.key }),
          case .whole(let range) = key.values
        else { continue }
        let text = try sample.replacing(use, with: Node("\(range.lowerBound - 1)"))
        let problems = try sample.problems(in: text, folder: folder)
        #expect(
          problems.contains { $0.hasPrefix(use.path) && $0.contains("\(range.lowerBound)") },
          "\(use): \(problems)")
        tried += 1
      }
      #expect(tried > 30)
    }
  }

  @Test("A key without which there is nothing is missed", arguments: Sample.all)
  func missing(_ sample: Sample) throws {
    try inFolder { folder in
      var tried = 0
      for use in sample.uses(in: folder) {
        let keys = (FileGrammar.table(use.table)?.keys ?? []).filter { $0.name == use.key }
        guard !keys.isEmpty, keys.allSatisfy({ $0.absence == .refused }) else { continue }
        let problems = try sample.problems(
          in: try sample.replacing(use, with: nil), folder: folder)
        #expect(problems.contains { $0.contains("'\(use.key)' is missing") }, "\(use): \(problems)")
        tried += 1
      }
      // The files of a set have few such keys each.
      if case .materials = sample.sort { return }
      #expect(tried > 5)
    }
  }
}

extension FileValues {
  /// Whether a value that is read in a key's place is one that the decoder takes of it.
  fileprivate func takes(_ standard: FileKey.Standard) -> Bool {
    switch (self, standard) {
    case (.whole(let range), .whole(let number)): range.contains(number)
    case (.number(let range), .number(let number)): range.contains(number)
    case (.flag, .flag), (.text, .text), (.template, .text), (.name, .text): true
    case (.words(let words), .text(let text)): words.contains(text)
    case (.someOf(let values), _), (.described(_, let values), _): values.takes(standard)
    case (.either(let first, let second), _): first.takes(standard) || second.takes(standard)
    default: false
    }
  }
}
