import Foundation
import NosceCalibration
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows
import NosceRuns
import NosceVerdicts
import NosceWriting

/// What a run will be paid for before and beside its subjects, stage by stage, with what is stored already.
package struct StageOutline: Sendable {
  package struct Stage: Sendable {
    package var name: String
    /// What it is, and where it is stored or how long it takes.
    package var words: String
    /// How long it takes here; 0 where it is stored.
    package var seconds: Double
    /// What is stored, in full; nil where that is said elsewhere.
    package var details: String?
  }

  private let request: ExperimentRequest
  private let model: any ModelProvider
  private let forecast: ResourceForecast

  /// - Parameter forecast: measured for the plan on this machine.
  package init(
    _ request: ExperimentRequest, on model: any ModelProvider, forecast: ResourceForecast
  ) {
    self.request = request
    self.model = model
    self.forecast = forecast
  }

  /// The ladder; nil where no probe has texts to be told.
  package func ladder(in folder: URL, judge: (any ModelProvider)?) async throws -> Stage? {
    guard let stage = try LadderStage(try request.load(), on: model, judge: judge, in: folder)
    else { return nil }
    if let record = try stage.stored() {
      let obstacle = try stage.obstacle(record)
      let found =
        obstacle.map { "its primary probe cannot read this model (\($0))" }
        ?? "its primary probe reads this model"
      return Stage(
        name: "ladder", words: "stored in \(stage.file.relativePath): \(found)", seconds: 0,
        details: LadderText.render(try stage.results(record), of: record))
    }
    // Its questions are shorter than those of a run, where whole rows may stand before them.
    let rates = try await model.forecast(stage.plan.sample, within: .seconds(10)).rates
    let seconds = stage.plan.work.seconds(rates, parallel: 1)
    return Stage(
      name: "ladder",
      words: "\(Counted.text(stage.plan.units.reduce(0) { $0 + $1.asks.count }, "answer")), "
        + "\(Self.time(seconds)); `nosce ladder` asks it alone", seconds: seconds)
  }

  /// The search for a recipe; nil where none is needed.
  package func calibration(in folder: URL) async throws -> Stage? {
    guard try CalibrationStage.isNeeded(request, on: model) else { return nil }
    let stage = try CalibrationStage(request, on: model, in: folder)
    if let record = try stage.stored() {
      let isOwn = try stage.place() == stage.file
      return Stage(
        name: "recipe",
        words: (isOwn ? "stored in \(stage.file.relativePath): " : "ships with Nosce: ")
          + SearchText.sentence(record).trimmingCharacters(in: ["."]), seconds: 0)
    }
    let search = try await stage.mostSeconds(forecast.rates)
    let rows = search.rows > 0 ? ", of which its rows \(Self.time(search.rows))" : ""
    return Stage(
      name: "recipe",
      words: "looked for in at most \(Counted.text(stage.plan.settings.budget, "training")), "
        + "\(Self.time(search.all)) at most\(rows); `nosce calibrate` looks for it alone",
      seconds: search.all)
  }

  /// The rows that the model writes itself for the subjects of the run; nil where it writes none.
  package func rows(_ outline: RowOutline) async throws -> Stage? {
    if outline.pools.isEmpty { return nil }
    let needed = outline.pools.reduce(0) { $0 + $1.count }
    let name = "\(Counted.text(needed, "row")) that \(model.identity.name) writes itself"
    if outline.missing.isEmpty {
      return Stage(
        name: name, words: "all of them are in \(outline.folder.url.relativePath)", seconds: 0)
    }
    let seconds = try await outline.seconds(within: .seconds(15))
    return Stage(
      name: name,
      words: "\(needed - outline.missing.missing) are in \(outline.folder.url.relativePath), and "
        + "\(outline.missing.missing) are still to be written (\(outline.missing.words)): "
        + "\(Self.time(seconds)). `nosce run` writes them first, `nosce rows` writes them alone",
      seconds: seconds)
  }

  /// What training, asking and judging take of a run, and what all stages come to together.
  package func together(_ before: [Stage], _ plan: Plan) -> String {
    let parts = plan.work.parts(forecast.rates, parallel: model.lanes)
    let own = [
      ("training", parts.training), ("asking", parts.asking),
      ("judging", forecast.judging?.seconds ?? 0),
    ].filter { $0.1 > 0 }
    let stages = before.filter { $0.seconds > 0 }.map { (Self.short($0.name), $0.seconds) } + own
    let all = stages.reduce(0) { $0 + $1.1 }
    return "All of it: \(Self.time(all)) ("
      + stages.map { "\($0.0) \(Self.time($0.1).dropFirst("about ".count))" }.joined(
        separator: ", ")
      + ")."
  }

  private static func short(_ name: String) -> String { name.contains(" row") ? "rows" : name }

  /// A time that is only foreseen, in words.
  package static func time(_ seconds: Double) -> String {
    seconds < 90
      ? "about \(Int(seconds.rounded(.up))) s" : "about \(Int((seconds / 60).rounded(.up))) min"
  }
}

extension CalibrationStage {
  /// What the search takes at most: where it goes on to the last round and ends there, and of that the
  /// rows that the model writes for it.
  func mostSeconds(_ rates: WorkRates) async throws -> (all: Double, rows: Double) {
    let needs = RowNeeds(rows)
    let work = try mostWork(needs)
    var seconds = 0.0
    if try !needs.missing().isEmpty {
      seconds = try await RowOutline(
        plan: try plan(of: .confirmation(plan.dearest), needs), materials: materials, needs: needs,
        model: model, in: rows
      ).seconds(within: .seconds(10))
    }
    return (work.seconds(rates, parallel: model.lanes) + seconds, seconds)
  }

  private func mostWork(_ needs: RowNeeds) throws -> WorkEstimate {
    func work(of round: CalibrationPlan.Round) throws -> WorkEstimate {
      try self.plan(of: round, needs).work
    }
    var total = WorkEstimate()
    var live = plan.settings.candidates(steps: 0).count
    for steps in plan.settings.steps {
      let candidates = Array(plan.settings.candidates(steps: steps).prefix(live))
      total += try work(of: .search(candidates))
      live = (live + 1) / 2
    }
    // Fewer steps are tried as well, and may not pass the second time.
    if !plan.isOrdered {
      total += try work(of: .search([plan.dearest]))
      total += try work(of: .confirmation(plan.dearest))
    }
    total += try work(of: .confirmation(plan.dearest))
    return total
  }
}
