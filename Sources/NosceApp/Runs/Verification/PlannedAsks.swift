import NosceCore
import NosceExperiment
import NosceRows
import NosceRuns

/// The questions of a plan, made again of the experiment and the materials that are here now.
///
/// Plans of earlier schemas have other hashes: whether a question is theirs, each answer says.
final class PlannedAsks {
  private struct Key: Hashable {
    var probe: String
    var task: ExperimentTask
    var seed: Int
  }

  private typealias Made = Result<(asks: [Ask], hash: String), any Error>

  /// Why no question can be made again; nil where they can.
  let problem: String?
  /// Whether the plan's own hashes say which questions are its.
  let hasHashes: Bool
  /// What is other than in the plan, so that a question may be another; nil where nothing is known.
  let change: String?
  private let plan: Plan
  private let builder: AskBuilder?
  private var known: [Key: Made] = [:]

  init(_ run: RunFolder) {
    plan = run.plan
    hasHashes = plan.schema == Plan.currentSchema
    let materials: Materials
    do {
      materials = try MaterialChoice.materials(of: run)
    } catch {
      (builder, change) = (nil, nil)
      problem = "the materials of the plan are not at hand: \(error)"
      return
    }
    let isSame = materials.mark == plan.materials || plan.materials == nil && !hasHashes
    change =
      isSame
      ? nil
      : "the materials '\(materials.name)' are not those of the plan any more "
        + "(\(materials.hash.prefix(12)), and not \(plan.materials?.hash.prefix(12) ?? "any"))"
    // Without hashes of each set of questions, other materials may give the words of another answer.
    let isKnown = isSame || hasHashes
    builder = isKnown ? AskBuilder(experiment: plan.experiment, materials: materials) : nil
    problem = isKnown ? nil : change
  }

  /// What a unit asks and the hash of it; nil where no question can be made again.
  func made(
    _ unit: PlannedUnit, of cell: PlannedCell
  ) throws -> (asks: [Ask], hash: String)? {
    guard let builder else { return nil }
    let key = Key(probe: unit.probe, task: cell.task, seed: cell.seed)
    if let known = known[key] { return try known.get() }
    let made = Made {
      guard let probe = plan.experiment.probe(unit.probe) else {
        throw LabError(.version, "found an unknown probe \(unit.probe)")
      }
      let asks = try builder.asks(of: probe, task: cell.task, seed: cell.seed)
      return (asks, Fingerprint.hash(of: asks))
    }
    known[key] = made
    return try made.get()
  }

  /// What a unit asks, where the plan's hash does not say that it is another.
  func confirmed(_ unit: PlannedUnit, of cell: PlannedCell) -> [Ask]? {
    guard let made = try? made(unit, of: cell), !hasHashes || made.hash == unit.contentHash
    else { return nil }
    return made.asks
  }
}
