import Foundation
import NosceCore
import NosceReport
import NosceRuns
import NosceVerdicts

/// An export of a run against what it would be now.
struct ExportVerification {
  let run: RunFolder
  let contents: ExportContents
  let folder: URL

  func verify(into result: inout Verification) throws {
    if let data = try data("summary.json") {
      if let schema = DocumentVerification.schema(of: data), schema != RunSummary.currentSchema {
        return result.leave(
          .export,
          "\(folder.relativePath) was written by another version, with a summary of \(schema)")
      }
      for difference in try DocumentVerification.compare(
        .export, name("summary.json"), data, with: contents.summary)
      { result.differ(difference) }
    }
    var files = 0
    var missing: [String] = []
    func compare(_ file: String, _ text: @autoclosure () -> String) throws {
      guard let found = try data(file) else { return missing.append(file) }
      files += 1
      for difference in DocumentComparison.lines(
        .export, name(file), found: found, expected: text())
      { result.differ(difference) }
    }
    for table in contents.tables {
      try compare("\(table.name).csv", table.csv())
      try compare("\(table.name).jsonl", table.jsonl())
    }
    let hasGGUF = exists("gguf")
    try compare(ExportContents.readme, contents.readme(hasGGUF: hasGGUF))
    let adapters = try verifyAdapters(into: &result)
    result.check(
      .export,
      "\(Counted.text(files, "file")) in \(folder.relativePath) made anew, and "
        + "\(Counted.text(adapters, "file")) of adapters against their hashes")
    if !missing.isEmpty {
      result.leave(
        .export, "\(folder.relativePath) has no \(missing.joined(separator: ", "))")
    }
    if hasGGUF { result.leave(.export, "adapters as GGUF files are not made anew") }
  }

  /// The copies of adapters against the hashes that they had when they were trained.
  private func verifyAdapters(into result: inout Verification) throws -> Int {
    var count = 0
    for file in try run.store.files() where file.name.hasPrefix("adapters/") {
      guard let found = try data(file.name) else { continue }
      count += 1
      let hash = ContentHash.of(found)
      if hash != file.hash {
        result.differ(.export, name(file.name), found: hash, expected: file.hash)
      }
    }
    return count
  }

  private func name(_ file: String) -> String { "\(folder.lastPathComponent)/\(file)" }

  private func exists(_ file: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: file).path)
  }

  private func data(_ file: String) throws -> Data? {
    exists(file) ? try Storage.read(folder.appending(path: file)) : nil
  }
}
