import NosceCore
import NosceVerdicts

/// A summary's arms and probes in the order in which reports show them.
package struct SummaryIndex {
  /// One probe, as all its arms share it.
  package struct AskedProbe {
    package let name: String
    let kind: ProbeKind
    let isPrimary: Bool
    var isBehaviour: Bool { kind == .behaviour }
  }

  let summary: RunSummary
  /// Behaviour first, then the primary contrast's probe, then the rest as the experiment has them.
  package let probes: [AskedProbe]
  /// The treatment first, then the others as the experiment has them.
  package let armNames: [String]
  let primary: RunSummary.ContrastResult?
  /// The arm that the headline is about.
  let treatment: String?
  private let roles: [String: ArmRole]
  private let makings: [String: String]
  private let cells: [String: [String: RunSummary.ArmResult]]

  package init(_ summary: RunSummary) {
    self.summary = summary
    let primary = summary.contrasts.first { $0.primary } ?? summary.contrasts.first
    let treatment = primary?.treatment ?? summary.arms.first { $0.role == .treatment }?.arm
    var cells: [String: [String: RunSummary.ArmResult]] = [:]
    var roles: [String: ArmRole] = [:]
    var makings: [String: String] = [:]
    var arms: [String] = []
    var probes: [AskedProbe] = []
    for cell in summary.arms {
      if roles[cell.arm] == nil { arms.append(cell.arm) }
      roles[cell.arm] = cell.role
      makings[cell.arm] = cell.making
      if !probes.contains(where: { $0.name == cell.probe }) {
        probes.append(
          AskedProbe(
            name: cell.probe, kind: cell.probeKind, isPrimary: cell.probe == primary?.probe))
      }
      cells[cell.probe, default: [:]][cell.arm] = cell
    }
    self.primary = primary
    self.treatment = treatment
    self.roles = roles
    self.makings = makings
    self.cells = cells
    self.probes =
      probes.filter(\.isBehaviour) + probes.filter { !$0.isBehaviour && $0.isPrimary }
      + probes.filter { !$0.isBehaviour && !$0.isPrimary }
    func rank(_ arm: String) -> Int {
      arm == treatment ? 0 : roles[arm] == .treatment ? 1 : 2
    }
    armNames = (0...2).flatMap { wanted in arms.filter { rank($0) == wanted } }
  }

  package func cell(arm: String, probe: String) -> RunSummary.ArmResult? { cells[probe]?[arm] }

  func role(of arm: String) -> ArmRole { roles[arm] ?? .control }

  /// What an arm is, in a few words.
  func words(of arm: String) -> String { makings[arm] ?? Wording.role(role(of: arm)) }

  /// The arms that were asked this probe, in order.
  func arms(asked probe: String) -> [RunSummary.ArmResult] {
    armNames.compactMap { cells[probe]?[$0] }
  }

  /// The floor that leaves the treatment the least, counted in the claimed direction: the
  /// contrast's, else the highest other mean.
  func hardestFloor(of probe: String) -> RunSummary.ArmResult? {
    let contrast = summary.contrasts.first { $0.probe == probe }
    if let hardest = contrast?.hardestFloor {
      return cell(arm: hardest.arm, probe: hardest.probe ?? probe)
    }
    return arms(asked: probe).filter { $0.arm != treatment && $0.mean != nil }.max {
      ($0.mean ?? -.infinity) < ($1.mean ?? -.infinity)
    }
  }

  /// Every task, in the order of first appearance.
  var tasks: [String] {
    var seen: Set<String> = []
    return summary.arms.flatMap(\.perTask).map(\.task).filter { seen.insert($0).inserted }
  }

  /// What a task is called in this experiment: the name of the only setting that lists the tasks.
  var taskWord: String {
    let all = Set(tasks)
    let matching = summary.experiment.settings.filter { !all.isEmpty && Set($0.value) == all }
    return matching.count == 1 ? matching.keys.first ?? "task" : "task"
  }
}
