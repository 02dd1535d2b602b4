import Foundation
import NosceCore
import NoscePorts

/// Something that a run writes down, with its time: one line of JSON, as workers leave it that do not
/// write the store.
///
/// What is read is what was written, number by number: JSON numbers are the shortest that read back the
/// same.
package struct EntryRecord: Sendable {
  package var time: Date
  package var entry: StoreEntry

  package init(_ entry: StoreEntry, at time: Date) {
    self.entry = entry
    self.time = time
  }

  /// One line, without its end.
  package func line() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  package init(line: Data) throws {
    self = try JSONDecoder().decode(EntryRecord.self, from: line)
  }
}

extension EntryRecord: Codable {
  private enum Key: String, CodingKey, CaseIterable {
    case time
    case answer, asked, job, state, loss, snapshot, trained, derived, failed, retried, remark
  }

  private struct Asked: Codable {
    var cell: String
    var unit: PlannedUnit
    var isGate: Bool
    var ask: Double
    var grade: Double
  }

  private struct State: Codable {
    var job: String
    var state: TrainingState
    var detail: String?
  }

  private struct Loss: Codable {
    var cell: String
    var step: Int
    var loss: Double
  }

  private struct Snapshot: Codable {
    var cell: String
    var step: Int
    var served: String?
    var files: [FileHash]
  }

  private struct Adapter: Codable {
    var cell: String
    var source: String?
    var largestLogitChange: Double?
    var seconds: Double
    var served: String?
    var files: [FileHash]
  }

  private struct Job: Codable {
    var cell: String
    var name: String
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(time.timeIntervalSince1970, forKey: .time)
    switch entry {
    case .answer(let answer): try container.encode(answer, forKey: .answer)
    case .time(let unit, let cell, let isGate, let ask, let grade):
      try container.encode(
        Asked(cell: cell, unit: unit, isGate: isGate, ask: ask, grade: grade), forKey: .asked)
    case .job(let id, let cell):
      try container.encode(Job(cell: cell, name: id.text), forKey: .job)
    case .jobState(let id, let state, let detail):
      try container.encode(State(job: id.text, state: state, detail: detail), forKey: .state)
    case .loss(let cell, let step, let loss):
      try container.encode(Loss(cell: cell, step: step, loss: loss), forKey: .loss)
    case .snapshot(let cell, let step, let served, let files):
      try container.encode(
        Snapshot(cell: cell, step: step, served: served, files: files), forKey: .snapshot)
    case .trained(let cell, let change, let seconds, let served, let files):
      try container.encode(
        Adapter(
          cell: cell, largestLogitChange: change, seconds: seconds, served: served, files: files),
        forKey: .trained)
    case .derived(let cell, let source, let change, let seconds, let served, let files):
      try container.encode(
        Adapter(
          cell: cell, source: source, largestLogitChange: change, seconds: seconds, served: served,
          files: files), forKey: .derived)
    case .failed(let failure): try container.encode(failure, forKey: .failed)
    case .retried(let cell): try container.encode(cell, forKey: .retried)
    case .remark(let text): try container.encode(text, forKey: .remark)
    }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    time = Date(timeIntervalSince1970: try container.decode(Double.self, forKey: .time))
    let kinds = container.allKeys.filter { $0 != .time }
    guard let kind = kinds.first, kinds.count == 1 else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "found \(kinds.count) entries; allowed: one"))
    }
    switch kind {
    case .time: preconditionFailure("filtered out above")
    case .answer: entry = .answer(try container.decode(GradedAnswer.self, forKey: kind))
    case .asked:
      let value = try container.decode(Asked.self, forKey: kind)
      entry = .time(
        value.unit, cell: value.cell, isGate: value.isGate, ask: value.ask, grade: value.grade)
    case .job:
      let value = try container.decode(Job.self, forKey: kind)
      entry = .job(JobID(value.name), cell: value.cell)
    case .state:
      let value = try container.decode(State.self, forKey: kind)
      entry = .jobState(JobID(value.job), value.state, detail: value.detail)
    case .loss:
      let value = try container.decode(Loss.self, forKey: kind)
      entry = .loss(cell: value.cell, step: value.step, value.loss)
    case .snapshot:
      let value = try container.decode(Snapshot.self, forKey: kind)
      entry = .snapshot(
        cell: value.cell, step: value.step, served: value.served, files: value.files)
    case .trained:
      let value = try container.decode(Adapter.self, forKey: kind)
      entry = .trained(
        cell: value.cell, largestLogitChange: value.largestLogitChange, seconds: value.seconds,
        served: value.served, files: value.files)
    case .derived:
      let value = try container.decode(Adapter.self, forKey: kind)
      entry = .derived(
        cell: value.cell, of: value.source ?? "", largestLogitChange: value.largestLogitChange,
        seconds: value.seconds, served: value.served, files: value.files)
    case .failed: entry = .failed(try container.decode(CellFailure.self, forKey: kind))
    case .retried: entry = .retried(cell: try container.decode(String.self, forKey: kind))
    case .remark: entry = .remark(try container.decode(String.self, forKey: kind))
    }
  }
}

