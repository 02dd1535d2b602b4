import NosceExperiment
import NosceRuns

/// Finds the planned subjects that a contrast rests on and the run does not have.
struct MissingSubjects {
  /// How many are named.
  private static let named = 3

  private let record: RunRecord
  private let measured: MeasuredSubjects
  private let errors: [String: String]

  init(_ record: RunRecord) {
    self.record = record
    measured = MeasuredSubjects(record)
    errors = Dictionary(
      record.failures.map { ($0.cell, $0.error) }, uniquingKeysWith: { first, _ in first })
  }

  /// What is missing, in words; nil where everything is there.
  func of(_ contrast: Contrast) -> String? {
    let arms = Set([contrast.treatment] + contrast.floors.map(\.arm))
    let probes = probes(of: contrast, arms)
    let planned = record.plan.cells.filter { $0.isMain && arms.contains($0.arm) }
    let missing = planned.filter { !measured.have($0, probes) }
    if missing.isEmpty { return nil }
    let list = missing.prefix(Self.named).map { cell in
      cell.id + (errors[cell.id].map { " (\($0))" } ?? "")
    }
    let more = missing.count > Self.named ? " and \(missing.count - Self.named) more" : ""
    return
      "\(missing.count) of \(planned.count) planned subjects are missing or not asked to the end: "
      + list.joined(separator: ", ") + more
  }

  /// The contrast's own probes, what they are computed from, and those of the gates of its arms.
  private func probes(of contrast: Contrast, _ arms: Set<String>) -> Set<String> {
    let experiment = record.plan.experiment
    let named =
      [contrast.probe] + contrast.floors.compactMap(\.probe)
      + experiment.gates.filter { !arms.isDisjoint(with: $0.arms) }.flatMap(\.probes)
    return measured.asked(named)
  }
}
