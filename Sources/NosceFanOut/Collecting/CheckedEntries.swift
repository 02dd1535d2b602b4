import Crypto
import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows
import NosceRuns

/// The entries of a line's result, each of which belongs to the line and to the plan.
///
/// Every question is answered once, every subject that is trained has one adapter, and no number is one
/// that a measurement cannot be.
struct CheckedEntries {
  /// Beyond this no score, loss or time of a measurement lies, and sums of such stay numbers.
  private static let numbers = -1e9...1e9
  private static let seconds = 0.0...1e9

  private(set) var records: [EntryRecord] = []
  /// By subject, the files of its adapter and of its copies along the way.
  private(set) var files: [String: [FileHash]] = [:]
  /// The work in it: training, asking and grading.
  private(set) var seconds = 0.0
  /// The SHA-256 of what was read.
  private(set) var hash = ""

  private struct Item: Hashable {
    var cell: String
    var unit: UnitKey
    var item: Int
  }

  private let file: URL
  private let cells: [String: PlannedCell]
  private var left: Set<Item> = []
  private var adapters: Set<String> = []
  private var losses: [String: Set<Int>] = [:]
  private var copies: [String: Set<Int>] = [:]
  private var jobs: Set<JobID> = []
  private var failed: Set<String> = []

  /// Reads a file once: what is hashed is what is taken.
  init(_ file: URL, _ line: CellLine, _ planned: [PlannedCell]) throws {
    self.file = file
    let own = planned.filter { line.cells.contains($0.id) }
    cells = Dictionary(own.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for cell in own {
      for unit in cell.units {
        for item in 0..<unit.items {
          left.insert(Item(cell: cell.id, unit: Self.key(unit), item: item))
        }
      }
    }
    // A training may have been begun often, and each time some of it was kept.
    let steps = own.reduce(0) { $0 + ($1.training?.settings.steps ?? 0) }
    let most = 10_000 + 4 * left.count + 100 * steps
    var hasher = SHA256()
    try PlainFile.eachLine(of: file, atMost: CellHistory.lineBytes) { data, number in
      hasher.update(data: data + Data([UInt8(ascii: "\n")]))
      guard records.count < most else {
        throw failure("more than \(most) entries", "those of \(line.cells.joined(separator: ", "))")
      }
      let record: EntryRecord
      do {
        record = try CellHistory.record(data)
      } catch {
        throw LabError(
          .version,
          "\(file.path):\(number + 1): found no entry of a run; allowed: lines as Nosce wrote them",
          cause: error)
      }
      try take(record.entry)
      records.append(record)
    }
    hash = ContentHash.text(hasher.finalize())
    try checkWhole()
  }

  private static func key(_ unit: PlannedUnit) -> UnitKey {
    UnitKey(probe: unit.probe, step: unit.step)
  }

  private func failure(_ found: String, _ allowed: String) -> LabError {
    LabError(.version, "\(file.path): found \(found); allowed: \(allowed)")
  }

  private mutating func take(_ entry: StoreEntry) throws {
    if let subject = entry.subject, cells[subject] == nil {
      throw failure("an entry of '\(subject)'", cells.keys.sorted().joined(separator: ", "))
    }
    switch entry {
    case .answer(let answer):
      let item = Item(
        cell: answer.cell, unit: UnitKey(probe: answer.probe, step: answer.step),
        item: answer.item)
      guard left.remove(item) != nil else {
        throw failure(
          "a second answer to, or one that nobody asked for: \(answer.cell), \(answer.probe), item "
            + "\(answer.item)", "one answer for each question of the plan")
      }
      for number in [answer.score, answer.mass].compactMap(\.self) { try check(number) }
    case .time(let unit, let cell, _, let ask, let grade):
      guard
        cells[cell]?.units.contains(where: {
          Self.key($0) == Self.key(unit) && $0.items == unit.items
        }) == true
      else {
        throw failure("the time of '\(unit.probe)', which is not asked", "probes of the plan")
      }
      for part in [ask, grade] { try count(part) }
    case .job(let id, let cell):
      jobs.insert(id)
      (losses[cell], copies[cell], files[cell]) = (nil, nil, nil)
      adapters.remove(cell)
    case .jobState(let id, _, _):
      if !jobs.contains(id) { throw failure("the state of another job", "of its own") }
    case .loss(let cell, let step, let loss):
      try check(loss)
      try once(step, of: cell, in: \.losses, "loss")
    case .snapshot(let cell, let step, _, let own):
      try once(step, of: cell, in: \.copies, "copy")
      files[cell, default: []] += own
    case .trained(let cell, let change, let time, let served, let own):
      guard cells[cell]?.training != nil, adapters.insert(cell).inserted else {
        throw failure("a second adapter of \(cell), or one too many", "one where it is trained")
      }
      try takeAdapter(cell, change, time, served, own)
      files[cell, default: []] += own
    case .derived(let cell, let source, let change, let time, let served, let own):
      guard let planned = cells[cell]?.adapter, planned.cell == source else {
        throw failure("an adapter of \(cell) made of '\(source)'", "what the plan makes it of")
      }
      adapters.insert(cell)
      try takeAdapter(cell, change, time, served, own)
      files[cell] = own
    case .failed(let failure): failed.insert(failure.cell)
    case .retried(let cell): failed.remove(cell)
    case .remark: break
    }
  }

  private mutating func takeAdapter(
    _ cell: String, _ change: Double?, _ time: Double, _ served: String?, _ own: [FileHash]
  ) throws {
    try count(time)
    if let change { try check(change) }
    if served == nil, !own.contains(where: { $0.name.hasPrefix("adapters/\(cell)/") }) {
      throw failure("an adapter of \(cell) without files", "the files that it was written as")
    }
  }

  private mutating func once(
    _ step: Int, of cell: String, in known: WritableKeyPath<CheckedEntries, [String: Set<Int>]>,
    _ name: String
  ) throws {
    let most = cells[cell]?.training?.settings.steps ?? 0
    guard step >= 1, step <= most, self[keyPath: known][cell, default: []].insert(step).inserted
    else {
      throw failure("a \(name) of \(cell) at step \(step)", "one at each of \(most) steps")
    }
  }

  private func check(_ number: Double) throws {
    guard Self.numbers.contains(number) else {
      throw failure(
        "the number \(number)", "\(Self.numbers.lowerBound) to \(Self.numbers.upperBound)")
    }
  }

  private mutating func count(_ time: Double) throws {
    guard Self.seconds.contains(time) else {
      throw failure("a time of \(time) s", "0 to \(Self.seconds.upperBound) s")
    }
    seconds += time
  }

  private func checkWhole() throws {
    if let subject = failed.min() {
      throw failure("'\(subject)' as failed, and not tried again", "a line that is whole")
    }
    if let item = left.min(by: {
      ($0.cell, $0.unit.probe, $0.item) < ($1.cell, $1.unit.probe, $1.item)
    }) {
      throw failure(
        "\(left.count) questions without an answer, such as \(item.cell), \(item.unit.probe), item "
          + "\(item.item)", "an answer to each")
    }
    for cell in cells.values where !cell.isUntrained && !adapters.contains(cell.id) {
      throw failure("no adapter of \(cell.id)", "one")
    }
  }
}
