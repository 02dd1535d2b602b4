import NosceCore
import NosceExperiment
import NosceStatistics

/// What each contrast of an experiment can reach with its seeds, before anything is spent.
package struct ContrastPlanning {
  /// The fewest seeds with which a verdict is given: with 4 no test of blocks reaches 0.05.
  package static let fewestSeeds = 5

  let experiment: Experiment
  let options: Plan.Options

  /// Refuses a primary contrast that cannot reach its level, and seeds too few for any verdict.
  func contrasts() throws -> [PlannedContrast] {
    let seeds = experiment.seeds
    let trained = experiment.arms.contains(where: \.isTrained)
    // Of a square the names are the unit. Other contrasts beside it that have too few seeds end
    // without a verdict by themselves.
    let isSquare = experiment.contrasts.contains { $0.primary && $0.square != nil }
    if trained, !isSquare, seeds < Self.fewestSeeds, !options.exploratory {
      throw LabError(
        .refusedDesign,
        "seeds: found \(seeds); allowed: \(Self.fewestSeeds) or more, or an exploratory run, which "
          + "ends without a verdict")
    }
    let smallest = SignFlips.smallestP(blocks: seeds)
    let secondary = experiment.contrasts.count { !$0.primary }
    return try experiment.contrasts.map { contrast in
      if let design = experiment.squareDesign(of: contrast) {
        return try square(contrast, design, sharing: contrast.primary ? 1 : secondary)
      }
      let planned = try plan(
        contrast, smallestP: contrast.primary ? smallest : min(1, smallest * Double(secondary)),
        level: contrast.primary ? contrast.level : contrast.level / Double(max(1, secondary)))
      if contrast.primary, !planned.isReachable, !options.exploratory {
        throw LabError(
          .refusedDesign,
          "\(contrast.name): with \(Counted.text(seeds, "seed")) no p-value below "
            + "\(planned.smallestP) can be reached; the level is \(contrast.level). Allowed: more "
            + "seeds, or an exploratory run")
      }
      return planned
    }
  }

  /// - Parameters:
  ///   - smallestP: that the blocks can give, adjusted where the contrast is secondary.
  ///   - level: that p must reach before any adjustment, in the hardest case.
  private func plan(
    _ contrast: Contrast, smallestP: Double, level: Double
  ) throws -> PlannedContrast {
    let floors = experiment.bindingFloors(of: contrast).count
    let share = ClaimTest.levelOfAbsence(contrast.level, floors: floors)
    return PlannedContrast(
      name: contrast.name, primary: contrast.primary, level: contrast.level, smallestP: smallestP,
      floors: floors, levelOfAbsence: share,
      canRuleOut: SignFlips.smallestP(blocks: experiment.seeds) <= share * (1 + 1e-9),
      deviationsFound: try SmallestEffectFound.deviations(
        blocks: experiment.seeds, floors: floors, level: level))
  }
}
