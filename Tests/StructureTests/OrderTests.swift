import Foundation
import Testing

/// The tree has a direction, and one place for everything.
@Suite("The order of modules and folders")
struct OrderTests {
  private let tree: SourceTree
  private let order: Order

  init() throws {
    tree = try SourceTree()
    order = try Order.shipped()
  }

  @Test("Every module and every folder with Swift files stands in the order, and nothing else does")
  func complete() throws {
    let found = Set(tree.files.map { "\($0.module)/\($0.folder)" })
    let isSwift = Set(tree.files.map(\.module))
    let listed = Set(
      order.modules.filter { isSwift.contains($0.name) }
        .flatMap { module in module.folders.map { "\(module.name)/\($0)" } })
    #expect(found.subtracting(listed).sorted() == [])
    #expect(listed.subtracting(found).sorted() == [])
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: tree.root.appending(path: "Sources").path)
    let modules = Set(folders.filter { $0 != "ORDER" } + ["NosceCatalog"])
    #expect(Set(order.modules.map(\.name)) == modules)
  }

  @Test("No file names a type that stands later")
  func direction() {
    #expect(order.violations(in: tree.files) == [])
  }

  @Test("A file that does is found")
  func directionCanFail() throws {
    let order = try Order("Low: First Second\nHigh: .\n")
    func file(_ module: String, _ folder: String, _ text: String) -> SourceTree.File {
      SourceTree.file(text, module: module, path: "\(module)/\(folder)", inside: "\(folder)/x")
    }
    let files = [
      file("Low", "First", "struct A { let b: B; let text = \"C \\(1)\" } // D"),
      file("Low", "Second", "package enum B { case one(A) }\nprivate struct C {}"),
      file("High", ".", "struct D { let b = B.one }\nlet text = \"\"\"\n  A\n  \"\"\""),
    ]
    #expect(
      order.violations(in: files) == ["Low/First names B, which stands later, in Low/Second"])
  }

  @Test("Apart from the engine no module has more than 5,000 lines")
  func size() {
    let modules = Dictionary(grouping: tree.files, by: \.module)
    for (module, files) in modules where module != "NosceEngine" {
      let lines = files.reduce(0) { $0 + $1.lines }
      #expect(lines <= 5_000, "\(module)")
    }
  }

  @Test("No type name means two things in one module")
  func oneMeaning() {
    // A type inside another one is read with its owner, such as `Gate.Kind`; but where it has the
    // name of a type of its module or of one below, a reader takes the one for the other.
    var known: Set<String> = []
    for module in order.modules.map(\.name) {
      let files = tree.files.filter { $0.module == module }
      for file in files { known.formUnion(file.declared) }
      let clashes = files.flatMap { file in
        file.nested.intersection(known).map { "\(file.path): \($0)" }
      }
      #expect(clashes.sorted() == [], "\(module)")
    }
  }
}

@Suite("The page about the architecture")
struct ArchitecturePageTests {
  @Test("Every file that it names exists, and every module is on it")
  func files() throws {
    let root = SourceTree.root
    let page = try String(
      contentsOf: root.appending(path: "docs/architecture.md"), encoding: .utf8)
    let quoted = page.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    let paths = quoted.filter { path in
      ["Sources/", "Experiments/", "Tests/", "docs/"].contains { path.hasPrefix($0) }
    }
    #expect(paths.count > 40)
    let missing = paths.filter {
      !FileManager.default.fileExists(atPath: root.appending(path: $0).path)
    }
    #expect(missing == [])
    let modules = try Order.shipped().modules.map(\.name)
    #expect(modules.filter { !page.contains($0) } == [])
  }
}
