import Foundation
import NosceCatalog
import NosceExperiment
import NosceFiles
import NoscePorts
import NosceRuns
import NosceScripted
import NosceTestSupport
import NosceVerdicts

/// What ships; that it is not empty is tested.
let catalogNames = (try? Catalog.names()) ?? []

func scripted(_ text: String) throws -> ScriptedModel {
  ScriptedModel(try Script(text, file: "test.yaml"))
}

func catalogExperiment(_ name: String) throws -> Experiment {
  try ExperimentFile.load(try Catalog.url(of: name)).experiment
}

/// Runs an experiment to its end, or to where some of its subjects failed.
func summary(
  _ experiment: Experiment, on model: ScriptedModel, judge: ScriptedModel? = nil,
  options: Plan.Options = .init(), again: Bool = false,
  reading: (RunRecord) throws -> Void = { _ in }
) async throws -> RunSummary {
  try await withFolder(inMemory: true) { url in
    let plan = try Planner(
      experiment: experiment, options: options, model: model, judge: judge
    ).plan()
    let folder = try RunFolder.create(
      in: url, plan: plan, experimentText: nil,
      provenance: try Provenance.now(version: "test", plan: plan, threads: 1, precision: "none"))
    let runner = Runner(folder: folder, model: model, judge: judge)
    let failed = try await runner.run()
    if again, !failed.isEmpty { try await runner.run() }
    let record = try await RunRecord(folder)
    try reading(record)
    return try Summariser(record, command: "nosce run").summary()
  }
}
