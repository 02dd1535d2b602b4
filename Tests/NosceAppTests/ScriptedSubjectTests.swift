import Foundation
import NosceApp
import NosceCore
import NosceRuns
import NosceTestSupport
import NosceVerdicts
import Testing

@Suite("Use-cases on a script")
struct ScriptedSubjectTests {
  private func request(_ script: String, in folder: URL) throws -> ExperimentRequest {
    let file = folder.appending(path: "script.yaml")
    try Data(script.utf8).write(to: file)
    return ExperimentRequest(experiment: "persona", subject: "script:\(file.path)")
  }

  @Test("What cannot be measured is refused before anything is written")
  func refused() throws {
    try withFolder { folder in
      let runs = folder.appending(path: "runs")
      let request = try request("capabilities: {log_probs: none}", in: folder)
      let error = #expect(throws: LabError.self) {
        try ExperimentRun.begin(
          request, on: try request.model(), judge: nil, in: runs, forecasts: folder,
          events: { _ in })
      }
      #expect(error?.code == .refusedDesign)
      #expect(
        error?.message.contains(
          "says-risk: needs exact log-probabilities, which script does not give")
          == true)
      #expect(!exists(runs))
    }
  }

  @Test("A run on a script is gone on with by its lasting name, and not on a changed script")
  func resumed() async throws {
    try await withFolder { folder in
      let script = "asking: {fail: [{adapter: alone-persona-s2, after: 40}]}"
      let request = try request(script, in: folder)
      let url = try await {
        let run = try ExperimentRun.begin(
          request, on: try request.model(), judge: nil, in: folder.appending(path: "runs"),
          forecasts: folder, events: { _ in })
        let summary = try await run.run { _ in }
        #expect(summary.failures?.map(\.subject) == ["alone-persona-s2"])
        return run.folder.url
      }()
      let kept = try RunRequest.read(in: try RunFolder.read(url))
      #expect(kept.subject == "script:\(folder.path)/script.yaml")
      _ = try self.request("lanes: 1", in: folder)
      #expect(throws: LabError.self) { try ExperimentRun.resume(url) }
      _ = try self.request(script, in: folder)
      // Fewer than forty replies are left.
      #expect(try await ExperimentRun.resume(url).run { _ in }.failures == nil)
    }
  }
}
