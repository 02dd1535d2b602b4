import Foundation
import NosceFormats
import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("A bad run folder")
  struct BadRunFolderTests {
    enum Harm: String, CaseIterable, CustomTestStringConvertible {
      case otherPlan = "a plan of another version"
      case otherStore = "a store of another version"
      case garbagePlan = "a plan that is no JSON"
      case missingPlan = "no plan"
      case missingProvenance = "no provenance"
      case garbageStore = "a store that is no SQLite file"
      case truncatedStore = "a store that was cut short"
      case damagedStore = "a store with damaged pages"
      case emptyStore = "an empty store"
      case missingStore = "no store"

      var testDescription: String { rawValue }

      /// The file, or where it is missing perhaps the folder, that the message must name.
      var file: String {
        switch self {
        case .otherPlan, .garbagePlan: "/plan.json"
        case .missingPlan: ""
        case .missingProvenance: "/provenance.json"
        case .otherStore, .garbageStore, .truncatedStore, .damagedStore, .emptyStore, .missingStore:
          "/run.sqlite"
        }
      }

      var isVersion: Bool {
        [.otherPlan, .otherStore, .garbagePlan, .emptyStore].contains(self)
      }

      func apply(to run: URL) throws {
        let plan = run.appending(path: "plan.json")
        let store = run.appending(path: "run.sqlite")
        var random = TestGenerator(seed: 2)
        func noise(_ count: Int) -> Data {
          Data((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
        switch self {
        case .otherPlan:
          let text = try String(contentsOf: plan, encoding: .utf8)
          try Data(text.replacing("\"nosce-plan-6\"", with: "\"nosce-plan-99\"").utf8)
            .write(to: plan)
        case .garbagePlan: try noise(500).write(to: plan)
        case .missingPlan: try FileManager.default.removeItem(at: plan)
        case .missingProvenance:
          try FileManager.default.removeItem(at: run.appending(path: "provenance.json"))
        case .otherStore:
          var data = try Data(contentsOf: store)
          // The last byte of user_version, by https://www.sqlite.org/fileformat.html
          data[63] = 99
          try data.write(to: store)
        case .garbageStore: try noise(20_000).write(to: store)
        case .truncatedStore: try Data(try Data(contentsOf: store).prefix(9000)).write(to: store)
        case .damagedStore:
          var data = try Data(contentsOf: store)
          for page in 1..<data.count / 4096 {
            data.replaceSubrange(page * 4096..<page * 4096 + 2048, with: noise(2048))
          }
          try data.write(to: store)
        case .emptyStore: try Data().write(to: store)
        case .missingStore: try FileManager.default.removeItem(at: store)
        }
      }
    }

    @Test("No command reads it or changes it", arguments: Harm.allCases)
    func refused(_ harm: Harm) async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        let run = try finished.copy(to: folder)
        try harm.apply(to: run)
        let before = try contents(of: run)
        for command in [["run", "--resume"], ["report"], ["export"]] {
          let outcome = try await nosce(command + [run.path])
          #expect(outcome.ending == .exit(harm.isVersion ? 65 : 74))
          #expect(outcome.errors.hasPrefix("nosce: \(run.path)\(harm.file)"))
          #expect(outcome.output.isEmpty)
        }
        let after = try contents(of: run)
        #expect(after.keys.sorted() == before.keys.sorted())
        #expect(after.filter { before[$0] != $1 }.keys.sorted() == [])
      }
    }
  }
}
