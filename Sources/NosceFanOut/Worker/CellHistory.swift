import Foundation
import NosceCore
import NosceRuns

/// What an attempt at a line has left, in its order.
///
/// Each attempt begins with all that it goes on from and writes behind it, so that its file alone is the
/// whole course of things: whatever another process still writes into an earlier one counts no longer.
struct CellHistory {
  /// The most bytes of a line of an attempt: an answer with its conversation and its log-probabilities.
  static let lineBytes = 64 << 20
  /// Times of this and the next centuries: others no calendar takes.
  static let times = 0.0...32_503_680_000

  let records: [EntryRecord]

  /// The last attempt at a line; nothing where there was none.
  static func read(_ cell: CellFolder) throws -> CellHistory {
    guard let last = try numbers(in: cell).last else { return CellHistory(records: []) }
    let file = cell.attempt(last)
    var records: [EntryRecord] = []
    var broken: (number: Int, error: any Error)?
    try PlainFile.eachLine(of: file, atMost: lineBytes) { data, number in
      if let broken { throw failure(file, broken.number, broken.error) }
      do {
        records.append(try record(data))
      } catch {
        // The last line of a worker that was killed may have no end.
        broken = (number, error)
      }
    }
    return CellHistory(records: records)
  }

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
    return try Storage.names(in: cell.attempts).compactMap { name in
      // Names that no attempt has are somebody's own.
      guard let number = Int(name.dropLast(".jsonl".count)), name == "\(number).jsonl",
        (1...1_000_000).contains(number)
      else { return nil }
      return number
    }.sorted()
  }

  private static func failure(_ file: URL, _ number: Int, _ cause: any Error) -> LabError {
    LabError(
      .version,
      "\(file.path):\(number + 1): found no entry of a run; allowed: lines as Nosce wrote them. Remove "
        + "the file to have what is in it done again",
      cause: cause)
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

  /// The files of the adapters that count, by subject.
  var adapters: [String: [FileHash]] {
    var adapters: [String: [FileHash]] = [:]
    for record in records {
      switch record.entry {
      case .job(_, let cell): adapters[cell] = []
      case .snapshot(let cell, _, _, let files): adapters[cell, default: []] += files
      case .trained(let cell, _, _, _, let files): adapters[cell, default: []] += files
      case .derived(let cell, _, _, _, _, let files): adapters[cell] = files
      default: break
      }
    }
    return adapters
  }

  /// The same without anything of some subjects.
  func without(_ subjects: Set<String>) -> CellHistory {
    CellHistory(
      records: records.filter { record in
        if case .jobState(let job, _, _) = record.entry {
          return !records.contains { other in
            if case .job(job, let cell) = other.entry { subjects.contains(cell) } else { false }
          }
        }
        return record.entry.subject.map { !subjects.contains($0) } ?? true
      })
  }
}

extension StoreEntry {
  /// The subject that it is of; nil for what is of none.
  var subject: String? {
    switch self {
    case .answer(let answer): answer.cell
    case .time(_, let cell, _, _, _), .job(_, let cell), .loss(let cell, _, _),
      .snapshot(let cell, _, _, _), .trained(let cell, _, _, _, _),
      .derived(let cell, _, _, _, _, _), .retried(let cell):
      cell
    case .failed(let failure): failure.cell
    case .jobState, .remark: nil
    }
  }
}

extension CellFolder {
  func attempt(_ number: Int) -> URL { attempts.appending(path: "\(number).jsonl") }
}
