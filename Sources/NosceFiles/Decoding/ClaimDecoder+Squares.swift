import NosceCore
import NosceExperiment
import NosceKeys

extension ClaimDecoder {
  /// A contrast in which what is trained and what is asked for are the values of one variable.
  func square(_ name: String, _ value: YAMLValue, _ fields: YAMLFields) -> Contrast? {
    for key in KeyTable.keysOfFloors {
      fields[key]?.report("found in a square, which has no such setting")
    }
    let families = variables.filter { $0.families != nil }.map(\.name)
    let variable = value.reference(to: "variable with families", among: families)
    let probe = fields.required("probe")?.reference(to: "probe", among: probeNames)
    let treatment = fields.required("treatment")?.reference(to: "arm", among: trained)
    let smallest = fields.double("smallest_effect")
    let level = fields.double("level")
    let primary = fields.bool("primary")
    let specificity = fields.bool("specificity")
    guard let variable, let probe, let treatment, let smallest, let level, let primary,
      let specificity
    else { return nil }
    if specificity, primary {
      fields["specificity"]?.report("found true; allowed: in a contrast that is not primary")
    }
    if smallest < SquareCheck.leastSmallestEffect {
      fields["smallest_effect"]?.report(
        "found \(FileValues.text(of: smallest)); allowed in a square: "
          + "\(FileValues.text(of: SquareCheck.leastSmallestEffect)) nats or more")
    }
    if let asked = probes.first(where: { $0.name == probe }) {
      if !asked.asks(arm: treatment) {
        fields["probe"]?.report("found '\(probe)', which arm '\(treatment)' is not asked")
      }
      if !Self.isSquare(asked, of: variable) {
        fields["probe"]?.report(
          "found '\(probe)'; allowed in a square: a forced choice with family: \(variable) and "
            + "minus_base: true")
      }
    }
    return Contrast(
      name: name, primary: primary, probe: probe, treatment: treatment, floors: [],
      square: variable, smallestEffect: smallest, level: level, specificity: specificity)
  }

  /// Whether a probe asks for all names of a subject's family, and knows what base says.
  private static func isSquare(_ probe: Probe, of variable: String) -> Bool {
    guard let choices = probe.choices, choices.minusBase,
      case .family(variable, _) = choices.candidates
    else { return false }
    return true
  }
}
