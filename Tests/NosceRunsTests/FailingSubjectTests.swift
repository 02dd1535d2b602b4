import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRuns
import NosceTestSupport
import NosceVerdicts
import Synchronization
import Testing

@Suite("A subject that fails")
struct FailingSubjectTests {
  private func folder(
    _ experiment: Experiment, _ model: FaultyModel, in url: URL, options: Plan.Options = .init()
  ) throws -> RunFolder {
    let plan = try Planner(experiment: experiment, options: options, model: model).plan()
    return try RunFolder.create(
      in: url, plan: plan, experimentText: nil,
      provenance: try Provenance.now(
        version: "test", plan: plan, threads: 1, precision: "none"))
  }

  private func undisturbed(
    _ experiment: Experiment, options: Plan.Options = .init()
  ) async throws -> [GradedAnswer] {
    try await withFolder(inMemory: true) { url in
      let folder = try folder(experiment, FaultyModel(), in: url, options: options)
      #expect(try await Runner(folder: folder, model: FaultyModel()).run().isEmpty)
      return try await folder.store.measurements()
    }
  }

  @Test("It ends itself, not the run; what rests on it is incomplete, and it is tried again")
  func inTheMiddle() async throws {
    var experiment = try smallExperiment()
    experiment.contrasts[1].floors.removeAll { $0.arm == "twin" }
    let expected = try await undisturbed(experiment)
    try await withFolder(inMemory: true) { url in
      let path: URL
      do {
        let faulty = FaultyModel { cell, _ in cell == "twin-HELLO-s3" }
        let folder = try folder(experiment, faulty, in: url)
        path = folder.url
        let said = Mutex<[String]>([])
        let failures = try await Runner(
          folder: folder, model: faulty, onMessage: { text in said.withLock { $0.append(text) } }
        ).run()
        #expect(failures == [CellFailure(cell: "twin-HELLO-s3", error: "the line went dead")])
        #expect(
          said.withLock { $0 } == [
            "twin-HELLO-s3 failed, the run goes on: the line went dead"
          ])
        // Everybody else is measured to the end.
        let record = try await RunRecord(folder)
        #expect(!record.isFinished)
        #expect(record.answers == expected.filter { $0.cell != "twin-HELLO-s3" })
        let summary = try Summariser(record, command: "nosce run small").summary()
        #expect(summary.failures?.map(\.subject) == ["twin-HELLO-s3"])
        // The first contrast has the twin among its floors, the second does not.
        #expect(summary.contrasts.map(\.verdict) == [.incomplete, .stronglySupported])
        #expect(summary.verdict.kind == .incomplete)
        #expect(
          summary.verdict.sentence.contains("twin-HELLO-s3 (the line went dead)"),
          "\(summary.verdict.sentence)")
      }
      let folder = try RunFolder.resume(path, model: FaultyModel())
      let whole = FaultyModel()
      #expect(try await Runner(folder: folder, model: whole).run().isEmpty)
      let record = try await RunRecord(folder)
      #expect(record.isFinished && record.failures.isEmpty && record.answers == expected)
      #expect(whole.log.counts(of: "sham-HELLO-s1").isEmpty)
      let summary = try Summariser(record, command: "nosce run small").summary()
      #expect(summary.verdict.kind == .stronglySupported && summary.failures == nil)
    }
  }

  @Test("Each answer is kept by itself: what came before the failure is not asked again")
  func kept() async throws {
    let experiment = try smallExperiment()
    let expected = try await undisturbed(experiment)
    let cell = "treatment-HELLO-s2"
    try await withFolder(inMemory: true) { url in
      let log = FaultyModel.Log()
      let path: URL
      let kept: [GradedAnswer]
      do {
        // The last of a unit's answers: it has as many as there are wordings.
        let faulty = FaultyModel(log: log) { $0 == cell && $1 == 2 }
        let folder = try folder(experiment, faulty, in: url)
        path = folder.url
        #expect(try await Runner(folder: folder, model: faulty).run().count == 1)
        kept = try await folder.store.measurements(cell: cell)
        let unit = try #require(
          folder.plan.cell(cell)?.units.first { unit in
            kept.contains { $0.probe == unit.probe }
          })
        #expect(kept.count == 2 && unit.items == 3)
      }
      let whole = FaultyModel(log: log)
      let folder = try RunFolder.resume(path, model: whole)
      try await Runner(folder: folder, model: whole).run()
      #expect(try await folder.store.measurements() == expected)
      #expect(log.counts(of: cell).values.allSatisfy { $0 == 1 })
    }
  }

  @Test("A training that fails has a job that says so, and the next one has its own losses")
  func training() async throws {
    let experiment = try smallExperiment()
    let expected = try await undisturbed(experiment)
    try await withFolder(inMemory: true) { url in
      let faulty = FaultyModel(failsToTrain: { $0 == "sham-HELLO-s1" })
      let path: URL
      do {
        let folder = try folder(experiment, faulty, in: url)
        path = folder.url
        #expect(
          try await Runner(folder: folder, model: faulty).run().map(\.cell) == ["sham-HELLO-s1"])
        let job = try #require(
          try await folder.store.jobs().first { $0.cell == "sham-HELLO-s1" })
        #expect(job.state == .failed && job.detail == "the line went dead")
        #expect(try await folder.store.losses()["sham-HELLO-s1"] == [2])
      }
      let whole = FaultyModel()
      let folder = try RunFolder.resume(path, model: whole)
      try await Runner(folder: folder, model: whole).run()
      #expect(try await folder.store.measurements() == expected)
      let states = try await folder.store.jobs().filter { $0.cell == "sham-HELLO-s1" }
      #expect(states.map(\.state) == [.failed, .succeeded])
      let losses = try await folder.store.losses()["sham-HELLO-s1"]
      #expect(losses?.first == 4 && losses?.count ?? 0 > 1)
    }
  }

  @Test("Copies along the way are kept: a run that is gone on with trains nothing again")
  func snapshots() async throws {
    let experiment = try smallExperiment()
    let options = Plan.Options(curves: true)
    let expected = try await undisturbed(experiment, options: options)
    try await withFolder(inMemory: true) { url in
      let faulty = FaultyModel { cell, answered in cell.hasPrefix("curve-") && answered == 2 }
      let path: URL
      do {
        let folder = try folder(experiment, faulty, in: url, options: options)
        path = folder.url
        #expect(!(try await Runner(folder: folder, model: faulty).run()).isEmpty)
      }
      let whole = FaultyModel(failsToTrain: { _ in true })
      let folder = try RunFolder.resume(path, model: whole)
      #expect(try await Runner(folder: folder, model: whole).run() == [])
      #expect(try await folder.store.measurements() == expected)
    }
  }

  @Test("What a model cannot do is said in the plan, and refused before anything is asked")
  func refused() async throws {
    struct Mute: ModelProvider {
      var model = RuleModel()
      var identity: ModelIdentity { model.identity }
      var capabilities: Capabilities { Capabilities(scoring: .none, samples: false) }
      var lanes: Int { 1 }
      var precision: String { "none" }
      var trainer: (any Trainer)? { nil }
      func open(_ adapter: AdapterReference?) async throws -> any Subject {
        throw FaultyModel.Fault()
      }
    }
    let plan = try Planner(experiment: try smallExperiment(), model: Mute()).plan()
    let refused = plan.measurements.filter { $0.method.refusal != nil }.map(\.probe)
    #expect(refused == plan.experiment.probes.map(\.name))
    #expect(plan.obstacles == ["treatment: needs fine-tuning, which scripted does not have"])
    let text = plan.text()
    #expect(text.contains("Cannot be run on this model"))
    #expect(text.contains("choice: needs exact log-probabilities, which scripted does not give"))
    #expect { try plan.checkMeasurable() } throws: { ($0 as? LabError)?.code == .refusedDesign }
  }
}
