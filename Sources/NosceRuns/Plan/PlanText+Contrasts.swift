import Foundation
import NosceCore
import NosceExperiment

/// How much the untrained model varies from host to host on each probe, from a run of the same
/// questions to the same model.
package struct BaseSpreads: Sendable, Hashable {
  /// The standard deviation over hosts, by probe, in the probe's own unit.
  package var byProbe: [String: Double]
  /// The run that they were read from.
  package var source: String

  package init(byProbe: [String: Double] = [:], source: String = "") {
    self.byProbe = byProbe
    self.source = source
  }
}

extension Plan {
  /// A contrast in words: what is claimed, and what its test can reach.
  func describe(
    _ contrast: Contrast, _ planned: PlannedContrast, _ spreads: BaseSpreads
  ) -> String {
    if let design = experiment.squareDesign(of: contrast) {
      return describe(contrast, of: design, planned)
    }
    let floors = contrast.floors.map { floor in
      FloorKind(contrast, floor, in: experiment).binds
        ? floor.name : "(\(floor.name), shown beside)"
    }
    let sign = contrast.direction == .greater ? ">" : "<"
    var text =
      "\(contrast.name)\(contrast.primary ? " (primary)" : ""): \(contrast.treatment) \(sign) "
      + "\(floors.joined(separator: ", ")) on \(contrast.probe); smallest effect "
      + "\(contrast.smallestEffect), level \(contrast.level), smallest p "
      + String(format: "%.4f", planned.smallestP)
    if !contrast.primary { text += " after the adjustment" }
    if !planned.isReachable { text += ", out of reach with so few seeds" }
    if let deviations = planned.deviationsFound, planned.isReachable {
      text += "; finds \(found(deviations, contrast, spreads)) in 0.8 of cases"
    }
    if let level = planned.levelOfAbsence, let can = planned.canRuleOut {
      text +=
        can
        ? "; not supported by one floor at \(Self.short(level))"
        : "; can never be not supported: one floor at \(Self.short(level)) is out of reach"
    }
    return text
  }

  /// The effect in the probe's unit where base's spread is known, and in deviations otherwise.
  private func found(
    _ deviations: Double, _ contrast: Contrast, _ spreads: BaseSpreads
  ) -> String {
    let inDeviations = "\(Self.short(deviations)) sd of a block's difference"
    guard let spread = spreads.byProbe[contrast.probe], spread > 0 else { return inDeviations }
    // Two arms that each scatter as base does.
    let effect = deviations * spread * 2.0.squareRoot()
    return "\(Self.short(effect)) (\(inDeviations); base's spread in \(spreads.source))"
  }

  private static func short(_ value: Double) -> String { String(format: "%.3g", value) }
}
