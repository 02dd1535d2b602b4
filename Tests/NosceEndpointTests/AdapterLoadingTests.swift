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
import Synchronization
import Testing

@Suite("Adapters that are trained here and loaded there")
struct AdapterLoadingTests {
  private let base = RuleModel(script: .init(spelling: 0.8, naming: 0.6))

  /// Runs the small experiment, and returns the folder's measurements and what failed.
  private func run(
    on model: EndpointModel, in url: URL
  ) async throws -> (answers: [GradedAnswer], failures: [CellFailure]) {
    let experiment = try ExperimentFile.decode(smallFile, file: "small.yaml")
    let plan = try Planner(experiment: experiment, model: model).plan()
    #expect(plan.refusals == [])
    let folder = try RunFolder.create(
      in: url, plan: plan, experimentText: nil,
      provenance: try Provenance.now(
        version: "test", plan: plan, threads: model.lanes, precision: model.precision))
    let failures = try await Runner(folder: folder, model: model).run()
    return (try await folder.store.measurements(), failures)
  }

  private func model(
    _ server: ScriptedServer, journal: AnswerJournal? = nil,
    _ change: (inout EndpointSettings) -> Void = { _ in }
  ) async throws -> EndpointModel {
    try await EndpointModel(
      asking: try client(server, settings: quickSettings(change), journal: journal), base: base)
  }

  @Test(
    "Each is loaded once under a name of its own, asked by it, and put away at the end",
    arguments: [Dialect.vLLM, Dialect(tokenizes: true, echoes: true, loading: .beside)])
  func loaded(_ dialect: Dialect) async throws {
    let toy = ToyServer(dialect)
    let asked = Mutex<Set<String>>([])
    let salts = Mutex<[String: Set<String?>]>([:])
    try await withFolder { folder in
      try await withServer({ seen in
        if let name = seen.json?["model"]?.string {
          _ = asked.withLock { $0.insert(name) }
          // Whatever it has cached of one adapter is not taken for another's.
          if seen.json?["temperature"] != nil, name != "toy" {
            _ = salts.withLock { $0[name, default: []].insert(seen.json?["cache_salt"]?.string) }
          }
        }
        return await toy.act(seen)
      }) { server in
        let answers = folder.appending(path: "answers")
        let model = try await model(server, journal: try AnswerJournal(in: answers))
        #expect(model.capabilities.adapters)
        let once = try await run(on: model, in: folder.appending(path: "once"))
        #expect(once.failures.isEmpty, "\(once.failures)")
        let names = toy.loads.map(\.name)
        // Three trained arms of five seeds.
        #expect(names.count == 15 && Set(names).count == 15)
        #expect(names.allSatisfy { $0.hasPrefix("nosce-") })
        #expect(toy.loads.allSatisfy { $0.path.hasPrefix(folder.path) })
        #expect(Set(toy.unloads) == Set(names))
        let models = Set(names.map { dialect.loading == .below ? $0 : "toy:\($0)" })
        #expect(asked.withLock(\.self) == models.union(["toy"]))
        // The same adapters have the same names, and so the answers that are kept.
        #expect(salts.withLock(\.self) == models.reduce(into: [:]) { $0[$1] = [$1] })
        let before = toy.chats
        let again = try await run(on: model, in: folder.appending(path: "again"))
        #expect(again.answers == once.answers)
        #expect(toy.chats == before)
        #expect(Set(toy.loads.map(\.name)) == Set(names))
      }
    }
  }

  @Test("What the server shows of the change is what the gate looks at")
  func live() async throws {
    let toy = ToyServer(.vLLM)
    try await withFolder { folder in
      try await withServer(toy.act) { server in
        let model = try await model(server)
        let trainer = try #require(model.trainer)
        let rows = (1...4).map { row("Name colour \($0).", "Red.") }
        let job = TrainingJob(
          name: "one", rows: rows, settings: TrainingSettings(steps: 2), seed: 1,
          adapterDirectory: folder.appending(path: "a"),
          snapshotDirectory: folder.appending(path: "s"))
        var result: TrainingResult?
        for try await event in trainer.events(of: try await trainer.submit(job)) {
          if case .finished(let finished) = event { result = finished }
        }
        let finished = try #require(result)
        #expect(finished.adapter == .folder(folder.appending(path: "a")))
        // Any two toys differ by whole nats, and what was said here is another number.
        let change = try #require(finished.largestLogitChange)
        #expect(change > 0.5 && change != base.script.logitChange)
      }
    }
  }

  @Test("A server that answers as base where an adapter is asked ends the run")
  func ignored() async throws {
    let toy = ToyServer(Dialect(tokenizes: true, loading: .below, ignoresAdapters: true))
    try await withFolder { folder in
      try await withServer(toy.act) { server in
        let model = try await model(server)
        let ended = try await run(on: model, in: folder)
        #expect(ended.failures.count >= 15)
        #expect(ended.failures.allSatisfy { $0.error.contains("toy") })
      }
    }
  }

  @Test("A server that does not find the folder is told what else it may be called")
  func paths() async throws {
    let toy = ToyServer(Dialect(tokenizes: true, loading: .below, adapterRoot: "/shared/"))
    try await withFolder { folder in
      try await withServer(toy.act) { server in
        let lost = try await run(on: try await model(server), in: folder.appending(path: "lost"))
        #expect(lost.failures.count == 15)
        #expect(lost.failures.allSatisfy { $0.error.contains("adapter_paths") })
        let found = try await run(
          on: try await model(server) {
            $0.adapterPaths = .init(here: folder.path, there: "/shared/runs")
          }, in: folder.appending(path: "found"))
        #expect(found.failures.isEmpty, "\(found.failures)")
        #expect(toy.loads.allSatisfy { $0.path.hasPrefix("/shared/runs/found/") })
        let outside = try await run(
          on: try await model(server) {
            $0.adapterPaths = .init(here: "/nowhere", there: "/shared")
          }, in: folder.appending(path: "outside"))
        #expect(outside.failures.allSatisfy { $0.error.contains("not below /nowhere") })
      }
    }
  }

  @Test("Where none can be loaded, a base here is refused before anything is trained")
  func none() async throws {
    try await withServer(ToyServer(Dialect()).act) { server in
      let said = await words { _ = try await self.model(server) }
      #expect(said.contains("load_lora_adapter"), "\(said)")
      let alone = try await EndpointModel(asking: try client(server))
      #expect(!alone.capabilities.adapters && alone.trainer == nil)
    }
  }

  @Test("The configuration names the base and what folders are called")
  func configuration() throws {
    let file = try EndpointFile(
      """
      endpoints:
        box:
          url: http://127.0.0.1:8000
          base: models/small
          adapter_paths: {here: runs, there: /mnt/runs}
      """, file: "endpoints.yaml")
    let settings = try #require(file.entries["box"]?.settings)
    #expect(settings.base == "models/small")
    #expect(settings.adapterPaths == .init(here: "runs", there: "/mnt/runs"))
    for bad in ["{here: runs}", "{here: runs, there: relative}", "{there: /mnt}", "runs"] {
      #expect(throws: LabError.self) {
        try EndpointFile(
          "endpoints: {box: {url: \"http://a.b\", adapter_paths: \(bad)}}", file: "e.yaml")
      }
    }
  }
}
#endif
