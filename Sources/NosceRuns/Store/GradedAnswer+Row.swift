import GRDB
import NosceCore
import NoscePorts

extension GradedAnswer {
  /// Writes an answer. One that is there already is an error.
  func insert(into database: Database) throws {
    try database.execute(
      sql: "INSERT INTO measurement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        cell, probe, step, item, paraphrase, sample, try StoredText.json(messages), prefill,
        answer, outcome.kind.rawValue, score, detail, evidence?.text, mass,
        try scored.map(StoredText.json), finish?.rawValue,
      ])
  }

  init(row: Row) throws {
    let name: String = row["outcome"]
    let score: Double? = row["score"]
    guard let outcome = Outcome.Kind(rawValue: name).flatMap({ Outcome($0, score: score) }) else {
      throw LabError(
        .version,
        "run.sqlite: found the outcome '\(name)' \(score == nil ? "without" : "with") a score; "
          + "allowed: \(Outcome.Kind.allCases.map(\.rawValue).joined(separator: ", ")), and a score "
          + "with scored alone")
    }
    // Stores of the first version have no such column, those of the second no mass, and those of the
    // third nothing behind it.
    let evidence: String? = row.hasColumn("evidence") ? row["evidence"] : nil
    self.init(
      cell: row["cell"], probe: row["probe"], step: row["step"], item: row["item"],
      paraphrase: row["paraphrase"], sample: row["sample"],
      messages: try StoredText.value(row["messages"]), prefill: row["prefill"],
      answer: row["answer"], outcome: outcome, detail: row["detail"],
      evidence: evidence.flatMap(Evidence.init(text:)),
      mass: row.hasColumn("mass") ? row["mass"] : nil, scored: try Self.scored(in: row),
      finish: row.hasColumn("finish") ? try Self.finish(row["finish"]) : nil)
  }

  private static func scored(in row: Row) throws -> ScoredTexts? {
    guard row.hasColumn("scored"), let text: String = row["scored"] else { return nil }
    func failure(_ found: String, cause: (any Error)? = nil) -> LabError {
      let (cell, probe, item): (String, String, Int) = (row["cell"], row["probe"], row["item"])
      return LabError(
        .version,
        "run.sqlite: measurement \(cell), \(probe), item \(item): found \(found) as what was scored; "
          + "allowed: texts and as many log-probabilities", cause: cause)
    }
    let scored: ScoredTexts
    do {
      scored = try StoredText.value(text)
    } catch {
      throw failure("'\(text.prefix(60))'", cause: error)
    }
    guard scored.isWhole else { throw failure("lists that do not belong together") }
    return scored
  }

  private static func finish(_ name: String?) throws -> FinishReason? {
    guard let name else { return nil }
    guard let finish = FinishReason(rawValue: name) else {
      throw LabError(
        .version,
        "run.sqlite: found '\(name)' as the end of an answer; allowed: stop, length, refusal")
    }
    return finish
  }
}