/// An answer's outcome stands as its kind and its score, and its evidence as text, as in the store.
extension GradedAnswer: Codable {
  private enum Key: String, CodingKey {
    case cell, probe, step, item, paraphrase, sample, messages, prefill, answer, outcome, score,
      detail, evidence, mass, scored, finish
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(cell, forKey: .cell)
    try container.encode(probe, forKey: .probe)
    try container.encode(step, forKey: .step)
    try container.encode(item, forKey: .item)
    try container.encode(paraphrase, forKey: .paraphrase)
    try container.encode(sample, forKey: .sample)
    try container.encode(messages, forKey: .messages)
    try container.encodeIfPresent(prefill, forKey: .prefill)
    try container.encodeIfPresent(answer, forKey: .answer)
    try container.encode(outcome.kind, forKey: .outcome)
    try container.encodeIfPresent(outcome.score, forKey: .score)
    try container.encodeIfPresent(detail, forKey: .detail)
    try container.encodeIfPresent(evidence?.text, forKey: .evidence)
    try container.encodeIfPresent(mass, forKey: .mass)
    try container.encodeIfPresent(scored, forKey: .scored)
    try container.encodeIfPresent(finish, forKey: .finish)
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    func corrupted(_ key: Key, _ reason: String) -> DecodingError {
      .dataCorruptedError(forKey: key, in: container, debugDescription: reason)
    }
    let kind = try container.decode(Outcome.Kind.self, forKey: .outcome)
    let score = try container.decodeIfPresent(Double.self, forKey: .score)
    guard let outcome = Outcome(kind, score: score) else {
      throw corrupted(.outcome, "a score goes with the outcome scored, and with it alone")
    }
    let words = try container.decodeIfPresent(String.self, forKey: .evidence)
    let evidence = words.flatMap(Evidence.init(text:))
    if words != nil, evidence == nil {
      throw corrupted(.evidence, "found '\(words ?? "")'; allowed: exact, sampled, top-N")
    }
    let scored = try container.decodeIfPresent(ScoredTexts.self, forKey: .scored)
    if scored?.isWhole == false { throw corrupted(.scored, "lists that do not belong together") }
    self.init(
      cell: try container.decode(String.self, forKey: .cell),
      probe: try container.decode(String.self, forKey: .probe),
      step: try container.decode(Int.self, forKey: .step),
      item: try container.decode(Int.self, forKey: .item),
      paraphrase: try container.decode(Int.self, forKey: .paraphrase),
      sample: try container.decode(Int.self, forKey: .sample),
      messages: try container.decode(Chat.self, forKey: .messages),
      prefill: try container.decodeIfPresent(String.self, forKey: .prefill),
      answer: try container.decodeIfPresent(String.self, forKey: .answer), outcome: outcome,
      detail: try container.decodeIfPresent(String.self, forKey: .detail), evidence: evidence,
      mass: try container.decodeIfPresent(Double.self, forKey: .mass), scored: scored,
      finish: try container.decodeIfPresent(FinishReason.self, forKey: .finish))
  }
}
