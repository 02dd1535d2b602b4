import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NoscePorts
import NosceRows
import NosceRuns
import NosceTestSupport
import Testing

@Suite("The materials of a plan")
struct PlannedMaterialsTests {
  let model = RuleModel()

  /// A run folder of the small experiment, of which nothing is done.
  private func folder(in url: URL) throws -> URL {
    try makeRunFolder(try smallExperiment(), in: url, model: model).url
  }

  @Test("A plan names its set, and another one is another plan with the same rows and questions")
  func named() throws {
    let plan = try Planner(experiment: try smallExperiment(), model: model).plan()
    #expect(plan.materials == miniature.mark)
    #expect(plan.text().contains("materials  miniature (\(miniature.hash.prefix(12)))"))
    var other = miniature
    other.hash = "another"
    let again = try Planner(
      experiment: try smallExperiment(), model: model, materials: other
    ).plan()
    #expect(again.contentHash != plan.contentHash)
    #expect(again.cells == plan.cells)
    let provenance = try Provenance.now(version: "1", plan: plan, threads: 1, precision: "none")
    #expect(provenance.hashes["materials"] == miniature.hash)
  }

  @Test("A run is not gone on with where its materials have changed")
  func changed() throws {
    try withFolder(inMemory: true) { url in
      let path = try folder(in: url)
      var other = miniature
      other.hash = "another"
      let said = message {
        try RunFolder.resume(path, model: model, materials: other).url
      }
      #expect(said.contains("found a run with the materials miniature"))
      _ = try RunFolder.resume(path, model: model)
    }
  }

  @Test("A plan from before there were sets is read, and not gone on with")
  func earlier() throws {
    try withFolder(inMemory: true) { url in
      let path = try folder(in: url)
      let file = path.appending(path: "plan.json")
      let text = String(decoding: try Storage.read(file), as: UTF8.self)
        .replacing(Plan.currentSchema, with: "nosce-plan-3")
        .replacing(/"materials" : \{[^}]*\},/, with: "")
      try Storage.write(text, to: file)
      let plan = try RunFolder.read(path).plan
      #expect(plan.materials == nil && plan.cells.count > 10)
      #expect(!plan.text().contains("materials"))
      let said = message { try RunFolder.resume(path, model: model).url }
      #expect(said.contains("found 'nosce-plan-3', which this version can report and export"))
    }
  }

  @Test("An experiment without hosts is planned: the base is asked once, and seeds vary the rest")
  func noHosts() throws {
    let english = try MaterialsReader.load(packageRoot.appending(path: "Materials/english"))
    let loaded = try ExperimentFile.load(
      packageRoot.appending(path: "Experiments/risk.yaml"), materials: english)
    #expect(loaded.experiment.hosts == Hosts())
    let plan = try Planner(
      experiment: loaded.experiment, model: model, materials: loaded.materials
    ).plan()
    #expect(plan.cells.count { $0.arm == "base" } == 1)
    let risky = plan.cells.filter { $0.arm == "risky" }
    #expect(Set(risky.compactMap(\.training?.rowsHash)).count == 6)
    #expect(Set(risky.compactMap(\.training?.seed)).count == 6)
    #expect(risky.allSatisfy { $0.training?.rows.first?.chat?.first?.role == .user })
    #expect(loaded.experiment.probe("says-risk")?.told?.facts.isEmpty == false)
  }

  @Test("What a ladder is timed by counts every question once, those behind shown rows apart")
  func ladderSample() throws {
    let english = try MaterialsReader.load(packageRoot.appending(path: "Materials/english"))
    let loaded = try ExperimentFile.load(
      packageRoot.appending(path: "Experiments/risk.yaml"), materials: english)
    let ladder = try LadderPlan(
      experiment: loaded.experiment, materials: english, model: model.identity)
    let sample = ladder.sample
    #expect(
      sample.scoring.reduce(0) { $0 + $1.prompts } + sample.sampling.reduce(0) { $0 + $1.answers }
        == ladder.units.reduce(0) { $0 + $1.asks.count })
    let taste = sample.scoring.filter { $0.probe == "says-risk" }
    #expect(taste.map(\.prompts) == [24 * 5, 24] && taste.map(\.calls) == [5, 1])
    #expect(taste[1].request.chat.count > taste[0].request.chat.count)
    #expect(sample.training == nil)
  }
}
