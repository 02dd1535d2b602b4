import Foundation
import NosceCalibration
import NosceCore
import NosceFiles
import NoscePorts
import NosceRuns
import NosceVerdicts

/// What comes before a run: the ladder, the search for a recipe, and the rows that the model writes
/// itself, each found where it is kept or done now.
package struct RunPreparation: Sendable {
  /// What a run can begin with, or why there is to be none, which is a result.
  package enum Preparedness: Sendable {
    case ready(ExperimentRequest, ladder: LadderRecord?, search: RecipeRecord?)
    /// The primary probe cannot read the model.
    case unreadable([RunSummary.Ladder], LadderRecord, reason: String)
    /// No recipe is learnt honestly; what the ladder said before, where there is one.
    case unlearnt(RecipeRecord, ladder: [RunSummary.Ladder]?)
  }

  package var request: ExperimentRequest
  package var model: any ModelProvider
  package var judge: (any ModelProvider)?
  /// Where ladders are kept, and where recipes are.
  package var ladders: URL
  package var recipes: URL
  /// Whether the run goes on where the ladder says that it cannot.
  package var insists: Bool

  package init(
    _ request: ExperimentRequest, on model: any ModelProvider, judge: (any ModelProvider)?,
    ladders: URL, recipes: URL, insists: Bool = false
  ) {
    self.request = request
    self.model = model
    self.judge = judge
    self.ladders = ladders
    self.recipes = recipes
    self.insists = insists
  }

  package func outcome(_ events: @escaping AppEvents) async throws -> Preparedness {
    var request = request
    var ladder: LadderRecord?
    var rungs: [RunSummary.Ladder]?
    let outline = try RowOutline(request, on: model, judge: judge)
    try model.checkFits(outline.plan.longestQuestions(materials: outline.materials))
    if let stage = try LadderStage(try request.load(), on: model, judge: judge, in: ladders) {
      // What cannot be planned is refused before the ladder takes its minutes.
      try outline.plan.checkMeasurable()
      let asked = try await stage.obtain(events)
      if !insists, let reason = try stage.obstacle(asked) {
        return .unreadable(try stage.results(asked), asked, reason: reason)
      }
      ladder = asked
      rungs = try stage.results(asked)
    }
    var search: RecipeRecord?
    if try CalibrationStage.isNeeded(request, on: model) {
      let record = try await CalibrationStage(request, on: model, in: recipes).obtain(events)
      guard let found = record.calibrated else {
        return .unlearnt(record, ladder: rungs)
      }
      events(.message(SearchText.sentence(record)))
      request.calibrated = found
      search = record
    }
    if try RowOutline.isNeeded(request) {
      try await RowOutline(request, on: model, judge: judge).write(events)
    }
    return .ready(request, ladder: ladder, search: search)
  }
}
