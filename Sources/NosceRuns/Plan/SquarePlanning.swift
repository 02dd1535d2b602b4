import Foundation
import NosceCore
import NosceExperiment
import NosceStatistics

extension Experiment {
  /// The families of a square; nil for a claim against floors.
  package func squareDesign(of contrast: Contrast) -> SquareDesign? {
    guard let name = contrast.square, let families = variable(name)?.families else { return nil }
    return SquareDesign(families: families.map(\.count))
  }
}

extension ContrastPlanning {
  /// What a square can reach, or an error where that is too little.
  ///
  /// - Parameter sharing: how many contrasts share the level with it.
  func square(
    _ contrast: Contrast, _ design: SquareDesign, sharing: Int
  ) throws -> PlannedContrast {
    if !options.exploratory {
      do {
        try design.check()
      } catch let error as StatisticsError {
        throw LabError(
          .refusedDesign,
          "\(contrast.name): \(error.description), or an exploratory run, which ends without a verdict"
        )
      }
    }
    let share = contrast.level / Double(max(1, sharing))
    return PlannedContrast(
      name: contrast.name, primary: contrast.primary, level: contrast.level,
      smallestP: min(1, design.smallestReachableP * Double(max(1, sharing))), floors: 0,
      levelOfAbsence: contrast.level,
      canRuleOut: design.smallestReachableP <= contrast.level * (1 + 1e-9),
      deviationsFound: design.deviationsFound(level: share))
  }
}

extension Plan {
  /// A square in words: what is trained and asked, and what its test can reach.
  func describe(
    _ contrast: Contrast, of design: SquareDesign, _ planned: PlannedContrast
  ) -> String {
    let sizes = design.families.map(String.init).joined(separator: ", ")
    let subjects = cells.count { $0.isMain && $0.arm == contrast.treatment }
    var text =
      "\(contrast.name)\(contrast.primary ? " (primary)" : ""): a square of \(contrast.square ?? ""), "
      + "each \(experiment.arm(contrast.treatment)?.adapter == nil ? "trained in" : "a subject of") "
      + "\(contrast.treatment) and each asked for in its family on \(contrast.probe); "
      + "\(Counted.text(design.families.count, "family", "families")) of \(sizes) names, "
      + "\(Counted.text(subjects, "subject")), \(Self.words(design)); "
      + "smallest effect \(contrast.smallestEffect) nats, level \(contrast.level), "
      + String(format: "smallest p %.2g", planned.smallestP)
    if !contrast.primary { text += " after the adjustment" }
    if !planned.isReachable { text += ", out of reach with so few names" }
    if let deviations = planned.deviationsFound, planned.isReachable {
      text += String(
        format: "; finds %.2g sd of a name's value in a subject in 0.8 of cases", deviations)
    }
    return text
  }

  private static func words(_ design: SquareDesign) -> String {
    design.isEnumerated
      ? "\(Int(design.arrangements)) arrangements"
      : "\(SquareDesign.drawCount) drawn arrangements"
  }
}
