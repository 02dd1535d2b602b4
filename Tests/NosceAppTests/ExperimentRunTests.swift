import Foundation
import NosceApp
import NosceCore
import NosceExperiment
import NosceRuns
import NosceStudy
import NosceTestSupport
import NosceVerdicts
import Synchronization
import Testing

/// Cancels a task from one of its own events, in whichever order the two become known.
private final class Stop: Sendable {
  private let state = Mutex<(wanted: Bool, cancel: (@Sendable () -> Void)?)>((false, nil))

  func now() {
    state.withLock {
      $0.wanted = true
      return $0.cancel
    }?()
  }

  func ends<Value>(_ task: Task<Value, any Error>) {
    let isWanted = state.withLock {
      $0.cancel = { task.cancel() }
      return $0.wanted
    }
    if isWanted { task.cancel() }
  }
}

@Suite("Use-cases without a command line")
struct ExperimentRunTests {
  private func request(in folder: URL) throws -> ExperimentRequest {
    let file = folder.appending(path: "small.yaml")
    try Data(smallFile.utf8).write(to: file)
    return ExperimentRequest(experiment: file.path)
  }

  private func begin(_ request: ExperimentRequest, in folder: URL) throws -> ExperimentRun {
    try ExperimentRun.begin(
      request, on: try request.model(), judge: nil, in: folder.appending(path: "runs"),
      forecasts: folder.appending(path: "forecasts"), events: { _ in })
  }

  @Test("An experiment is run, reported, and reported again with the same verdicts")
  func whole() async throws {
    try await withFolder { folder in
      let run = try begin(try request(in: folder), in: folder)
      let events = Mutex<(progress: Int, ended: Int)>((0, 0))
      let summary = try await run.run { event in
        events.withLock {
          if case .progress = event { $0.progress += 1 }
          if case .ended = event { $0.ended += 1 }
        }
      }
      #expect(summary.contrasts.count == run.folder.plan.experiment.contrasts.count)
      #expect(summary.arms.allSatisfy { $0.kept > 0 })
      #expect(events.withLock(\.progress) > 15 && events.withLock(\.ended) == 1)
      let page = try Data(contentsOf: run.folder.report)
      let again = try await ReportWriter.write(for: RunFolder.read(run.folder.url))
      #expect(again.contrasts == summary.contrasts)
      #expect(try Data(contentsOf: run.folder.report) == page)
    }
  }

  @Test("A cancelled run keeps what it measured, and gone on with, ends as if it never was")
  func cancelled() async throws {
    try await withFolder { folder in
      let request = try request(in: folder)
      let whole = try await begin(request, in: folder).run { _ in }
      let url = try await {
        let run = try begin(request, in: folder)
        let stop = Stop()
        let task = Task { [run] in
          try await run.run { event in
            if case .progress(_, 3, _, _, _, _) = event { stop.now() }
          }
        }
        stop.ends(task)
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(!FileManager.default.fileExists(atPath: run.folder.report.path))
        return run.folder.url
      }()
      let record = try await RunRecord(RunFolder.read(url))
      #expect(!record.training.isEmpty && record.training.count < 15)
      let resumed = try await ExperimentRun.resume(url).run { _ in }
      #expect(resumed.contrasts == whole.contrasts)
      #expect(resumed.arms == whole.arms)
    }
  }

  @Test("A cancelled suite begins no further experiment")
  func suite() async throws {
    try await withFolder { folder in
      var request = ExperimentRequest(experiment: "")
      request.options = .init(exploratory: true)
      request.seeds = 1
      let parent = folder.appending(path: "all")
      let suite = SuiteRun(
        request, on: try request.model(), in: parent,
        forecasts: folder.appending(path: "forecasts"))
      let stop = Stop()
      let task = Task {
        try await suite.run { event in
          if case .progress = event { stop.now() }
        }
      }
      stop.ends(task)
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(try RunFinder.runs(under: parent).count == 1)
    }
  }
}
