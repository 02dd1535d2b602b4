import NosceCore
import NosceExperiment
import NosceFormats
import NoscePorts
import NosceRows

extension Plan: Fingerprinted {
  /// Everything that decides what is measured. What follows from the rest, such as the work and what
  /// a contrast can reach, is left out, and so are the models' descriptions.
  package var fingerprint: JSON {
    .parts([
      ("experiment", experiment.fingerprint), ("options", options.fingerprint),
      ("model", model.fingerprint), ("judge", judge?.fingerprint),
      ("judge-method", judgeMethod.map { JSON.string($0.text) }),
      ("trainer", trainer.map(JSON.string)),
      ("materials", materials?.fingerprint), ("measurements", .list(measurements)),
      ("cells", .list(cells)),
    ])
  }
}

extension Materials.Mark: Fingerprinted {
  package var fingerprint: JSON {
    .parts([("name", .string(name)), ("hash", .string(hash))])
  }
}

extension Plan.Options: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("exploratory", .bool(exploratory)), ("curves", .bool(curves)), ("dose", .bool(dose)),
    ])
  }
}

extension PlannedMeasurement: Fingerprinted {
  package var fingerprint: JSON {
    .parts([("probe", .string(probe)), ("method", .string(method.text))])
  }
}

extension PlannedCell: Fingerprinted {
  package var fingerprint: JSON {
    let kind: JSON =
      switch self.kind {
      case .main: .view("main")
      case .dose(let settings, let isGrid):
        .view("dose", [("settings", .list(settings)), ("grid", .bool(isGrid))])
      }
    return .parts([
      ("id", .string(id)), ("arm", .string(arm)), ("role", .string(role.rawValue)),
      ("task", task.fingerprint), ("seed", .integer(seed)), ("as", kind),
      ("training", training?.fingerprint), ("adapter", adapter?.fingerprint),
      ("context", context?.fingerprint), ("units", .list(units)),
    ])
  }
}

extension PlannedAdapter: Fingerprinted {
  package var fingerprint: JSON {
    .parts([("of", .string(cell)), ("change", change.fingerprint), ("seed", .bits(seed))])
  }
}

extension PlannedContext: Fingerprinted {
  package var fingerprint: JSON {
    .parts([("of", .string(cell)), ("count", .integer(count)), ("rows", .string(rowsHash))])
  }
}

extension PlannedTraining: Fingerprinted {
  /// The rows' own hash stands for them.
  package var fingerprint: JSON {
    .parts([
      ("rows", .string(rowsHash)), ("settings", settings.fingerprint), ("seed", .bits(seed)),
      ("snapshots", .integers(snapshotSteps)),
    ])
  }
}

extension PlannedUnit: Fingerprinted {
  package var fingerprint: JSON {
    .parts([
      ("probe", .string(probe)), ("step", .integer(step)), ("items", .integer(items)),
      ("hash", .string(contentHash)),
    ])
  }
}
