import Foundation
import NosceCalibration
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows
import NosceRuns

/// What a run will be paid for before and beside its subjects, stage by stage, with what is stored already.
package struct StageOutline: Sendable {
  package struct Stage: Sendable {
    package var name: String
    /// What it is, and where it is stored or how long it takes.
    package var words: String
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
  package func ladder(in folder: URL, judge: (any ModelProvider)?) throws -> Stage? {
    guard let stage = try LadderStage(try request.load(), on: model, judge: judge, in: folder)
    else { return nil }
    if let record = try stage.stored() {
      let obstacle = try stage.obstacle(record)
      let found =
        obstacle.map { "its primary probe cannot read this model (\($0))" }
        ?? "its primary probe reads this model"
      return Stage(name: "ladder", words: "stored in \(stage.file.relativePath): \(found)")
    }
    let work = stage.plan.work
    return Stage(
      name: "ladder",
      words: "\(Counted.text(stage.plan.units.reduce(0) { $0 + $1.asks.count }, "answer")), "
        + "\(time(work.seconds(forecast.rates, parallel: 1))); `nosce ladder` asks it alone")
  }

  /// The search for a recipe; nil where none is needed.
  package func calibration(in folder: URL) throws -> Stage? {
    guard try CalibrationStage.isNeeded(request, on: model) else { return nil }
    let stage = try CalibrationStage(request, on: model, in: folder)
    if let record = try stage.stored() {
      let isOwn = try stage.place() == stage.file
      return Stage(
        name: "recipe",
        words: (isOwn ? "stored in \(stage.file.relativePath): " : "ships with Nosce: ")
          + SearchText.sentence(record).trimmingCharacters(in: ["."]))
    }
    let seconds = try stage.mostWork().seconds(forecast.rates, parallel: model.lanes)
    return Stage(
      name: "recipe",
      words: "looked for in at most \(Counted.text(stage.plan.settings.budget, "training")), "
        + "\(time(seconds)) at most; `nosce calibrate` looks for it alone")
  }

  private func time(_ seconds: Double) -> String {
    seconds < 90
      ? "about \(Int(seconds.rounded(.up))) s" : "about \(Int((seconds / 60).rounded(.up))) min"
  }
}

extension CalibrationStage {
  /// What the search comes to where it goes on to the last round and ends there.
  func mostWork() throws -> WorkEstimate {
    var work = WorkEstimate()
    var live = plan.settings.candidates(steps: 0).count
    for steps in plan.settings.steps {
      let candidates = Array(plan.settings.candidates(steps: steps).prefix(live))
      work += try self.work(of: .search(candidates))
      live = (live + 1) / 2
    }
    let last = plan.settings.candidates(steps: plan.settings.steps.last ?? 1)
    if let candidate = last.first {
      // Fewer steps are tried as well, and may not pass the second time.
      if !plan.isOrdered {
        work += try self.work(of: .search([candidate]))
        work += try self.work(of: .confirmation(candidate))
      }
      work += try self.work(of: .confirmation(candidate))
    }
    return work
  }
}
