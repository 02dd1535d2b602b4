import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRows

/// One execution of an experiment, as a folder that a sceptic can open and that can be resumed.
///
///     experiment.yaml   the experiment as it was given
///     rows/             what the model wrote itself, where rows are of that kind
///     plan.json         every subject made concrete
///     provenance.json   versions, machine, seed, content hashes
///     run.sqlite        every answer with its grade, losses, jobs and events, and the hashes of the
///                       files that stay as they are
///     ladder.json       what the untrained model said when it was told, where probes have such texts
///     recipe.json       the search that found how it is trained, where there was one
///     adapters/         one folder per trained subject, in PEFT form
///     snapshots/        the same along the way, a folder per step, where curves were asked for
///     report.html       written by whoever reports, and summary.json
package struct RunFolder: Sendable {
  package var url: URL
  package var plan: Plan
  package var provenance: Provenance
  package var store: RunStore
  /// Nil where the folder is only read.
  private var lock: FolderLock?

  private struct Header: Decodable { var schema: String }

  package static let ladderName = "ladder.json"
  package static let recipeName = "recipe.json"

  /// What the untrained model answered when it was told; nil where the run began without.
  func ladder() throws -> LadderRecord? {
    let file = url.appending(path: Self.ladderName)
    return FileManager.default.fileExists(atPath: file.path) ? try LadderRecord.read(file) : nil
  }

  /// Makes a new folder `NAME-TIMESTAMP` in a parent folder.
  ///
  /// - Parameter experimentText: the file that the experiment came from; nil where it was made in
  ///   Swift, which leaves its JSON instead.
  /// - Parameter prepare: writes what else the folder must have before it counts as begun.
  package static func create(
    in parent: URL, plan: Plan, experimentText: String?, provenance: Provenance,
    date: Date = Date(), beforeCommit: @escaping @Sendable (Int) throws -> Void = { _ in },
    prepare: (URL) throws -> Void = { _ in }
  ) throws -> RunFolder {
    try Storage.makeFolder(parent)
    let stamp = date.formatted(
      .verbatim(
        """
        \(year: .padded(4))\(month: .twoDigits)\(day: .twoDigits)-\
        \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))\
        \(minute: .twoDigits)\(second: .twoDigits)
        """,
        timeZone: .current, calendar: Calendar(identifier: .gregorian)))
    let url = try newFolder(in: parent, name: "\(plan.experiment.name)-\(stamp)")
    let lock = try FolderLock(url)
    try Storage.makeFolder(url.appending(path: "adapters"))
    let text = try experimentText.map { Data($0.utf8) } ?? json(plan.experiment)
    try Storage.write(text, to: url.appending(path: "experiment.yaml"))
    try Storage.write(try json(provenance), to: url.appending(path: "provenance.json"))
    try prepare(url)
    let planned = try json(plan)
    var files = try FileHash.frozen(in: url)
    files["plan.json"] = ContentHash.of(planned)
    let store = try RunStore.create(
      url.appending(path: "run.sqlite"), files: files, beforeCommit: beforeCommit)
    // The plan comes last: a folder without one was killed before anything was spent.
    try Storage.write(planned, to: url.appending(path: "plan.json"))
    return RunFolder(url: url, plan: plan, provenance: provenance, store: store, lock: lock)
  }

  /// Opens a folder to go on with it, and holds it until the value is gone.
  ///
  /// Refused where another process has it, where another version wrote it, and where the same
  /// experiment would now be planned differently or on another model.
  package static func resume(
    _ url: URL, model: any ModelProvider, judge: (any ModelProvider)? = nil,
    materials: Materials, written: any WrittenRows = NoWrittenRows(),
    beforeCommit: @escaping @Sendable (Int) throws -> Void = { _ in }
  ) throws -> RunFolder {
    try requireResumable(url)
    let lock = try FolderLock(url)
    var folder = try open(url, isReadOnly: false, beforeCommit: beforeCommit)
    let plan = folder.plan
    try plan.require(model, judge: judge, materials: materials, in: url)
    let again = try Planner(
      experiment: plan.experiment, options: plan.options, model: model, judge: judge,
      materials: materials, written: written
    ).plan()
    try plan.requireWhole(in: url.appending(path: "plan.json"))
    try folder.requireUnchanged()
    guard again.contentHash == plan.contentHash else {
      throw LabError(
        .version,
        "\(url.path): this version of Nosce would plan the experiment differently; finish the run "
          + "with the version that began it (\(folder.provenance.version)), or start a new one")
    }
    folder.lock = lock
    return folder
  }

  /// Some of a plan's subjects, carried out in a folder of their own that is kept in another way: by a
  /// worker, which does not write the run's store.
  ///
  /// - Parameter url: where their adapters go.
  package static func worker(
    _ url: URL, plan: Plan, provenance: Provenance, store: RunStore
  ) -> RunFolder {
    RunFolder(url: url, plan: plan, provenance: provenance, store: store, lock: nil)
  }

  /// Opens a folder to take in what workers have done, and holds it until the value is gone. No model is
  /// needed for that.
  package static func collecting(_ url: URL) throws -> RunFolder {
    try requireResumable(url)
    let lock = try FolderLock(url)
    var folder = try open(url, isReadOnly: false, beforeCommit: { _ in })
    try folder.plan.requireWhole(in: url.appending(path: "plan.json"))
    try folder.requireUnchanged()
    folder.lock = lock
    return folder
  }

  /// Opens a folder to read it, also while a run is writing to it.
  package static func read(_ url: URL) throws -> RunFolder {
    try requirePlan(in: url)
    return try open(url, isReadOnly: true, beforeCommit: { _ in })
  }

  private static func open(
    _ url: URL, isReadOnly: Bool, beforeCommit: @escaping @Sendable (Int) throws -> Void
  ) throws -> RunFolder {
    let planURL = url.appending(path: "plan.json")
    let data = try Storage.read(planURL)
    try check(data, from: planURL, isReadOnly ? Plan.readableSchemas : [Plan.currentSchema])
    let provenanceURL = url.appending(path: "provenance.json")
    return RunFolder(
      url: url, plan: try decode(data, from: planURL),
      provenance: try decode(try Storage.read(provenanceURL), from: provenanceURL),
      store: try RunStore.open(
        url.appending(path: "run.sqlite"), isReadOnly: isReadOnly, beforeCommit: beforeCommit),
      lock: nil)
  }

  /// Refuses what cannot be gone on with by its schema: before a model is looked for, and before
  /// anything is written into the folder.
  package static func requireResumable(_ url: URL) throws {
    try requirePlan(in: url)
    let plan = url.appending(path: "plan.json")
    try check(try Storage.read(plan), from: plan, [Plan.currentSchema])
  }

  private static func check(_ data: Data, from planURL: URL, _ allowed: [String]) throws {
    let header: Header = try decode(data, from: planURL)
    guard allowed.contains(header.schema) else {
      let list = allowed.map { "'\($0)'" }.joined(separator: ", ")
      let can =
        Plan.readableSchemas.contains(header.schema)
        ? ", which this version can report and export, but not go on with" : ""
      throw LabError(
        .version,
        "\(planURL.path): found '\(header.schema)'\(can); allowed: \(list). Use the version of "
          + "Nosce that wrote it, or start a new run")
    }
  }

  /// Where a subject's adapter is.
  package func adapter(of cell: String) -> URL {
    url.appending(path: "adapters").appending(path: cell)
  }

  /// Where copies of a subject along its training are.
  package func snapshots(of cell: String) -> URL {
    url.appending(path: "snapshots").appending(path: cell)
  }

  /// Where the copy after a step is.
  func snapshot(of cell: String, step: Int) -> URL {
    snapshots(of: cell).appending(path: "step-\(step)")
  }

  package var report: URL { url.appending(path: "report.html") }
  package var summary: URL { url.appending(path: "summary.json") }

  private static func requirePlan(in url: URL) throws {
    let plan = url.appending(path: "plan.json")
    guard FileManager.default.fileExists(atPath: plan.path) else {
      throw LabError(
        .storage, "\(url.path): found no plan.json; allowed: a folder that `nosce run` has made")
    }
  }

  private static func newFolder(in parent: URL, name: String) throws -> URL {
    for attempt in 1...1000 {
      let url = parent.appending(path: attempt == 1 ? name : "\(name)-\(attempt)")
      if mkdir(url.path, 0o755) == 0 { return url }
      if errno != EEXIST {
        throw Storage.failure(url, "made", code: errno)
      }
    }
    throw LabError(.storage, "\(parent.path): there are 1000 runs of the same second")
  }

  private static func json(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }

  private static func decode<Value: Decodable>(_ data: Data, from url: URL) throws -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: data)
    } catch {
      throw LabError(
        .version, "\(url.path): found a file that this version of Nosce did not write: \(error)",
        cause: error)
    }
  }
}
