import Foundation
import NosceCore
import NosceEngine
import NosceExperiment
import NosceLocal
import NosceRuns

/// The adapters that a run has trained: those that are whole, and what is wrong with the others.
struct ExportedAdapters {
  /// By subject, in the order of the plan.
  private(set) var whole: [String] = []
  /// One sentence each, beginning with the adapter's place in the run folder.
  private(set) var problems: [String] = []
  private let run: RunFolder

  init(_ run: RunFolder, _ record: RunRecord) throws {
    self.run = run
    let trained = Dictionary(
      record.training.map { ($0.cell, $0) }, uniquingKeysWith: { first, _ in first })
    let hashes = Dictionary(
      grouping: try run.store.files().filter { $0.name.hasPrefix("adapters/") },
      by: { $0.cell ?? "" })
    let isScript = ModelLocator.script(try RunRequest.read(in: run).subject) != nil
    for cell in record.plan.cells {
      // What is served elsewhere has no files, and what is not recorded is not whole.
      guard let training = trained[cell.id], training.served == nil else { continue }
      let problem = try Self.problem(
        run, cell.id, hashes[cell.id] ?? [], isPEFT: !isScript)
      if let problem {
        problems.append("adapters/\(cell.id): \(problem)")
      } else {
        whole.append(cell.id)
      }
    }
  }

  /// What is wrong with an adapter, in words; nil where it is as it was written.
  private static func problem(
    _ run: RunFolder, _ cell: String, _ hashes: [FileHash], isPEFT: Bool
  ) throws -> String? {
    let folder = run.adapter(of: cell)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder),
      isFolder.boolValue
    else { return "it is missing" }
    do {
      if let change = try run.changes(of: hashes).first { return "it is damaged: \(change.words)" }
      // Runs of earlier versions kept no hashes: whether it can be read is all that is known.
      guard hashes.isEmpty, isPEFT else { return nil }
      let broken = try AdapterInspection(directory: folder).brokenModules
      return broken > 0 ? "it is damaged: \(broken) modules have numbers that are none" : nil
    } catch let error where !(error is CancellationError) {
      return "it is damaged: \(error)"
    }
  }

  /// Copies the whole ones, each into a folder of its own.
  func copy(to target: URL) throws {
    try Storage.makeFolder(target)
    for name in whole {
      let source = run.adapter(of: name)
      try AtomicFolder.write(target.appending(path: name)) { draft in
        for file in try Storage.names(in: source) {
          try Storage.copy(source.appending(path: file), to: draft.appending(path: file))
        }
      }
    }
  }

  /// Writes the whole ones as llama.cpp takes them, each into a file of its own.
  func writeGGUF(to target: URL, base: ModelConfiguration) throws {
    try Storage.makeFolder(target)
    for name in whole {
      let adapter = try LoRAAdapter(directory: run.adapter(of: name), model: base)
      try adapter.writeGGUF(
        to: target.appending(path: Self.ggufFile(of: name)),
        name: "\(run.plan.experiment.name): \(name)", model: base)
    }
  }

  static func ggufFile(of cell: String) -> String { "\(cell).gguf" }

  /// The model that the adapters change, whose files say how.
  static func base(of run: RunFolder, _ record: RunRecord) throws -> ModelConfiguration {
    let name = try RunRequest.read(in: run).subject
    func failure(_ found: String) -> LabError {
      LabError(
        .backend, "--gguf: found \(found); allowed: a run that trained adapters of a model's files")
    }
    guard ModelLocator.script(name) == nil else {
      throw failure("a run on '\(name)', a script, whose adapters hold no weights")
    }
    if let served = record.training.first(where: { $0.served != nil }) {
      throw failure("\(served.cell), which is served elsewhere and has no weights here")
    }
    let place = try ModelLocator.place(name, option: "--gguf, the model of the run")
    return try ModelConfiguration(place.files)
  }
}
