import Foundation
import NosceExperiment
import NosceRuns
import NosceVerdicts

/// A new run folder of an experiment, of which nothing is done yet.
package func makeRunFolder(
  _ experiment: Experiment, in url: URL, backend: ScriptedBackend,
  judge: ScriptedBackend? = nil, options: Plan.Options = .init(),
  beforeCommit: @escaping @Sendable (Int) throws -> Void = { _ in }
) throws -> RunFolder {
  let plan = try Planner(
    experiment: experiment, options: options, backend: backend, judge: judge
  ).plan()
  let provenance = try Provenance.now(
    version: "test", plan: plan, threads: 1, precision: "none")
  return try RunFolder.create(
    in: url, plan: plan, experimentText: nil, provenance: provenance, beforeCommit: beforeCommit)
}

/// Runs an experiment to its end and returns the summary.
package func summary(
  _ experiment: Experiment, script: ScriptedBackend.Script = .init(),
  options: Plan.Options = .init()
) async throws -> RunSummary {
  try await withFolder(inMemory: true) { url in
    let backend = ScriptedBackend(script: script)
    let folder = try makeRunFolder(experiment, in: url, backend: backend, options: options)
    try await Runner(folder: folder, backend: backend).run()
    return try Summariser(await RunRecord(folder), command: "nosce run small").summary()
  }
}
