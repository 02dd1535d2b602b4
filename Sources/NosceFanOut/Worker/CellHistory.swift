import Foundation
import NosceCore
import NosceRuns

/// What the attempts at a line have left, as one course of things.
///
/// A worker that was stopped goes on in a file of its own. Where two worked at once in spite of every
/// precaution, both have written: of an answer the first holds, of a training the last.
struct CellHistory {
  /// The most bytes of a line of an attempt: an answer with its conversation and its log-probabilities.
  static let lineBytes = 64 << 20

  private struct ItemKey: Hashable {
    var cell: String
    var probe: String
    var step: Int
    var item: Int
  }

  private struct StepKey: Hashable {
    var cell: String
    var step: Int
  }

  private(set) var records: [EntryRecord] = []
  /// What the attempts took, each from its first entry to its last, by the clock of its machine.
  private(set) var seconds = 0.0
  private var answered: Set<ItemKey> = []
  private var steps: Set<StepKey> = []
  private var copies: Set<StepKey> = []

  /// The attempts in a folder, in the order of their numbers.
  static func read(_ cell: CellFolder) throws -> CellHistory {
    var history = CellHistory()
    for number in try numbers(in: cell) {
      let file = cell.attempt(number)
      var broken: (number: Int, error: any Error)?
      var span: (first: Date, last: Date)?
      try PlainFile.eachLine(of: file, atMost: lineBytes) { data, number in
        if let broken { throw failure(file, broken.number, broken.error) }
        do {
          let record = try Self.record(data)
          history.add(record)
          span = (span?.first ?? record.time, record.time)
        } catch {
          // The last line of a worker that was killed may have no end.
          broken = (number, error)
        }
      }
      if let span { history.seconds += max(0, span.last.timeIntervalSince(span.first)) }
    }
    return history
  }

  /// Times of this and the next centuries: others no calendar takes.
  static let times = 0.0...32_503_680_000

  /// One line, whoever wrote it.
  static func record(_ line: Data) throws -> EntryRecord {
    let record = try EntryRecord(line: line)
    guard times.contains(record.time.timeIntervalSince1970) else {
      throw LabError(.version, "found the time \(record.time.timeIntervalSince1970)")
    }
    return record
  }

  /// The numbers of the attempts that were begun, in order.
  static func numbers(in cell: CellFolder) throws -> [Int] {
    guard FileManager.default.fileExists(atPath: cell.attempts.path) else { return [] }
    return try Storage.names(in: cell.attempts)
      .compactMap { name in
        name.hasSuffix(".jsonl") ? Int(name.dropLast(".jsonl".count)) : nil
      }.sorted()
  }

  private static func failure(_ file: URL, _ number: Int, _ cause: any Error) -> LabError {
    LabError(
      .version,
      "\(file.path):\(number + 1): found no entry of a run; allowed: lines as Nosce wrote them. Remove "
        + "the file to have what is in it done again",
      cause: cause)
  }

  mutating func add(_ record: EntryRecord) {
    switch record.entry {
    case .answer(let answer):
      let key = ItemKey(
        cell: answer.cell, probe: answer.probe, step: answer.step, item: answer.item)
      if answered.insert(key).inserted { records.append(record) }
    case .job(_, let cell):
      forgetTraining(of: cell)
      records.append(record)
    case .loss(let cell, let step, _):
      if steps.insert(StepKey(cell: cell, step: step)).inserted { records.append(record) }
    case .snapshot(let cell, let step, _, _):
      if copies.insert(StepKey(cell: cell, step: step)).inserted { records.append(record) }
    case .trained(let cell, _, _, _, _), .derived(let cell, _, _, _, _, _):
      records.removeAll { $0.entry.isAdapter(of: cell) }
      records.append(record)
    case .time, .jobState, .failed, .retried, .remark: records.append(record)
    }
  }

  /// What a training left that was begun anew.
  private mutating func forgetTraining(of cell: String) {
    steps = steps.filter { $0.cell != cell }
    copies = copies.filter { $0.cell != cell }
    records.removeAll { record in
      switch record.entry {
      case .loss(let of, _, _), .snapshot(let of, _, _, _): of == cell
      default: record.entry.isAdapter(of: cell)
      }
    }
  }

  /// Why subjects failed that were not tried again since.
  var failures: [CellFailure] {
    var failures: [String: CellFailure] = [:]
    for record in records {
      switch record.entry {
      case .failed(let failure): failures[failure.cell] = failure
      case .retried(let cell): failures[cell] = nil
      default: break
      }
    }
    return failures.values.sorted { $0.cell < $1.cell }
  }
}

extension StoreEntry {
  /// Whether it is the end of a subject's training, or the making of its adapter.
  fileprivate func isAdapter(of subject: String) -> Bool {
    switch self {
    case .trained(let cell, _, _, _, _), .derived(let cell, _, _, _, _, _): cell == subject
    default: false
    }
  }
}

extension CellFolder {
  func attempt(_ number: Int) -> URL { attempts.appending(path: "\(number).jsonl") }
}
