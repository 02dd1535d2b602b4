import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows
import NosceRuns

/// Runs many small experiments in one folder, each once: what is there already is only read.
package actor ValidationRuns {
  private let folder: URL
  private let model: any ModelProvider
  private let materials: Materials
  private let version: String
  private let precision: String
  private var known: [String: URL]

  package init(
    in folder: URL, model: any ModelProvider, materials: Materials, version: String,
    precision: String
  ) throws {
    self.folder = folder
    self.model = model
    self.materials = materials
    self.version = version
    self.precision = precision
    try Storage.makeFolder(folder)
    var known: [String: URL] = [:]
    for run in try RunFinder.runs(under: folder) {
      if let plan = RunFinder.provenance(of: run)?.hashes["plan"] { known[plan] = run }
    }
    self.known = known
  }

  /// What a run of the experiment holds, once it has ended.
  package func record(of experiment: Experiment) async throws -> RunRecord {
    let plan = try Planner(experiment: experiment, model: model, materials: materials).plan()
    if let url = known[plan.contentHash] {
      let record = try await RunRecord(try RunFolder.read(url))
      if record.isFinished { return record }
    }
    let run = try begin(plan)
    known[plan.contentHash] = run.url
    try await Runner(folder: run, model: model, materials: materials).run()
    let record = try await RunRecord(run)
    // Thousands of adapters that nobody will ask again.
    let adapters = run.url.appending(path: "adapters")
    for name in (try? FileManager.default.contentsOfDirectory(atPath: adapters.path)) ?? [] {
      try? FileManager.default.removeItem(at: adapters.appending(path: name))
    }
    return record
  }

  private func begin(_ plan: Plan) throws -> RunFolder {
    if let url = known[plan.contentHash] {
      return try RunFolder.resume(url, model: model, materials: materials)
    }
    return try RunFolder.create(
      in: folder, plan: plan, experimentText: nil,
      provenance: try Provenance.now(
        version: version, plan: plan, threads: model.lanes, precision: precision))
  }
}
