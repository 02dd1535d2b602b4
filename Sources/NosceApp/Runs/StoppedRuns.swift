import Foundation
import NosceCalibration
import NosceCore
import NosceExperiment
import NosceFiles
import NoscePorts
import NosceReport
import NosceRuns
import NosceVerdicts

/// Runs that came to no run, kept where runs are.
package enum StoppedRuns {
  /// Columns of what is kept, which is no terminal's.
  private static let width = 160

  /// Keeps what stopped a run, and a page of it; nil where nothing did.
  @discardableResult
  package static func keep(
    _ outcome: RunPreparation.Preparedness, of request: ExperimentRequest,
    on model: any ModelProvider, in runs: URL
  ) throws -> StoppedRun? {
    let experiment = try request.load().experiment
    let identity = model.identity
    func stopped(
      _ stage: StoppedRun.Stage, _ started: String, _ reason: String, _ details: String,
      _ ladder: [RunSummary.Ladder]? = nil
    ) -> StoppedRun {
      StoppedRun(
        version: Version.text, started: started, experiment: experiment.name,
        title: experiment.title, question: experiment.question,
        subject: RunSummary.Model(
          name: identity.name, description: identity.summary, note: identity.note,
          template: identity.template.map { .init(name: $0.name, sha256: $0.hash) }),
        modelHash: identity.contentHash, precision: model.precision, stage: stage, reason: reason,
        details: details, ladder: ladder)
    }
    let result: StoppedRun
    switch outcome {
    case .ready: return nil
    case .unreadable(let results, let record, let reason):
      result = stopped(
        .ladder, record.started, "The primary probe cannot read this model: \(reason).",
        LadderText.render(results, of: record), results)
    case .unlearnt(let record, let ladder):
      result = stopped(
        .recipe, record.started, SearchText.shortfall(record),
        SearchText.render(record, width: width), ladder)
    }
    try Storage.makeFolder(runs)
    try Storage.write(try result.data(), to: runs.appending(path: result.fileName))
    try Storage.write(try StoppedPage.render(result), to: runs.appending(path: result.pageName))
    return result
  }

  /// Those that lie in folders, in the order of their names. A file that cannot be read is told of.
  package static func found(in folders: [String], events: AppEvents) throws -> [StoppedRun] {
    try folders.flatMap { folder -> [StoppedRun] in
      let url = URL(fileURLWithPath: folder)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder),
        isFolder.boolValue
      else { return [] }
      let names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
      return names.filter { $0.hasSuffix(StoppedRun.suffix) }.compactMap { name in
        do throws(LabError) {
          return try StoppedRun.read(url.appending(path: name))
        } catch {
          events(.message("left out: \(error.message)"))
          return nil
        }
      }
    }
  }
}
