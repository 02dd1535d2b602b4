import ArgumentParser
import Foundation
import NosceApp
import NosceCatalog
import NosceLocal
import NoscePorts

/// What a shell offers behind an option, asked anew each time, so that it is what there is.
enum Completions {
  static let experiments = names(ending: ["yaml", "yml"]) { try Catalog.names() }
  static let materials = names { try MaterialCatalog.names() }
  /// Checkpoint folders, and models that have a name.
  static let models = names { ModelLocator.named }
  static let rows = CompletionKind.file(extensions: ["jsonl", "json"])
  /// The bundled template, and files.
  static let templates = names(ending: ["jinja", "jinja2", "j2"]) { [GivenTemplate.plain.name] }
  static let yaml = CompletionKind.file(extensions: ["yaml", "yml"])

  /// The same, and scripts.
  static let modelsAndScripts = CompletionKind.custom { _, _, prefix in modelNames(prefix) }

  /// A model, and behind a plus sign the folder of an adapter.
  static let subjects = CompletionKind.custom { _, _, prefix in
    guard let plus = prefix.firstIndex(of: "+") else { return modelNames(prefix) }
    let adapter = String(prefix[prefix.index(after: plus)...])
    return places(adapter, ending: []).map { prefix[...plus] + $0 }
  }

  private static let script = "script:"

  private static func modelNames(_ prefix: String) -> [String] {
    guard prefix.hasPrefix(script) else {
      return begun(by: prefix, ModelLocator.named + [script]) + places(prefix, ending: [])
    }
    let path = String(prefix.dropFirst(script.count))
    return places(path, ending: ["yaml", "yml"]).map { script + $0 }
  }

  /// Names, files that end so, and folders in which there may be some.
  private static func names(
    ending: [String] = [], _ names: @escaping @Sendable () throws -> [String]
  ) -> CompletionKind {
    .custom { _, _, prefix in
      // A shell shows nothing of an error, and the command itself says it.
      begun(by: prefix, (try? names()) ?? []) + places(prefix, ending: ending)
    }
  }

  private static func begun(by prefix: String, _ names: [String]) -> [String] {
    names.filter { $0.hasPrefix(prefix) }
  }

  /// The folders, and the files with one of these endings, whose paths begin with what was typed.
  private static func places(_ prefix: String, ending: [String]) -> [String] {
    let slash = prefix.lastIndex(of: "/")
    let folder = slash.map { String(prefix[...$0]) } ?? ""
    let name = slash.map { String(prefix[prefix.index(after: $0)...]) } ?? prefix
    let home = FileManager.default.homeDirectoryForCurrentUser.path
    let path =
      folder.isEmpty ? "." : folder.hasPrefix("~/") ? home + folder.dropFirst() : folder
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.sorted().compactMap { entry in
      guard entry.hasPrefix(name), name.hasPrefix(".") || !entry.hasPrefix(".") else { return nil }
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(
        atPath: URL(fileURLWithPath: path).appending(path: entry).path, isDirectory: &isFolder)
      guard exists else { return nil }
      if isFolder.boolValue { return folder + entry + folderEnd }
      return ending.contains { entry.hasSuffix(".\($0)") } ? folder + entry : nil
    }
  }

  /// Bash writes the slash behind a folder itself, and goes on behind it.
  private static var folderEnd: String { CompletionShell.requesting == .bash ? "" : "/" }
}
