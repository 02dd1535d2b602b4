import NosceCore
import NosceExperiment
import NosceFormats
import NosceGrading
import NoscePorts
import NosceRuns

/// The stored answers against the plan, and their grades against what is made anew of log-probabilities
/// and texts.
struct AnswerVerification {
  let record: RunRecord
  let asks: PlannedAsks
  /// Whether the store is of a version that keeps what a grade is made of.
  let hasEvidence: Bool

  /// How many answers were graded anew, and how many were not.
  private struct Count {
    var scored = 0
    var written = 0
    var judged: [String: Int] = [:]
    /// Scored in a run that kept no log-probabilities.
    var withoutEvidence = 0
    /// To questions that are not those of the plan.
    var unknown = 0
  }

  func verify(into result: inout Verification) throws {
    let units = record.byUnit()
    let failed = Set(record.failures.map(\.cell))
    var count = Count()
    for cell in record.plan.cells {
      for unit in cell.units {
        let rows = units[cell.id]?[UnitKey(probe: unit.probe, step: unit.step)] ?? []
        verifyItems(rows, unit, cell, isWhole: !failed.contains(cell.id), into: &result)
        guard let made = asks.confirmed(unit, of: cell),
          let probe = record.plan.experiment.probe(unit.probe)
        else {
          count.unknown += rows.count
          continue
        }
        let prepared = prepared(made, of: probe, unit, cell, units)
        let byItem = Dictionary(
          prepared.map { ($0.item, $0) }, uniquingKeysWith: { first, _ in first })
        for row in rows {
          guard let ask = byItem[row.item] else { continue }
          verify(row, to: ask, of: probe, &count, into: &result)
        }
      }
    }
    verifyOthers(into: &result)
    say(count, into: &result)
  }

  // MARK: Which answers there are

  private func verifyItems(
    _ rows: [GradedAnswer], _ unit: PlannedUnit, _ cell: PlannedCell, isWhole: Bool,
    into result: inout Verification
  ) {
    let found = Set(rows.map(\.item))
    for item in 0..<max(unit.items, 0) where isWhole && !found.contains(item) {
      result.differ(
        .answers, Self.place(cell.id, unit.probe, unit.step, item), found: nil,
        expected: "an answer")
    }
    for item in found.sorted() where item < 0 || item >= unit.items {
      result.differ(
        .answers, Self.place(cell.id, unit.probe, unit.step, item),
        found: "an answer", expected: "none, by the plan")
    }
  }

  /// Answers of units that are not planned at all.
  private func verifyOthers(into result: inout Verification) {
    let planned = Dictionary(
      record.plan.cells.map { cell in
        (cell.id, Set(cell.units.map { UnitKey(probe: $0.probe, step: $0.step) }))
      }, uniquingKeysWith: { first, _ in first })
    for row in record.answers
    where planned[row.cell]?.contains(UnitKey(probe: row.probe, step: row.step)) != true {
      result.differ(
        .answers, Self.place(of: row), found: "an answer", expected: "none, by the plan")
    }
  }

  /// The asks as they were put: an outside reader's begin with what it read.
  private func prepared(
    _ asks: [Ask], of probe: Probe, _ unit: PlannedUnit, _ cell: PlannedCell,
    _ units: [String: [UnitKey: [GradedAnswer]]]
  ) -> [Ask] {
    guard let source = probe.source else { return asks }
    let rows = units[cell.id]?[UnitKey(probe: source, step: unit.step)] ?? []
    return Asker.continuing(rows, asks: asks).asks
  }

  // MARK: One answer

