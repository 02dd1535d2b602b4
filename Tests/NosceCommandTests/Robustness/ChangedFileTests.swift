import Foundation
import NosceCore
import NosceRuns
import NosceTestSupport
import NosceVerdicts
import Testing

extension CommandLineTests {
  @Suite("A file of a run that was changed after it began")
  struct ChangedFileTests {
    enum Change: String, CaseIterable, CustomTestStringConvertible {
      case experiment = "a number in experiment.yaml"
      case blank = "a blank at the end of experiment.yaml"
      case removed = "no experiment.yaml"
      case request = "another command in request.json"
      case provenance = "an earlier start in provenance.json"
      case plan = "blanks in plan.json"

      var testDescription: String { rawValue }

      var file: String {
        switch self {
        case .experiment, .blank, .removed: "experiment.yaml"
        case .request: "request.json"
        case .provenance: "provenance.json"
        case .plan: "plan.json"
        }
      }

      func apply(to run: URL) throws {
        let url = run.appending(path: file)
        let text = try String(contentsOf: url, encoding: .utf8)
        let changed: String
        switch self {
        case .experiment: changed = text.replacing("seeds: 5", with: "seeds: 6")
        case .blank, .plan: changed = text + " "
        case .removed: return try FileManager.default.removeItem(at: url)
        case .request: changed = text.replacing("--curves", with: "--dose")
        case .provenance: changed = text.replacing("\"started\" : \"2", with: "\"started\" : \"1")
        }
        try #require(changed != text)
        try Data(changed.utf8).write(to: url)
      }
    }

    @Test("Going on is refused; report and export say it at the top", arguments: Change.allCases)
    func noticed(_ change: Change) async throws {
      let finished = try await FinishedRun.get()
      try await withFolder { folder in
        let run = try finished.copy(to: folder)
        let url = run.appending(path: change.file)
        let recorded = ContentHash.of(try Data(contentsOf: url))
        try change.apply(to: run)
        let found = (try? Data(contentsOf: url)).map { ContentHash.of($0) }
        let now = found.map { "it has the SHA-256 \($0) now" } ?? "it is not there any more"

        let before = try contents(of: run)
        let resumed = try await nosce(["run", "--resume", run.path])
        #expect(resumed.ending == .exit(65))
        let words = "\(run.path)/\(change.file) is not as it was when it was written"
        #expect(resumed.errors.hasPrefix("nosce: \(words)"))
        #expect(resumed.errors.contains("its SHA-256 was \(recorded), and \(now)"))
        #expect(try contents(of: run) == before)

        let report = try await nosce(["report", run.path], in: folder)
        #expect(report.ending == .exit(0))
        #expect(report.output.hasPrefix("CHANGED: \(change.file)"))
        let page = try String(
          contentsOf: run.appending(path: "report.html"), encoding: .utf8)
        let summary = try JSONDecoder().decode(
          RunSummary.self, from: Data(contentsOf: run.appending(path: "summary.json")))
        #expect(
          summary.changedFiles == [.init(file: change.file, recorded: recorded, found: found)])
        for hash in [recorded, found].compactMap({ $0 }) { #expect(page.contains(hash)) }
        #expect(page.contains("1 file of this run changed since it began."))

        let json = try await nosce(["report", run.path, "--json"], in: folder)
        #expect(json.errors.contains(words))
        let export = try await nosce(["export", run.path, "--out", "out"], in: folder)
        #expect(export.ending == .exit(0))
        #expect(export.errors.contains(words) && export.errors.contains(recorded))
        let readme = try String(
          contentsOf: folder.appending(path: "out/README.md"), encoding: .utf8)
        #expect(readme.contains("**Changed.** \(change.file) is not as it was"))
      }
    }

    @Test(
      "A subject is not asked with an adapter that was changed; without it, it is trained again")
    func adapter() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let script = "asking: {fail: [{adapter: sham-BREAD-s2, after: 3}]}"
        try Data(script.utf8).write(to: folder.appending(path: "script.yaml"))
        let failed = try await nosce(
          ["run", "quick.yaml", "--subject", "script:script.yaml"], in: folder)
        #expect(failed.ending == .exit(1), "\(failed.errors)")
        let run = try #require(QuickExperiment.begun(in: folder))
        let adapter = run.appending(path: "adapters/sham-BREAD-s2")
        try Data(contentsOf: run.appending(path: "adapters/sham-BREAD-s3/script.json"))
          .write(to: adapter.appending(path: "script.json"))
        let refused = try await nosce(["run", "--resume", run.path])
        #expect(refused.ending == .exit(1))
        #expect(
          refused.errors.contains(
            "\(run.path)/adapters/sham-BREAD-s2/script.json is not as it was when it was written"))
        #expect(refused.errors.contains("remove adapters/sham-BREAD-s2/ to have it trained again"))
        try FileManager.default.removeItem(at: adapter)
        let done = try await nosce(["run", "--resume", run.path, "--json"])
        #expect(done.ending == .exit(0), "\(done.errors)")
        let export = try await nosce(["export", run.path, "--out", "out"], in: folder)
        #expect(export.ending == .exit(0), "\(export.errors)")
      }
    }

    @Test("Nothing is said of a run that nobody touched")
    func untouched() async throws {
      let finished = try await FinishedRun.get()
      let summary = try JSONDecoder().decode(RunSummary.self, from: Data(finished.json.utf8))
      #expect(summary.changedFiles == nil)
    }
  }
}
