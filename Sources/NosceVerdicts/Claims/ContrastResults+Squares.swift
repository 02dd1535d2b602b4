import NosceCore
import NosceExperiment
import NosceRuns
import NosceStatistics

extension ContrastResults {
  /// A contrast in which the subjects of one arm are each other's comparison.
  ///
  /// - Parameter judged: with the reason, where gates failed or subjects are missing.
  func square(
    _ contrast: Contrast, of variable: Variable, _ judged: Evaluated
  ) throws -> Evaluated {
    var judged = judged
    if judged.result.verdict == .incomplete { return judged }
    let cells: SquareCells
    do {
      cells = try SquareCells(contrast, of: variable, record: record)
    } catch {
      judged.reason = judged.reason ?? error.reason
      return judged
    }
    let experiment = record.plan.experiment
    let result = try SquareTest(
      families: cells.families, level: contrast.level, seed: experiment.seed
    ).evaluate()
    judged.oppositeP = result.oppositeP
    judged.result.estimate = result.estimate
    judged.result.interval = OpenInterval(
      lower: result.lower, upper: result.upper, level: result.intervalLevel)
    judged.result.p = result.p
    judged.result.smallestP = min(
      1, result.smallestReachableP * Double(weight(of: contrast)))
    judged.result.seeds = result.subjects
    judged.result.square = RunSummary.Square(
      variable: variable.name,
      families: zip(cells.names, result.families).map { names, family in
        RunSummary.Square.Family(names: names, values: family.values, effect: family.effect)
      },
      replicates: result.families.map(\.replicates).max() ?? 0, test: result.summary)
    if judged.reason != nil { return judged }
    judged.result.verdict =
      record.plan.options.exploratory
      ? .exploratory
      : result.verdict(level: contrast.level, smallestEffect: contrast.smallestEffect)
    return judged
  }
}
