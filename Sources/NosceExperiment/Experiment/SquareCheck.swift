import NosceCore

/// Checks that the parts of a square belong together: a variable with families, and a probe that asks
/// each subject for every name of its own.
package enum SquareCheck {
  /// In nats: what is less than this is not worth a claim.
  package static let leastSmallestEffect = 0.5

  /// - Parameter variable: the name of the variable that the contrast is a square of.
  package static func check(
    _ contrast: Contrast, of variable: String, in experiment: Experiment
  ) throws {
    func refuse(_ found: String, _ allowed: String) -> LabError {
      LabError(
        .invalidExperiment, "\(contrast.name): found \(found); allowed in a square: \(allowed)")
    }
    guard experiment.variable(variable)?.families != nil else {
      let named = experiment.variables.filter { $0.families != nil }.map(\.name)
      throw refuse(
        "the variable '\(variable)'",
        "one with families\(named.isEmpty ? "" : ", \(named.joined(separator: ", "))")")
    }
    guard contrast.floors.isEmpty else {
      throw refuse("floors", "none; the others of a family are what a subject is compared with")
    }
    guard contrast.direction == .greater else {
      throw refuse("the direction \(contrast.direction.rawValue)", "greater")
    }
    guard contrast.smallestEffect >= leastSmallestEffect else {
      throw refuse(
        "the smallest effect \(contrast.smallestEffect)", "\(leastSmallestEffect) nats or more")
    }
    guard let choices = experiment.probe(contrast.probe)?.choices,
      case .family(variable, _) = choices.candidates, choices.minusBase
    else {
      throw refuse(
        "the probe '\(contrast.probe)'",
        "a forced choice among `family: \(variable)` with `minus_base: true`")
    }
    guard experiment.arm(contrast.treatment)?.isTrained == true else {
      throw refuse("the treatment '\(contrast.treatment)'", "an arm that is trained")
    }
  }
}
