import ArgumentParser
import Foundation
import NosceApp
import NosceCalibration
import NosceCore
import NosceFiles
import NoscePorts
import NosceRuns
import NosceWriting

/// Prints the plan of an experiment: what would be trained and asked, and how long it takes.
struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the plan of an experiment without running it.")

  @OptionGroup var arguments: ExperimentArguments

  @Flag(
    help: "Print the experiment as one file instead, filled with its materials: a file to change.")
  var source = false

  @Option(
    help: "Where earlier runs are: one of the same questions says how base varies.",
    completion: .directory)
  var runs = "runs"

  @Option(help: "Where ladders are kept.", completion: .directory)
  var ladders = "ladders"

  @Option(help: "Where recipes are kept.", completion: .directory)
  var recipes = "recipes"

  func run() async throws {
    var request = try arguments.request()
    if source { return try Console.write(try request.load().text) }
    try request.materialNote().map(Console.complain)
    let (model, judge) = (try await request.provider(), try await request.judgeProvider())
    if try CalibrationStage.isNeeded(request, on: model) {
      // The plan is the one that would be carried out, or the most that it can come to.
      let stage = try CalibrationStage(request, on: model, in: URL(fileURLWithPath: recipes))
      request.calibrated = try stage.stored().map(\.calibrated) ?? stage.unsearched
    }
    let outline = try RowOutline(request, on: model, judge: judge)
    let (plan, materials) = (outline.plan, outline.materials)
    // Whoever looks at a plan waits for it.
    let forecast =
      plan.refusals.isEmpty
      ? try await plan.forecast(
        on: model, judge: judge, materials: materials, within: .seconds(15))
      : ResourceForecast()
    let spreads = await KnownBase.spreads(for: plan, under: URL(fileURLWithPath: runs))
    try Console.say(
      plan.text(forecast, parallel: model.lanes, width: Console.width, spreads: spreads))
    guard plan.refusals.isEmpty else { return }
    let stages = StageOutline(request, on: model, forecast: forecast)
    let before = [
      try await stages.ladder(in: URL(fileURLWithPath: ladders), judge: judge),
      try await stages.calibration(in: URL(fileURLWithPath: recipes)),
      try await stages.rows(outline),
    ].compactMap(\.self)
    for stage in before {
      try Console.say(Console.shown("Before it, \(stage.name): \(stage.words)."))
      if let details = stage.details { try Console.say("\n\(Console.shown(details))\n") }
    }
    try Console.say(Console.shown(stages.together(before, plan)))
  }
}
