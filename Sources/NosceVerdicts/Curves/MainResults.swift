import NosceCore
import NosceExperiment
import NosceRuns

/// The results of the main subjects that curves are seen beside.
struct MainResults {
  enum Finding {
    case result(RunSummary.ArmResult, mean: Double)
    /// Why there is none, with the arm as its subject.
    case none(String)
  }

  private let record: RunRecord
  private let arms: ArmResults
  private let measured: MeasuredSubjects

  init(_ record: RunRecord) {
    self.record = record
    arms = ArmResults(record)
    measured = MeasuredSubjects(record)
  }

  private var experiment: Experiment { record.plan.experiment }

  /// The arm that is asked without training.
  var base: Arm? { experiment.arms.first { !$0.isTrained } }

  /// What the untrained arm scored.
  func base(on probe: String) throws -> Finding {
    guard let base else { return .none("the experiment has no untrained arm") }
    return try find(base.name, probe)
  }

  /// What all planned subjects of an arm scored: a mean of some of them would be another number at
  /// the end of the run.
  func find(_ name: String, _ probeName: String) throws -> Finding {
    guard let arm = experiment.arm(name), let probe = experiment.probe(probeName),
      probe.asks(arm: name)
    else { return .none("\(name) is not asked \(probeName)") }
    let planned = record.plan.cells.filter { $0.isMain && $0.arm == name }
    let asked = measured.asked([probeName])
    let missing = planned.count { !measured.have($0, asked) }
    if missing > 0 {
      return .none(
        "\(name) lacks \(missing) of its \(Counted.text(planned.count, "main subject"))")
    }
    guard let result = try arms.result(arm, probe), let mean = result.mean else {
      return .none("\(name) has no answer to \(probeName) that could be scored")
    }
    return .result(result, mean: mean)
  }

  /// The floors of the primary contrast on each of these probes; nil where no contrast is primary.
  func floors(of probes: [String]) throws -> [RunSummary.Curve.Floor]? {
    guard let primary = experiment.contrasts.first(where: { $0.primary }) else { return nil }
    return try probes.flatMap { probe in
      // A floor with a question of its own belongs to the contrast's probe and to no other.
      try primary.floors.filter { $0.probe == nil || probe == primary.probe }.map { floor in
        var line = RunSummary.Curve.Floor(probe: probe, name: floor.name, arm: floor.arm)
        switch try find(floor.arm, floor.probe ?? probe) {
        case .none(let reason): line.leftOut = reason
        case .result(let result, let mean):
          line.mean = mean
          line.interval = result.interval
          (line.seeds, line.kept, line.total) = (result.seeds, result.kept, result.total)
        }
        return line
      }
    }
  }
}
