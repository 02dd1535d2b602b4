import NosceCore
import NosceExperiment
import NosceKeys

/// Reads the `curves` and the `dose` of an experiment file.
struct DoseDecoder {
  let arms: [Arm]
  let armNames: [String]
  let probes: [Probe]
  /// Those of the file, whether or not they are in order.
  let probeNames: [String]

  func settings(_ value: YAMLValue, isGrid: Bool) -> DoseSettings? {
    guard let fields = value.fields(.dose) else { return nil }
    func whole(_ key: String) -> [Int] {
      let range = fields.wholeRange(key)
      return values(fields[key]) { $0.int(range) }
    }
    func numbers(_ key: String) -> [Double] {
      let range = fields.numberRange(key)
      return values(fields[key]) { $0.double(range) }
    }
    let arms = readArms(fields)
    let asked = fields.required("probes")?.references(to: "probe", among: probeNames)
    let settings = DoseSettings(
      arms: arms ?? [], probes: asked ?? [], isGrid: isGrid,
      everySteps: fields.int("every_steps"),
      rows: whole("rows"), epochs: numbers("epochs"), steps: whole("steps"),
      times: numbers("times"), learningRates: numbers("learning_rate"), ranks: whole("rank"),
      layers: values(fields["layers"]) { layers($0, within: fields.wholeRange("layers")) },
      scales: numbers("scales"), seeds: fields.int("seeds"), tasks: fields.int("tasks"))
    if fields["epochs"] != nil {
      fields["steps"]?.report("found beside epochs; allowed: one of the two")
    }
    if isGrid, fields["epochs"] != nil || fields["steps"] != nil {
      fields["times"]?.report("found beside steps or epochs; allowed: one of the three")
    }
    if isGrid {
      fields["scales"]?.report("found in dose; allowed: in curves, one setting at a time")
    }
    let varied = KeyTable.varied
    if !varied.contains(where: { fields[$0] != nil }) {
      value.report("found nothing to vary; allowed: \(varied.joined(separator: ", "))")
    }
    if settings.points.count > KeyTable.mostCombinations {
      value.report(
        "found \(settings.points.count) combinations; allowed: at most \(KeyTable.mostCombinations)"
      )
    }
    guard let arms, let asked else { return nil }
    checkProbes(asked, arms, fields["probes"] ?? value)
    return settings
  }

  private func readArms(_ fields: YAMLFields) -> [String]? {
    let trained = armNames.filter { name in
      arms.first { $0.name == name }?.hasTraining ?? true
    }
    if let one = fields["arm"], let several = fields["arms"] {
      several.report("found beside arm; allowed: one of the two")
      return one.references(to: "arm", among: trained)
    }
    return (fields["arms"] ?? fields.required("arm"))?.references(to: "arm", among: trained)
  }

  private func checkProbes(_ asked: [String], _ arms: [String], _ value: YAMLValue) {
    for name in asked {
      guard let probe = probes.first(where: { $0.name == name }) else { continue }
      if probe.kind == .difference {
        value.report("found the difference '\(probe.name)'; allowed: probes that are asked")
      }
      if probe.source != nil {
        value.report(
          "found '\(name)', which looks at the answers to another probe; allowed: probes that are asked"
        )
      }
      for arm in arms where !probe.asks(arm: arm) {
        value.report("found '\(name)', which arm '\(arm)' is not asked")
      }
    }
  }

  /// A list of values, each once, or one of them alone.
  private func values<Value: Hashable>(
    _ value: YAMLValue?, _ read: (YAMLValue) -> Value?
  ) -> [Value] {
    guard let value else { return [] }
    let list = value.isScalar ? [value] : value.list ?? []
    if !value.isScalar, value.isSequence, list.isEmpty {
      value.report("found an empty list; allowed: at least one value")
    }
    let values = list.compactMap(read)
    if Set(values).count < values.count {
      value.report("found a value twice; allowed: each value once")
    }
    return values
  }

  private func layers(_ range: YAMLValue, within bounds: ClosedRange<Int>) -> [Int]? {
    guard let ends = range.list?.compactMap({ $0.int(bounds) }) else { return nil }
    guard ends.count == 2, ends[0] <= ends[1] else {
      range.report("found \(ends); allowed: the first and the last layer, such as [0, 1]")
      return nil
    }
    return ends
  }
}
