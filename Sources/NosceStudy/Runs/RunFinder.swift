import Foundation
import NosceCore
import NosceRuns

/// Finds run folders by what is in them, whatever they are called.
package enum RunFinder {
  /// How far down run folders are looked for: `runs/all-organism/hello-…` is two levels down.
  package static let depth = 3

  /// The run folders at or below a folder, in the order of their paths. Nothing is looked for
  /// inside a run folder.
  package static func runs(under root: URL) throws -> [URL] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: root.path, isDirectory: &isFolder),
      isFolder.boolValue
    else {
      throw LabError(
        .storage, "\(root.path): found no folder; allowed: a run folder or one that holds some")
    }
    return runs(under: root, depth: depth)
  }

  private static func runs(under folder: URL, depth: Int) -> [URL] {
    if isRun(folder) { return [folder] }
    guard depth > 0 else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().filter { !$0.hasPrefix(".") }.flatMap { name -> [URL] in
      let child = folder.appending(path: name)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: child.path, isDirectory: &isFolder),
        isFolder.boolValue
      else { return [] }
      return runs(under: child, depth: depth - 1)
    }
  }

  private static func isRun(_ folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "plan.json").path)
  }

  /// What a run folder says of its origin; nil where that cannot be read.
  package static func provenance(of run: URL) -> Provenance? {
    guard let data = try? Data(contentsOf: run.appending(path: "provenance.json")) else {
      return nil
    }
    return try? JSONDecoder().decode(Provenance.self, from: data)
  }

  /// The run of this very plan directly in a folder; the newest where there are several.
  package static func run(of plan: Plan, in parent: URL) -> URL? {
    runs(under: parent, depth: 1).filter { provenance(of: $0)?.hashes["plan"] == plan.contentHash }
      .max { started($0) < started($1) }
  }

  private static func started(_ run: URL) -> String { provenance(of: run)?.started ?? "" }
}
