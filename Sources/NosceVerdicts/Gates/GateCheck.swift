import Foundation
import NosceCore
import NosceExperiment
import NosceRows
import NosceRuns
import NosceStatistics

/// Finds out whether the gates of an experiment hold, arm by arm.
package struct GateCheck: Sendable {
  package var record: RunRecord
  private let scores: ScoreTable
  private let standing: RunStanding
  private let measured: MeasuredSubjects

  package init(_ record: RunRecord) {
    self.record = record
    scores = ScoreTable(record)
    standing = record.standing
    measured = MeasuredSubjects(record)
  }

  /// One result for each gate and arm, in the order of the experiment.
  package func results() throws -> [RunSummary.GateResult] {
    try record.plan.experiment.gates.flatMap { gate in
      try gate.arms.map { arm in
        var result = try notYet(gate, arm) ?? check(gate, arm)
        result.exemption = gate.exemptions[arm]
        return result
      }
    }
  }

  /// The result of a gate that rests on subjects which have not been run; nil where all were.
  private func notYet(_ gate: Gate, _ arm: String) -> RunSummary.GateResult? {
    let probes: [String]
    switch gate.kind {
    // The rows are in the plan.
    case .leakage: return nil
    case .adapterLive: probes = []
    case .behaviour, .coherent, .novel, .room, .differential: probes = gate.probes
    case .templates:
      probes = record.plan.experiment.probes.filter { $0.kind == .behaviour }.map(\.name)
    }
    let asked = measured.asked(probes)
    let cells = cells(of: arm) + (gate.against.map(cells(of:)) ?? [])
    let missing = cells.filter {
      standing.state(of: $0.id) == .notYet && !measured.have($0, asked)
    }
    if missing.isEmpty { return nil }
    return RunSummary.GateResult(
      name: gate.name, arm: arm, passed: nil, value: nil, threshold: gate.atLeast,
      detail: "\(cells.count - missing.count) of \(cells.count) subjects were run so far")
  }

  private func check(_ gate: Gate, _ arm: String) throws -> RunSummary.GateResult {
    switch gate.kind {
    case .adapterLive: adapterLive(gate, arm)
    case .behaviour: try behaviour(gate, arm)
    case .coherent: coherent(gate, arm)
    case .novel: novel(gate, arm)
    case .differential: try differential(gate, arm)
    case .room: try room(gate, arm)
    case .leakage: try leakage(gate, arm)
    case .templates: templates(gate, arm)
    }
  }

  private func cells(of arm: String) -> [PlannedCell] {
    record.plan.cells.filter { $0.isMain && $0.arm == arm }
  }

  private func adapterLive(_ gate: Gate, _ arm: String) -> RunSummary.GateResult {
    let ids = Set(cells(of: arm).map(\.id))
    let changes = record.training.filter { ids.contains($0.cell) }.map(\.largestLogitChange)
    let measured = changes.compactMap(\.self)
    let smallest = measured.min()
    let isComplete = measured.count == ids.count
    return RunSummary.GateResult(
      name: gate.name, arm: arm,
      passed: isComplete && (smallest ?? -1) >= (gate.atLeast ?? 0), value: smallest,
      threshold: gate.atLeast,
      detail: isComplete
        ? "smallest change of the most changed logit over \(Counted.text(ids.count, "subject"))"
        : "of \(Counted.text(ids.count, "subject")) \(measured.count) are trained and their "
          + "change is measured"
    )
  }

  private func behaviour(_ gate: Gate, _ arm: String) throws -> RunSummary.GateResult {
    let probe = gate.probes.first ?? ""
    let entries = scores.entries(arm: arm, probe: probe)
    let mean = try mean(arm, probe)
    let kept = entries.reduce(0) { $0 + $1.kept }
    let total = entries.reduce(0) { $0 + $1.planned }
    let passed = mean.map { $0 >= (gate.atLeast ?? 0) } ?? false
    return RunSummary.GateResult(
      name: gate.name, arm: arm, passed: passed, value: mean, threshold: gate.atLeast,
      detail: "mean on \(probe), \(kept) of \(Counted.text(total, "answer")) kept"
        + lowest(arm, probe, passed))
  }

  /// The mean over seeds of the mean over tasks.
  private func mean(_ arm: String, _ probe: String) throws -> Double? {
    let seeds = try scores.table(arm: arm, probe: probe)?.table.perSeed.compactMap(\.self) ?? []
    return seeds.isEmpty ? nil : seeds.reduce(0, +) / Double(seeds.count)
  }

  /// What is learnt beside what any training does.
  private func differential(_ gate: Gate, _ arm: String) throws -> RunSummary.GateResult {
    let probe = gate.probes.first ?? ""
    let (own, other) = (try mean(arm, probe), try gate.against.flatMap { try mean($0, probe) })
    let value = own.flatMap { own in other.map { own - $0 } }
    func text(_ mean: Double?) -> String { mean.map { SentenceNumber.text($0) } ?? "no score" }
    let passed = value.map { $0 >= (gate.atLeast ?? 0) } ?? false
    return RunSummary.GateResult(
      name: gate.name, arm: arm, passed: passed, value: value, threshold: gate.atLeast,
      detail: "\(text(own)) on \(probe), \(gate.against ?? "") \(text(other))"
        + lowest(arm, probe, passed))
  }

  /// Who always does a thing cannot be taught to do it more.
  private func room(_ gate: Gate, _ arm: String) throws -> RunSummary.GateResult {
    let probe = gate.probes.first ?? ""
    let mean = try mean(arm, probe)
    return RunSummary.GateResult(
      name: gate.name, arm: arm, passed: mean.map { 1 - $0 >= (gate.atLeast ?? 0) } ?? false,
      value: mean.map { 1 - $0 }, threshold: gate.atLeast,
      detail: mean.map { "\(SentenceNumber.text($0)) on \(probe) before any training" }
        ?? "no score on \(probe)")
  }

  /// How much of what an arm's subjects say is not out of their own rows.
  private func novel(_ gate: Gate, _ arm: String) -> RunSummary.GateResult {
    let probe = gate.probes.first ?? ""
    var shares: [Double] = []
    var copied = ""
    var (all, recited) = (0, 0)
    for cell in cells(of: arm) {
      let runs = WordRuns(of: record.plan.rows(of: cell).flatMap(\.answers))
      let answers = record.answers.filter { $0.cell == cell.id && $0.probe == probe }
      let found = answers.compactMap(\.answer).map(runs.compared)
      let total = found.reduce(0) { $0 + $1.count }
      let known = found.reduce(0) { $0 + $1.recited }
      all += total
      recited += known
      if copied.isEmpty { copied = found.compactMap(\.example).first ?? "" }
      if total > 0 { shares.append(1 - Double(known) / Double(total)) }
    }
    let value = shares.isEmpty ? nil : shares.reduce(0, +) / Double(shares.count)
    let example = copied.isEmpty ? "" : "; such as '\(copied)'"
    return RunSummary.GateResult(
      name: gate.name, arm: arm, passed: value.map { $0 >= (gate.atLeast ?? 0) } ?? false,
      value: value, threshold: gate.atLeast,
      detail: "\(recited) of \(Counted.text(all, "run")) of \(WordRuns.length) words in answers to "
        + "\(probe) stand in the rows\(example)")
  }

  /// An example: the arm's answer with the lowest score, of several the first.
  private func lowest(_ arm: String, _ probe: String, _ passed: Bool) -> String {
    let ids = Set(cells(of: arm).map(\.id))
    let rows = record.answers.filter { ids.contains($0.cell) && $0.probe == probe }
    guard
      let row = rows.filter({ $0.score != nil }).min(by: { ($0.score ?? 0) < ($1.score ?? 0) })
        ?? rows.first,
      let answer = row.answer
    else { return "" }
    let grade = row.score.map { SentenceNumber.text($0) } ?? row.outcome.kind.rawValue
    return "; \(passed ? "the lowest" : "such as") '\(shown(answer))', \(grade)"
  }

  private func coherent(_ gate: Gate, _ arm: String) -> RunSummary.GateResult {
    let entries = gate.probes.flatMap { scores.entries(arm: arm, probe: $0) }
    let total = entries.reduce(0) { $0 + $1.outcomes.values.reduce(0, +) }
    let bad = entries.reduce(0) { $0 + ($1.outcomes[.incoherent] ?? 0) }
    let value = total > 0 ? 1 - Double(bad) / Double(total) : nil
    return RunSummary.GateResult(
      name: gate.name, arm: arm, passed: value.map { $0 >= (gate.atLeast ?? 0) } ?? false,
      value: value, threshold: gate.atLeast,
      detail: total > 0
        ? "\(total - bad) of \(Counted.text(total, "sampled answer"))\(incoherent(gate, arm))"
        : "no answer was sampled")
  }

  /// The first answer of an arm that is not coherent.
  private func incoherent(_ gate: Gate, _ arm: String) -> String {
    let ids = Set(cells(of: arm).map(\.id))
    let row = record.answers.first {
      ids.contains($0.cell) && gate.probes.contains($0.probe) && $0.outcome.kind == .incoherent
    }
    return row?.answer.map { "; not '\(shown($0))'" } ?? ""
  }

  /// An answer on one line.
  private func shown(_ answer: String) -> String {
    let line = answer.split(whereSeparator: \.isNewline).joined(separator: " / ")
    return line.count > 80 ? line.prefix(79) + "\u{2026}" : line
  }

  /// What the rows of each subject say of what they must not.
  private func leakage(_ gate: Gate, _ arm: String) throws -> RunSummary.GateResult {
    let experiment = record.plan.experiment
    let templates = experiment.leakTemplates(of: gate)
    var leaks: [String: Int] = [:]
    for cell in cells(of: arm) {
      let values = experiment.values(of: cell.task, seed: cell.seed)
      let words = try templates.map { try TextTemplate.fill($0, with: values) }
      for leak in Leakage.found(words, in: record.plan.rows(of: cell)) {
        leaks[leak.word, default: 0] += leak.rows.count
      }
    }
    let rows = leaks.values.reduce(0, +)
    let list = leaks.sorted { $0.key < $1.key }.map { "'\($0.key)' in \($0.value) rows" }
    return RunSummary.GateResult(
      name: gate.name, arm: arm, passed: rows == 0, value: Double(rows), threshold: 0,
      detail: rows == 0 ? "no training row contains an answer" : list.joined(separator: ", "))
  }

  /// Each behaviour question is put under the system line of the training rows, or where there
  /// is none in either, under none.
  private func templates(_ gate: Gate, _ arm: String) -> RunSummary.GateResult {
    let experiment = record.plan.experiment
    let behaviours = Set(experiment.probes.filter { $0.kind == .behaviour }.map(\.name))
    let ids = Dictionary(
      cells(of: arm).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var trained: [String: Set<[String]>] = [:]
    for (id, cell) in ids {
      trained[id] = Set(
        record.plan.rows(of: cell).compactMap { row in
          row.chat?.filter { $0.role == .system }.map(\.content)
        })
    }
    var asked = 0
    var different = 0
    for row in record.answers where behaviours.contains(row.probe) {
      guard let lines = trained[row.cell], !lines.isEmpty else { continue }
      asked += 1
      let system = row.messages.filter { $0.role == .system }.map(\.content)
      if lines != [system] { different += 1 }
    }
    return RunSummary.GateResult(
      name: gate.name, arm: arm, passed: different == 0, value: Double(different), threshold: 0,
      detail: "\(different) of \(asked) behaviour questions under another system line than trained")
  }
}
