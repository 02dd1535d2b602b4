import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows
import NosceRuns

/// Carries out one line of a fan-out: trains its subjects, asks them, and leaves what came of it where
/// `nosce collect` finds it.
///
/// Twice is harmless. A line that is done is left alone, and one that was stopped is gone on with.
package struct CellWorker: Sendable {
  package enum End: Sendable, Hashable {
    case wasDone
    case done
    /// Subjects that failed; the rest of the line is kept, and another call tries them again.
    case failed([CellFailure])
  }

  package let fanOut: FanOutFolder
  package let line: CellLine
  private let cell: CellFolder
  /// The line's subjects, as they were handed out.
  package let plan: Plan
  private let provenance: Provenance
  private var rhythm = CellClaim.Rhythm()

  /// Reads what was handed out.
  package init(_ fanOut: FanOutFolder, line number: Int) throws {
    self.fanOut = fanOut
    line = try fanOut.line(number)
    cell = fanOut.cell(line)
    try PlainFile.requireNoLinks(["cells", line.cell], in: fanOut.url)
    plan = try cell.read(line)
    guard plan.contentHash == fanOut.header.plan else {
      throw LabError(
        .version,
        "\(cell.plan.path): found subjects of the plan \(plan.contentHash.prefix(12)); allowed: of "
          + "\(fanOut.header.plan.prefix(12))")
    }
    provenance = try PlainFile.json(
      fanOut.run.appending(path: "provenance.json"), atMost: 1 << 24, what: "where it began")
  }

  /// Another rhythm of beats, for tests.
  package init(_ fanOut: FanOutFolder, line number: Int, rhythm: CellClaim.Rhythm) throws {
    try self.init(fanOut, line: number)
    self.rhythm = rhythm
  }

  /// Whether there is nothing left to do.
  package func isDone() throws -> Bool {
    try DoneMarker.whole(cell, line, fanOut.header) != nil
  }

  /// Does what is left to do. Cancelling the task ends it after what is under way; what was written is
  /// gone on with.
  ///
  /// - Throws: ``LabError`` where the models, the materials or the version are others than were planned
  ///   with, and where another process works on the line.
  package func run(
    on model: any ModelProvider, judge: (any ModelProvider)?, materials: Materials,
    rates: WorkRates = WorkRates(),
    onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in },
    onMessage: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> End {
    if try isDone() { return .wasDone }
    try plan.require(model, judge: judge, materials: materials, in: cell.plan)
    let claim = try await CellClaim.take(cell, rhythm: rhythm)
    return try await claim.holding {
      // Another may have ended it while this one waited.
      if try isDone() { return .wasDone }
      try cell.requireNoLinks()
      let earlier = try usable(try CellHistory.read(cell), onMessage)
      let journal = try CellJournal(cell, goingOnFrom: earlier)
      let folder = RunFolder.worker(
        cell.url, plan: plan, provenance: provenance,
        store: try RunStore.inMemory(journal.url, earlier: earlier.records, keep: journal.keep))
      let failures = try await Runner(
        folder: folder, model: model, materials: materials, rates: rates, judge: judge,
        subjects: Set(line.cells), onProgress: onProgress, onMessage: onMessage
      ).run()
      if !failures.isEmpty { return .failed(failures) }
      try finish(try journal.records(), model)
      return .done
    }
  }

  /// What of an earlier attempt can be gone on with: a subject whose adapter is not there as it was is
  /// begun anew, and so is what was made of it.
  private func usable(
    _ history: CellHistory, _ onMessage: (String) -> Void
  ) throws -> CellHistory {
    let gone = history.adapters.filter { _, files in
      files.contains { file in
        let place = cell.url.appending(path: file.name)
        return (try? PlainFile.hash(of: place)) != file.hash
      }
    }.keys
    if gone.isEmpty { return history }
    for subject in gone.sorted() {
      onMessage("\(subject): its adapter is not there as it was; it is trained and asked anew")
    }
    let derived = plan.cells.filter { $0.adapter.map { gone.contains($0.cell) } ?? false }
    return history.without(Set(gone).union(derived.map(\.id)))
  }

  /// Writes all of it under its hash, and then the marker: whoever reads a marker finds what it names.
  private func finish(_ records: [EntryRecord], _ model: any ModelProvider) throws {
    let text = try CellJournal.text(records)
    let hash = ContentHash.of(text)
    let name = DoneMarker.resultName(hash)
    try Storage.write(text, to: cell.url.appending(path: name))
    let marker = DoneMarker(
      schema: DoneMarker.schema, version: fanOut.header.version, plan: fanOut.header.plan,
      part: line.plan, result: name, bytes: text.count, hash: hash, node: CellClaim.node,
      machine: Provenance.machineDescription, precision: model.precision,
      ended: Date().timeIntervalSince1970)
    try Storage.write(try CellLine.encoder.encode(marker), to: cell.marker)
  }
}
