import Foundation
import NosceReport
import NosceTestSupport
import NosceVerdicts
import Testing

extension WholeRunTests {
  @Suite("The whole catalog at once")
  struct RunAllTests {
    @Test("A model that a probe cannot read is a result, and nothing is trained for it")
    func unreadable() async throws {
      try await withFolder { folder in
        try Data("name: neutral\n".utf8).write(to: folder.appending(path: "neutral.yaml"))
        let done = try await nosce(
          ["run", "--all", "--subject", "script:neutral.yaml", "--seeds", "2", "--exploratory"],
          in: folder)
        #expect(done.ending == .exit(0), "\(done.errors)")
        let line = done.output.split(separator: "\n").first { $0.hasPrefix("  hello  ") }
        #expect(
          line?.contains("not testable: Its primary probe cannot read") == true, "\(done.output)")
        let all = folder.appending(path: "runs/all-neutral")
        let names = names(in: all)
        #expect(names.contains { $0.hasPrefix("persona-") })
        #expect(!names.contains { $0.hasPrefix("hello-2") })
        let page = try String(contentsOf: all.appending(path: "index.html"), encoding: .utf8)
        #expect(page.contains("<h2>hello</h2><p>Its primary probe cannot read this model"))
        #expect(exists(folder.appending(path: "ladders")))
      }
    }

    @Test("One that fails loses nothing; a second call goes on, and results are written from it")
    func everything() async throws {
      try await withFolder { folder in
        let catalog = try SmallCatalog(
          in: folder,
          [
            "first": SmallCatalog.quick("first"), "second": "name: second\n",
            "third": SmallCatalog.quick("third"),
          ])
        let command = ["run", "--all", "--out", "all"]
        let failed = try await nosce(command, in: folder, environment: catalog.environment)
        #expect(failed.ending == .exit(65))
        #expect(failed.errors.contains("second failed: "))
        #expect(failed.errors.contains("1 of 3 experiments failed: second"))
        let lines = failed.output.split(separator: "\n")
        #expect(lines.first == "3 experiments on organism")
        #expect(lines.contains { $0.hasPrefix("  second") && $0.contains("FAILED: ") })
        let all = folder.appending(path: "all")
        let runs = names(in: all).filter { $0.hasPrefix("first-") || $0.hasPrefix("third-") }
        #expect(runs.count == 2)
        let page = try String(contentsOf: all.appending(path: "index.html"), encoding: .utf8)
        for run in runs { #expect(page.contains("href=\"\(run)/report.html\"")) }

        try catalog.write("second", SmallCatalog.quick("second"))
        let stores = try runs.map { try Data(contentsOf: all.appending(path: "\($0)/plan.json")) }
        let done = try await nosce(
          command + ["--json"], in: folder, environment: catalog.environment)
        #expect(done.ending == .exit(0), "\(done.errors)")
        let suite = try JSONDecoder().decode(SuiteSummary.self, from: Data(done.output.utf8))
        #expect(suite.entries.map(\.experiment) == ["first", "second", "third"])
        #expect(suite.failed.isEmpty && suite.subject.name == "organism")
        #expect(Set(suite.entries.compactMap(\.folder)).isSuperset(of: runs))
        #expect(names(in: all).count == 3 + 2)
        #expect(
          try runs.map { try Data(contentsOf: all.appending(path: "\($0)/plan.json")) } == stores)
        #expect(
          try String(contentsOf: all.appending(path: "summary.json"), encoding: .utf8)
            == done.output)

        let first = try await nosce(["results", "all"], in: folder)
        #expect(first.ending == .exit(0))
        let second = try await nosce(["results", "all", "--out", "RESULTS.md"], in: folder)
        #expect(second.ending == .exit(0) && second.output.isEmpty)
        let written = try String(
          contentsOf: folder.appending(path: "RESULTS.md"), encoding: .utf8)
        #expect(written == first.output)
        for name in ["first", "second", "third"] { #expect(written.contains("\n## \(name)\n")) }
        #expect(!written.contains(folder.path))
      }
    }

    @Test("Where there is no finished run there are no results")
    func noRun() async throws {
      try await withFolder { folder in
        let missing = try await nosce(["results"], in: folder)
        #expect(missing.ending == .exit(74))
        #expect(missing.errors.contains("runs: found no folder"))
        try FileManager.default.createDirectory(
          at: folder.appending(path: "runs"), withIntermediateDirectories: false)
        let empty = try await nosce(["results"], in: folder)
        #expect(empty.ending == .exit(74))
        #expect(empty.errors.contains("found no finished run"))
      }
    }
  }
}
