import Foundation
import NosceExperiment
import NosceRuns
import NosceVerdicts

/// A new run folder of an experiment, of which nothing is done yet.
package func makeRunFolder(
  _ experiment: Experiment, in url: URL, model: RuleModel,
  judge: RuleModel? = nil, options: Plan.Options = .init(),
  beforeCommit: @escaping @Sendable (Int) throws -> Void = { _ in }
) throws -> RunFolder {
  let plan = try Planner(
    experiment: experiment, options: options, model: model, judge: judge
  ).plan()
  let provenance = try Provenance.now(
    version: "test", plan: plan, threads: 1, precision: "none")
  return try RunFolder.create(
    in: url, plan: plan, experimentText: nil, provenance: provenance, beforeCommit: beforeCommit)
}

/// Runs an experiment to its end and returns the summary.
package func summary(
  _ experiment: Experiment, script: RuleModel.Script = .init(),
  options: Plan.Options = .init()
) async throws -> RunSummary {
  try await withFolder(inMemory: true) { url in
    let model = RuleModel(script: script)
    let folder = try makeRunFolder(experiment, in: url, model: model, options: options)
    try await Runner(folder: folder, model: model).run()
    return try Summariser(await RunRecord(folder), command: "nosce run small").summary()
  }
}