  private func verify(
    _ row: GradedAnswer, to ask: Ask, of probe: Probe, _ count: inout Count,
    into result: inout Verification
  ) {
    let place = Self.place(of: row)
    func differ(_ field: String, found: String?, expected: String?) {
      result.differ(.answers, "\(place): \(field)", found: found, expected: expected)
    }
    func differ(_ field: String, text: String?, expected: String?) {
      let shown = Excerpt.pair(text, expected)
      differ(field, found: shown.found, expected: shown.expected)
    }
    if let question = Self.question(row, isNotThatOf: ask) {
      guard asks.hasHashes else {
        count.unknown += 1
        return
      }
      differ("question", text: question.found, expected: question.expected)
    }
    var asked = ask
    asked.prefill = row.prefill
    let grader = Regrading(probe: probe, ask: asked, row: row, hasEvidence: hasEvidence)
    switch grader.result() {
    case .judged:
      count.judged[probe.name, default: 0] += 1
      return
    case .withoutEvidence:
      count.withoutEvidence += 1
      return
    case .broken(let field, let found, let expected):
      return differ(field, text: found, expected: expected)
    case .graded(let text, let grade):
      if ask.scoreRequest == nil { count.written += 1 } else { count.scored += 1 }
      let kinds = (row.outcome.kind.rawValue, grade.outcome.kind.rawValue)
      if kinds.0 != kinds.1 { differ("outcome", found: kinds.0, expected: kinds.1) }
      if row.score != grade.outcome.score {
        differ(
          "score", found: row.score.map { JSONText.number($0) },
          expected: grade.outcome.score.map { JSONText.number($0) })
      }
      if row.mass != grade.mass {
        differ(
          "mass", found: row.mass.map { JSONText.number($0) },
          expected: grade.mass.map { JSONText.number($0) })
      }
      if row.detail != grade.detail { differ("detail", text: row.detail, expected: grade.detail) }
      if row.answer != text { differ("answer", text: row.answer, expected: text) }
    }
  }

  /// What was asked, where it is not what the plan asks.
  private static func question(
    _ row: GradedAnswer, isNotThatOf ask: Ask
  ) -> (found: String, expected: String)? {
    func words(_ chat: Chat, _ paraphrase: Int, _ sample: Int, _ prefill: String?) -> String {
      let said = chat.map { "\($0.role.rawValue): \($0.content)" }.joined(separator: " | ")
      return
        "wording \(paraphrase), sample \(sample), \(said)\(prefill.map { " | begins: \($0)" } ?? "")"
    }
    let begins: Bool
    if let first = ask.first {
      // Between the two stands what the subject wrote first, which only the answer knows.
      begins =
        row.prefill?.hasPrefix(ask.prefill ?? "") == true
        && row.prefill?.hasSuffix(first.then.text) == true
    } else {
      begins = row.prefill == ask.prefill
    }
    guard
      row.messages != ask.chat || row.paraphrase != ask.paraphrase || row.sample != ask.sample
        || !begins
    else { return nil }
    return (
      words(row.messages, row.paraphrase, row.sample, row.prefill),
      words(ask.chat, ask.paraphrase, ask.sample, ask.prefill)
    )
  }

  // MARK: In words

  private static func place(of row: GradedAnswer) -> String {
    place(row.cell, row.probe, row.step, row.item)
  }

  private static func place(_ cell: String, _ probe: String, _ step: Int, _ item: Int) -> String {
    "\(cell), \(probe)\(PlanVerification.Place.step(step)), item \(item)"
  }

  private func say(_ count: Count, into result: inout Verification) {
    result.check(
      .answers,
      "\(count.scored + count.written) of \(record.answers.count) graded anew, \(count.scored) from "
        + "log-probabilities and \(count.written) from their text")
    for (probe, number) in count.judged.sorted(by: { $0.key < $1.key }) {
      result.leave(
        .answers, "\(number) of \(probe) were graded by a judge, which is not asked again")
    }
    if count.withoutEvidence > 0 {
      result.leave(
        .answers,
        "\(count.withoutEvidence) scored ones have no log-probabilities: the run was begun by a "
          + "version that did not keep them")
    }
    if count.unknown > 0 {
      let why =
        asks.problem ?? asks.change ?? "their questions are not those that the plan makes here"
      result.leave(.answers, "\(count.unknown) were not graded anew: \(why)")
    }
  }
}
