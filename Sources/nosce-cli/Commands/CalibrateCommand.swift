import ArgumentParser
import Foundation
import NosceApp
import NosceCalibration
import NosceCore
import NosceReport
import NosceRuns

/// Looks for the least training by which a model learns the behaviour of an experiment honestly.
struct CalibrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Find the least training by which a model learns the behaviour honestly.",
    discussion: """
      Rates, steps and numbers of rows are searched by successive halving, on values and seeds that no \
      run uses. The search sees the gates (learnt, new, on topic, language spared) and nothing that a \
      claim is about. It is carried out once for a model, materials and gates, and kept; `nosce run` \
      looks for a recipe by itself where an experiment has none for its model, and --recipe gives one \
      by hand.
      """)

  @OptionGroup var arguments: ExperimentArguments

  @Option(help: "Where recipes are kept.", completion: .directory)
  var recipes = "recipes"

  @Flag(help: "Print one JSON document instead.")
  var json = false

  func run() async throws {
    if arguments.recipe != nil {
      throw ValidationError("--recipe gives a recipe by hand; calibrate looks for one.")
    }
    let request = try arguments.request()
    let model = try await request.provider()
    let stage = try CalibrationStage(request, on: model, in: URL(fileURLWithPath: recipes))
    let record = try await Interruption.cleanly { try await Self.obtain(stage) }
    if json {
      return try Console.write(String(decoding: try record.data(), as: UTF8.self) + "\n")
    }
    let isOwn = try stage.place() == stage.file
    try Console.say(
      SearchText.render(record, width: min(Console.width, 100)) + "\n\n"
        + (isOwn ? "kept in \(stage.file.relativePath)" : "It ships with Nosce."))
  }

  static func obtain(_ stage: CalibrationStage) async throws -> RecipeRecord {
    do {
      return try await Console.following { try await stage.obtain($0) }
    } catch is CancellationError {
      Console.complain("Stopped. What was trained is kept; the same command goes on.")
      throw CancellationError()
    }
  }
}
