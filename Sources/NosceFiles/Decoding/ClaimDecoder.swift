import NosceCore
import NosceExperiment
import NosceKeys

/// Reads the `gates` and `contrasts` of an experiment file.
struct ClaimDecoder {
  let arms: [Arm]
  let armNames: [String]
  let probes: [Probe]
  /// Those of the file, whether or not they are in order.
  let probeNames: [String]
  let scope: [String]
  let variables: [Variable]

  var trained: [String] {
    armNames.filter { name in arms.first { $0.name == name }?.isTrained ?? true }
  }

  /// Those that are trained themselves: what a gate is about where it names no arms.
  private var withTraining: [String] {
    armNames.filter { name in arms.first { $0.name == name }?.hasTraining ?? true }
  }

  func gates(_ value: YAMLValue) -> [Gate] {
    (value.entries ?? []).compactMap(gate)
  }

  private func gate(_ name: String, _ value: YAMLValue) -> Gate? {
    guard let fields = value.fields(.gate), let kind = fields.choice("kind", Gate.Kind.self)
    else { return nil }
    var gate = Gate(name: name, kind: kind, arms: withTraining)
    let isOfAnswers = ![.adapterLive, .leakage, .templates, .novel].contains(kind)
    let allowedArms = isOfAnswers ? armNames : trained
    if kind == .room { gate.arms = armNames.filter { !trained.contains($0) } }
    if let arms = fields["arms"] {
      gate.arms = arms.references(to: "arm", among: allowedArms) ?? []
    }
    let sampled = probes.filter(\.kind.isSampled).map(\.name)
    switch kind {
    case .behaviour, .novel, .differential, .room:
      let probe = fields.required("probe")?.reference(to: "probe", among: probeNames)
      gate.probes = probe.map { [$0] } ?? []
      gate.atLeast = fields.double("at_least", with: kind.rawValue)
      if kind == .differential {
        gate.against = fields.required("against")?.reference(to: "arm", among: armNames)
      }
    case .coherent:
      let listed = fields["probes"]?.references(to: "sampled probe", among: sampled)
      gate.probes = listed ?? sampled
      gate.atLeast = fields.double("at_least", with: kind.rawValue)
    case .adapterLive:
      gate.atLeast = fields.double("at_least", with: kind.rawValue)
    case .leakage:
      gate.words = fields["words"]?.list?.compactMap { $0.template(scope) } ?? []
      // Left out where it is as usual, so that older plans are the same.
      gate.mayNameAnswers = fields.bool("may_name_answers") == true ? true : nil
    case .templates:
      break
    }
    for key in KeyTable.gate.names(foreignTo: kind.rawValue) {
      fields[key]?.report("found in a gate of kind \(kind.rawValue), which has no such setting")
    }
    for (arm, reason) in fields["exempt"]?.entries ?? [] {
      if !gate.arms.contains(arm) {
        reason.report("found '\(arm)'; allowed: \(gate.arms.joined(separator: ", "))")
      } else if let text = reason.nonEmptyString {
        gate.exemptions[arm] = text
      }
    }
    return gate
  }

  func contrasts(_ value: YAMLValue) -> [Contrast] {
    guard let entries = value.entries else { return [] }
    let contrasts = entries.compactMap(contrast)
    let primary = contrasts.filter(\.primary).count
    if contrasts.count == entries.count, primary != 1 {
      value.report("found \(primary) contrasts with primary: true; allowed: exactly one")
    }
    let treatment = contrasts.first(where: \.primary)?.treatment
    for contrast in contrasts where contrast.specificity && contrast.treatment != treatment {
      value.report(
        "found \(contrast.name) with specificity: true, of \(contrast.treatment); allowed: of the "
          + "treatment of the primary contrast\(treatment.map { ", \($0)" } ?? "")")
    }
    return contrasts
  }

  private func contrast(_ name: String, _ value: YAMLValue) -> Contrast? {
    guard let fields = value.fields(.contrast) else { return nil }
    if let square = fields["square"] { return self.square(name, square, fields) }
    let probe = fields.required("probe")?.reference(to: "probe", among: probeNames)
    let treatment = fields.required("treatment")?.reference(to: "arm", among: trained)
    let floors = fields.required("floors")?.list
    let smallest = fields.double("smallest_effect")
    let direction = fields.choice("direction", Direction.self)
    let level = fields.double("level")
    let primary = fields.bool("primary")
    let specificity = fields.bool("specificity")
    guard let probe, let treatment, let floors, let smallest, let direction,
      let level, let primary, let specificity
    else { return nil }
    if floors.isEmpty { fields["floors"]?.report("found an empty list; allowed: at least one arm") }
    if let asked = probes.first(where: { $0.name == probe }), !asked.asks(arm: treatment) {
      fields["probe"]?.report("found '\(probe)', which arm '\(treatment)' is not asked")
    }
    let decoded = floors.compactMap { floor($0, probe: probe, treatment: treatment) }
    if specificity, primary || decoded.contains(where: { $0.arm != treatment }) {
      fields["specificity"]?.report(
        "found true; allowed: in a contrast that is not primary, whose floors are its treatment on "
          + "another probe")
    }
    return Contrast(
      name: name, primary: primary, probe: probe, treatment: treatment, floors: decoded,
      direction: direction, smallestEffect: smallest, level: level, specificity: specificity)
  }

  private func floor(_ value: YAMLValue, probe: String, treatment: String) -> Contrast.Floor? {
    var floor: Contrast.Floor
    if value.isMapping {
      guard let fields = value.fields(.floor),
        let arm = fields.required("arm")?.reference(to: "arm", among: armNames)
      else { return nil }
      floor = Contrast.Floor(
        arm,
        probe: fields["probe"]?.reference(to: "probe", among: probeNames))
    } else {
      guard let arm = value.reference(to: "arm", among: armNames) else { return nil }
      floor = Contrast.Floor(arm)
    }
    let asked = floor.probe ?? probe
    if floor.arm == treatment, asked == probe {
      value.report("found the treatment itself; allowed: another arm, or another probe of it")
    }
    if let known = probes.first(where: { $0.name == asked }), !known.asks(arm: floor.arm) {
      value.report("found '\(floor.arm)', which is not asked the probe '\(asked)'")
    }
    return floor
  }
}
