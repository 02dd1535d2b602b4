import NosceCore

/// Reads the `curves` and the `dose` of an experiment file.
struct DoseDecoder {
  let arms: [Arm]
  let armNames: [String]
  let probes: [Probe]
  /// Those of the file, whether or not they are in order.
  let probeNames: [String]

  func settings(_ value: YAMLValue, isGrid: Bool) -> DoseSettings? {
    guard
      let fields = value.fields([
        "arm", "arms", "probes", "every_steps", "rows", "epochs", "steps", "learning_rate", "rank",
        "layers", "seeds",
      ])
    else { return nil }
    let arms = readArms(fields)
    let asked = fields.required("probes")?.references(to: "probe", among: probeNames)
    let settings = DoseSettings(
      arms: arms ?? [], probes: asked ?? [], isGrid: isGrid,
      everySteps: fields["every_steps"]?.int(1...1_000_000),
      rows: values(fields["rows"]) { $0.int(1...100_000) },
      epochs: values(fields["epochs"]) { $0.double(0.01...100_000) },
      steps: values(fields["steps"]) { $0.int(1...10_000_000) },
      learningRates: values(fields["learning_rate"]) { $0.double(1e-12...1) },
      ranks: values(fields["rank"]) { $0.int(1...4096) },
      layers: values(fields["layers"], layers),
      seeds: fields["seeds"]?.int(1...1000))
    if fields["epochs"] != nil {
      fields["steps"]?.report("found beside epochs; allowed: one of the two")
    }
    let varied = ["every_steps", "rows", "epochs", "steps", "learning_rate", "rank", "layers"]
    if !varied.contains(where: { fields[$0] != nil }) {
      value.report("found nothing to vary; allowed: \(varied.joined(separator: ", "))")
    }
    if settings.points.count > 10_000 {
      value.report("found \(settings.points.count) combinations; allowed: at most 10000")
    }
    guard let arms, let asked else { return nil }
    checkProbes(asked, arms, fields["probes"] ?? value)
    return settings
  }

  private func readArms(_ fields: YAMLFields) -> [String]? {
    let trained = armNames.filter { name in
      arms.first { $0.name == name }?.isTrained ?? true
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
      if probe.kind == .outsideReader {
        value.report("found the outside reader '\(name)'; allowed: any other probe")
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

  private func layers(_ range: YAMLValue) -> [Int]? {
    guard let ends = range.list?.compactMap({ $0.int(0...10_000) }) else { return nil }
    guard ends.count == 2, ends[0] <= ends[1] else {
      range.report("found \(ends); allowed: the first and the last layer, such as [0, 1]")
      return nil
    }
    return ends
  }
}
