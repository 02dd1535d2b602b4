#if HTTP
import Foundation
import NosceCore
import NosceEndpoint
import NosceExperiment
import NosceFiles
import NosceFormats
import NoscePorts
import NosceRuns
import NosceTestSupport
import NosceVerdicts
import Synchronization
import Testing

extension JSON {
  /// Whether a body asks a model of this name.
  fileprivate static func isAsked(of model: String, _ body: Data) -> Bool {
    (try? JSON(parsing: body))?.object?["model"]?.string == model
  }
}

@Suite("An experiment on a model behind HTTP")
struct RunOnEndpointTests {
  /// The small experiment with as many rows as fine-tuning services ask for.
  private func experiment() throws -> Experiment {
    try ExperimentFile.decode(
      smallFile.replacing("count: 4}", with: "count: 10}"), file: "small.yaml")
  }

  private func run(
    _ experiment: Experiment, on model: EndpointModel, in url: URL
  ) async throws -> RunSummary {
    let plan = try Planner(experiment: experiment, model: model).plan()
    let folder = try RunFolder.create(
      in: url, plan: plan, experimentText: nil,
      provenance: try Provenance.now(
        version: "test", plan: plan, threads: model.lanes, precision: model.precision))
    try await Runner(folder: folder, model: model).run()
    return try Summariser(try await RunRecord(folder), command: "nosce run").summary()
  }

  @Test("From plan to summary, failed once and gone on with; nothing is asked or paid for twice")
  func whole() async throws {
    let toy = ToyServer(Dialect(jobs: true, recipes: true))
    let isBroken = Mutex(true)
    try await withFolder(inMemory: true) { folder in
      try await withServer({ seen in
        // One subject cannot be asked, the first time.
        let model = seen.json?["model"]?.string ?? ""
        if model.contains("sham-HELLO-s2"), seen.json?["seed"] != nil, isBroken.withLock(\.self) {
          return .error(400, "not this one")
        }
        return await toy.act(seen)
      }) { server in
        let answers = folder.appending(path: "answers")
        let model = try await model(server, journal: try AnswerJournal(in: answers))
        let experiment = try experiment()
        let once = try await run(experiment, on: model, in: folder.appending(path: "once"))
        #expect(once.verdict.kind == .incomplete)
        #expect(once.failures?.map(\.subject) == ["sham-HELLO-s2"])
        #expect(once.failures?.first?.error.contains("not this one") == true)
        let trained = toy.jobs.ordered.count
        #expect(trained == 15)
        isBroken.withLock { $0 = false }
        // Another run on the same endpoint has all of it from the journal but what failed.
        let before = toy.chats
        let again = try await run(experiment, on: model, in: folder.appending(path: "again"))
        #expect(again.failures == nil)
        #expect(toy.jobs.ordered.count == trained)
        #expect(toy.chats - before < 200)
        #expect(again.verdict.kind != .incomplete)
        // No question of an experiment came twice, but for those of base by which it is seen how far the
        // server is apart from itself; what a server can do is asked anew each time.
        let probes = ["Name three colours", "the alphabet", "17 times 23"].map { Data($0.utf8) }
        let own = toy.bodies.filter { body in
          probes.allSatisfy { body.key.range(of: $0) == nil }
        }
        let base = own.filter { JSON.isAsked(of: "toy", $0.key) }
        #expect(own.count > 200 && base.values.allSatisfy { $0 <= 2 })
        #expect(base.values.count { $0 == 2 } <= 4 * 15)
        #expect(own.allSatisfy { $0.value == 1 || base[$0.key] != nil })
      }
    }
  }

  @Test("Several configurations of a server are told of beside the verdict")
  func fingerprints() async throws {
    let toy = ToyServer(Dialect(jobs: true, recipes: true))
    try await withFolder(inMemory: true) { folder in
      try await withServer(toy.act) { server in
        let model = try await model(
          server, journal: try AnswerJournal(in: folder.appending(path: "answers")))
        let experiment = try experiment()
        let steady = try await run(experiment, on: model, in: folder.appending(path: "steady"))
        #expect(!steady.verdict.caveats.contains { $0.contains("configurations") })
        toy.change { $0.fingerprint = "fp-other" }
        var more = experiment
        more.seed += 1
        let changed = try await run(more, on: model, in: folder.appending(path: "changed"))
        let said = changed.verdict.caveats.filter { $0.contains("configurations") }
        #expect(said.count == 1, "\(changed.verdict.caveats)")
        #expect(said.first?.contains("answers of toy that are kept came from 2") == true)
        #expect(
          said.first?.contains("fp-other: ") == true && said.first?.contains("fp-toy: ") == true)
      }
    }
  }

  @Test("Answers have what they rest on")
  func evidence() async throws {
    let toy = ToyServer(Dialect(jobs: true, recipes: true))
    try await withFolder(inMemory: true) { folder in
      try await withServer(toy.act) { server in
        let model = try await model(
          server, journal: try AnswerJournal(in: folder.appending(path: "answers")))
        let plan = try Planner(experiment: try experiment(), model: model).plan()
        #expect(plan.refusals.isEmpty, "\(plan.refusals)")
        let text = plan.text()
        #expect(text.contains("exact log-probabilities"))
        #expect(text.contains("sampled, the same again for the same seed"))
      }
    }
  }
}
#endif
