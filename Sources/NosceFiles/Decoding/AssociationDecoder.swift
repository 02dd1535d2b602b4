import NosceExperiment
import NosceKeys

/// Reads the `associations` of an experiment file.
struct AssociationDecoder {
  let arms: [Arm]
  let armNames: [String]
  let probes: [Probe]
  /// Those of the file, whether or not they are in order.
  let probeNames: [String]

  func associations(_ value: YAMLValue) -> [Association] {
    (value.entries ?? []).compactMap(association)
  }

  private func association(_ name: String, _ value: YAMLValue) -> Association? {
    guard let fields = value.fields(.association) else { return nil }
    let trained = armNames.filter { name in arms.first { $0.name == name }?.isTrained ?? true }
    let named = fields.required("arms")?.references(to: "arm", among: trained)
    guard let of = fields.required("of"),
      let asked = of.references(to: "probe", among: probeNames)
    else { return nil }
    guard asked.count == 2, asked[0] != asked[1] else {
      of.report("found \(asked.count) probes; allowed: two different ones")
      return nil
    }
    guard let named else { return nil }
    if Set(named).count < named.count {
      fields["arms"]?.report("found an arm twice; allowed: each arm once")
    }
    for probe in probes where asked.contains(probe.name) {
      for arm in named where !probe.asks(arm: arm) {
        of.report("found '\(probe.name)', which arm '\(arm)' is not asked")
      }
    }
    return Association(name: name, arms: named, probe: asked[0], otherProbe: asked[1])
  }
}
