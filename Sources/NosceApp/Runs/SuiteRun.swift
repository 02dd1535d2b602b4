import Foundation
import NosceCalibration
import NosceCatalog
import NosceCore
import NosceExperiment
import NosceFiles
import NosceLocal
import NoscePorts
import NosceReport
import NosceRuns
import NosceStudy
import NosceVerdicts

/// Every experiment of the catalog on one model, each in a folder of its own in one parent folder.
///
/// An experiment that fails is left behind with its reason. A second call goes on where an earlier
/// one was stopped: a run of the very same plan is resumed, and done is done.
package struct SuiteRun: Sendable {
  package var model: any ModelProvider
  package var judge: (any ModelProvider)?
  package var parent: URL
  package var forecasts: URL
  /// Where ladders are kept, and where recipes are.
  package var ladders: URL
  package var recipes: URL
  /// Whether an experiment is run where the ladder says that it cannot be.
  package var insists: Bool
  /// What every experiment is asked for with; the names come from the catalog.
  package var request: ExperimentRequest

  package init(
    _ request: ExperimentRequest, on model: any ModelProvider, judge: (any ModelProvider)? = nil,
    in parent: URL, forecasts: URL = URL(fileURLWithPath: "forecasts"),
    ladders: URL = URL(fileURLWithPath: "ladders"),
    recipes: URL = URL(fileURLWithPath: "recipes"), insists: Bool = false
  ) {
    self.request = request
    self.model = model
    self.judge = judge
    self.parent = parent
    self.forecasts = forecasts
    self.ladders = ladders
    self.recipes = recipes
    self.insists = insists
  }

  /// The folder of a suite where none is named: the model's name as part of a folder's name.
  package static func folderName(of model: any ModelProvider) -> String {
    "all-"
      + String(
        model.identity.name.map {
          $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) ? $0 : "-"
        })
  }

  /// The page over the reports.
  package var index: URL { parent.appending(path: "index.html") }

  /// The results, and the first failure.
  ///
  /// The index is written after every experiment.
  package func run(
    _ events: @escaping AppEvents
  ) async throws -> (suite: SuiteSummary, failure: (any Error)?) {
    try PageAssets.check()
    try Storage.makeFolder(parent)
    var suite = SuiteSummary(
      subject: .init(
        name: model.identity.name, description: model.identity.summary, note: model.identity.note,
        template: model.identity.template.map { .init(name: $0.name, sha256: $0.hash) }),
      version: Version.text)
    var failure: (any Error)?
    for name in try Catalog.names() {
      do {
        try Task.checkCancellation()
        try suite.append(try await entry(name, events))
      } catch is CancellationError {
        if let unfinished = try? await unfinished(name) { try suite.append(unfinished) }
        let reached = Set(suite.entries.map(\.experiment))
        let left = try Catalog.names().filter { !reached.contains($0) }
        suite.notReached = left.isEmpty ? nil : left
        try write(suite)
        throw CancellationError()
      } catch {
        failure = failure ?? error
        events(.message("\(name) failed: \(error)"))
        try suite.append(.init(failed: name, error: "\(error)"))
      }
      try write(suite)
    }
    return (suite, failure)
  }

  private func write(_ suite: SuiteSummary) throws {
    try Storage.write(try suite.json(), to: parent.appending(path: "summary.json"))
    try Storage.write(try SuitePage.render(suite), to: index)
  }

  /// How far an experiment came that was stopped, with its report; nil where it had not begun.
  private func unfinished(_ name: String) async throws -> SuiteSummary.Entry? {
    var one = request
    one.experiment = name
    guard let run = RunFinder.run(of: try one.plan(on: model, judge: judge), in: parent) else {
      return nil
    }
    let summary = try await ReportWriter.write(for: try RunFolder.read(run))
    return SuiteSummary.Entry(summary, folder: run.lastPathComponent)
  }

  private func entry(
    _ name: String, _ events: @escaping AppEvents
  ) async throws -> SuiteSummary.Entry {
    var one = request
    one.experiment = name
    let preparation = RunPreparation(
      one, on: model, judge: judge, ladders: ladders, recipes: recipes, insists: insists)
    let (ladder, search): (LadderRecord?, RecipeRecord?)
    let outcome = try await preparation.outcome(events)
    try StoppedRuns.keep(outcome, of: one, on: model, in: parent)
    switch outcome {
    case .ready(let ready, let asked, let found): (one, ladder, search) = (ready, asked, found)
    case .unreadable(_, _, let reason):
      return SuiteSummary.Entry(
        stopped: name, title: try one.load().experiment.title,
        why: "Its primary probe cannot read this model (\(reason))")
    case .unlearnt(let record, _):
      return SuiteSummary.Entry(
        stopped: name, title: try one.load().experiment.title, why: SearchText.sentence(record))
    }
    let begun = RunFinder.run(of: try one.plan(on: model, judge: judge), in: parent)
    let run =
      try begun.map { try ExperimentRun.resume($0, on: model, judge: judge) }
      ?? ExperimentRun.begin(
        one, on: model, judge: judge, in: parent, forecasts: forecasts, ladder: ladder,
        search: search, events: events)
    let summary = try await run.run(events)
    return SuiteSummary.Entry(summary, folder: run.folder.url.lastPathComponent)
  }
}
