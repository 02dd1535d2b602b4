import Foundation
import NosceCalibration
import NosceCore
import NosceEngine
import NosceExperiment
import NosceFiles
import NosceLocal
import NoscePorts
import NosceReport
import NosceRows
import NosceRuns
import NosceVerdicts
import NosceWriting

/// One experiment from its plan to its report, in a run folder that can be gone on with.
package struct ExperimentRun: Sendable {
  package let folder: RunFolder
  private let model: any ModelProvider
  private let judge: (any ModelProvider)?
  private let materials: Materials

  /// Where a run keeps the rows that its model wrote itself.
  private static let ownRows = "rows"

  /// Begins a run in a new folder. Rows that the model writes itself must be there (``RowOutline``).
  ///
  /// - Parameters:
  ///   - parent: where the run folder is made.
  ///   - forecasts: where sealed forecasts are; those of the experiment are copied into the folder.
  package static func begin(
    _ request: ExperimentRequest, on model: any ModelProvider, judge: (any ModelProvider)?,
    in parent: URL, forecasts: URL, ladder: LadderRecord? = nil,
    search: RecipeRecord? = nil, events: AppEvents
  ) throws -> ExperimentRun {
    try PageAssets.check()
    let loaded = try request.load()
    let rows = RowNeeds(request.rowFolder(of: model))
    let plan = try request.plan(of: loaded, on: model, judge: judge, written: rows)
    try plan.checkMeasurable()
    if let work = try rows.missing().first {
      // Says what is missing where.
      _ = try request.rowFolder(of: model).rows(work.count, of: work.pool)
    }
    let provenance = try Provenance.now(
      version: Version.text, plan: plan, threads: model.lanes,
      precision: model.precision)
    let kept = RunRequest(
      command: request.command, subject: try ModelLocator.lastingName(request.subject),
      judge: try request.judge.map { try ModelLocator.lastingName($0, option: "--judge") },
      materials: try MaterialChoice.lastingName(of: loaded.materials))
    let sealed = ForecastFolder(forecasts)
    let folder = try RunFolder.create(
      in: parent, plan: plan, experimentText: loaded.text, provenance: provenance,
      prepare: { folder in
        try kept.write(to: folder)
        if let ladder {
          try Storage.write(
            try ladder.data(), to: folder.appending(path: RunFolder.ladderName))
        }
        if let search {
          try Storage.write(
            try search.data(), to: folder.appending(path: RunFolder.recipeName))
        }
        try request.keepQuestions(in: folder)
        try request.rowFolder(of: model).copy(
          rows.pools.map(\.pool), to: folder.appending(path: ownRows))
        for problem in try sealed.copy(for: plan, into: folder) { events(.message(problem)) }
      })
    return ExperimentRun(
      folder: folder, model: model, judge: judge, materials: loaded.materials)
  }

  /// Goes on with a run folder on the models that it was begun on, wherever they are; see
  /// ``resume(_:template:judgeTemplate:)``.
  ///
  /// - Parameters:
  ///   - purse: what the answers of endpoints may cost together from now on.
  ///   - trainer: what fine-tunes in place of the model; a run that began with one says nothing that could
  ///     be started, so that it is given again where subjects are still to be trained.
  package static func reopened(
    _ url: URL, template: GivenTemplate? = nil, judgeTemplate: GivenTemplate? = nil,
    purse: Purse? = nil, trainer: TrainerChoice? = nil
  ) async throws -> ExperimentRun {
    let (request, plan) = try planned(url, template, judgeTemplate)
    try ModelLocator.check(purse, of: [request.subject] + (request.judge.map { [$0] } ?? []))
    let model = try await TrainerChoice.applied(
      trainer, of: plan,
      to: try await ModelLocator.provider(
        request.subject, template: plan.model.template, purse: purse))
    var judge: (any ModelProvider)?
    if let name = request.judge {
      judge = try await ModelLocator.provider(
        name, option: "--judge", template: plan.judge?.template, purse: purse)
    }
    return try resume(url, on: model, judge: judge)
  }

  /// Goes on with a run folder on the models that it was begun on, through the chat templates that
  /// its plan holds. The models are this machine's.
  ///
  /// - Parameters:
  ///   - template: what the subject is to be asked through; refused if it is not the plan's.
  ///   - judgeTemplate: the same of the judge.
  package static func resume(
    _ url: URL, template: GivenTemplate? = nil, judgeTemplate: GivenTemplate? = nil
  ) throws -> ExperimentRun {
    let (request, plan) = try planned(url, template, judgeTemplate)
    return try resume(
      url, on: try ModelLocator.model(request.subject, template: plan.model.template),
      judge: try request.judge.map {
        try ModelLocator.model($0, option: "--judge", template: plan.judge?.template)
      })
  }

  /// What was asked for and what was planned, in a folder that can be gone on with.
  private static func planned(
    _ url: URL, _ template: GivenTemplate?, _ judgeTemplate: GivenTemplate?
  ) throws -> (RunRequest, Plan) {
    try RunFolder.requireResumable(url)
    let folder = try RunFolder.read(url)
    // Before the model that an edited request may name is looked for.
    try folder.requireUnchanged()
    let (own, rating) = (folder.plan.model.template, folder.plan.judge?.template)
    try TemplateChoice.check(template, against: own, in: url)
    try TemplateChoice.check(
      judgeTemplate, against: rating, in: url, option: "--judge-chat-template")
    return (try RunRequest.read(in: folder), folder.plan)
  }

  package static func resume(
    _ url: URL, on model: any ModelProvider, judge: (any ModelProvider)?
  ) throws -> ExperimentRun {
    try PageAssets.check()
    let begun = try RunFolder.read(url)
    let materials = try MaterialChoice.materials(of: begun)
    return ExperimentRun(
      folder: try RunFolder.resume(
        url, model: model, judge: judge, materials: materials,
        written: RowFolder(url.appending(path: ownRows), of: begun.plan.model)),
      model: model, judge: judge, materials: materials)
  }

  /// Does what is left to do and writes the report. A cancelled task ends it after the step that is
  /// under way; nothing that was measured is lost.
  package func run(_ events: @escaping AppEvents) async throws -> RunSummary {
    let plan = folder.plan
    let forecast: ResourceForecast
    do {
      forecast = try await plan.forecast(
        on: model, judge: judge, materials: materials, within: .seconds(60))
    } catch {
      await model.settle()
      throw error
    }
    try forecast.checkMemory()
    try forecast.checkCost()
    // On a small model the run is over before its estimate is read.
    if plan.seconds(forecast, parallel: model.lanes) > 60 {
      events(.message(plan.cost(forecast, parallel: model.lanes)))
    }
    let label = plan.experiment.name
    try await Runner(
      folder: folder, model: model, materials: materials, rates: forecast.rates, judge: judge
    ) { now in
      events(.progress(label, now))
    } onMessage: {
      events(.message($0))
    }.run()
    events(.ended)
    return try await ReportWriter.write(for: folder)
  }
}
