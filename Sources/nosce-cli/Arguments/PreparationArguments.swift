import ArgumentParser
import Foundation
import NosceApp
import NosceCalibration
import NosceCore
import NoscePorts
import NosceReport
import NosceRuns
import NosceVerdicts

/// Where that is kept which comes before a run: shared by `run` and `fan-out`.
struct PreparationArguments: ParsableArguments {
  @Option(
    help: "Where sealed forecasts are; those of the experiment are copied into its run.",
    completion: .directory)
  var forecasts = "forecasts"

  @Option(help: "Where ladders are kept (see `nosce ladder`).", completion: .directory)
  var ladders = "ladders"

  @Option(help: "Where recipes are kept (see `nosce calibrate`).", completion: .directory)
  var recipes = "recipes"

  @Flag(help: "Train also where the ladder says that the primary probe cannot read the model.")
  var insist = false

  /// What a run begins with.
  struct Ready {
    var request: ExperimentRequest
    var ladder: LadderRecord?
    var search: RecipeRecord?
  }

  /// Ladder, recipe and rows, each found where it is kept or done now. Nil where the run is not to be,
  /// which has been said then, and is kept.
  ///
  /// - Parameters:
  ///   - folder: where runs go.
  ///   - json: whether what stops a run is said as a JSON document.
  func ready(
    _ request: ExperimentRequest, on model: any ModelProvider, judge: (any ModelProvider)?,
    keptIn folder: URL, json: Bool = false
  ) async throws -> Ready? {
    let outcome = try await outcome(
      RunPreparation(
        request, on: model, judge: judge, ladders: URL(fileURLWithPath: ladders),
        recipes: URL(fileURLWithPath: recipes), insists: insist))
    let stopped = try StoppedRuns.keep(outcome, of: request, on: model, in: folder)
    switch outcome {
    case .ready(let request, let ladder, let search):
      return Ready(request: request, ladder: ladder, search: search)
    case .unreadable(let results, let ladder, let reason):
      try say(results, ladder, reason, json: json)
    case .unlearnt(let record, _): try say(record, json: json)
    }
    if let stopped, !json {
      try Console.say("\nreport  \(folder.appending(path: stopped.pageName).relativePath)")
    }
    return nil
  }

  private func outcome(_ preparation: RunPreparation) async throws -> RunPreparation.Preparedness {
    do {
      return try await Console.following { try await preparation.outcome($0) }
    } catch is CancellationError {
      Console.complain("Stopped. What is whole is kept; the same command goes on.")
      throw CancellationError()
    }
  }

  /// That no recipe is learnt honestly, which is a result.
  private func say(_ record: RecipeRecord, json: Bool) throws {
    if json {
      return try Console.write(String(decoding: try record.data(), as: UTF8.self) + "\n")
    }
    try Console.say(SearchText.render(record, width: min(Console.width, 100)))
  }

  private func say(
    _ results: [RunSummary.Ladder], _ ladder: LadderRecord, _ reason: String, json: Bool
  ) throws {
    if json {
      return try Console.say(SummaryJSON.text(results).trimmingCharacters(in: .newlines))
    }
    try Console.say(
      LadderText.render(results, of: ladder) + "\n\n"
        + ColumnText.wrap(
          "NOT TESTABLE: the primary probe cannot read this model (\(reason)). Nothing was "
            + "trained; --insist trains anyway.", min(Console.width, 100)
        ).joined(separator: "\n"))
  }
}
