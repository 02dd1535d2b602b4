import GRDB
import NosceCore
import NoscePorts

extension GradedAnswer {
  /// Writes an answer. One that is there already is an error.
  func insert(into database: Database) throws {
    try database.execute(
      sql: "INSERT INTO measurement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        cell, probe, step, item, paraphrase, sample, try StoredText.json(messages), prefill,
        answer, outcome.kind.rawValue, score, detail, evidence?.text,
        mass,
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
    // Stores of the first version have no such column, those of the second no mass.
    let evidence: String? = row.hasColumn("evidence") ? row["evidence"] : nil
    self.init(
      cell: row["cell"], probe: row["probe"], step: row["step"], item: row["item"],
      paraphrase: row["paraphrase"], sample: row["sample"],
      messages: try StoredText.value(row["messages"]), prefill: row["prefill"],
      answer: row["answer"], outcome: outcome, detail: row["detail"],
      evidence: evidence.flatMap(Evidence.init(text:)),
      mass: row.hasColumn("mass") ? row["mass"] : nil)
  }
}
