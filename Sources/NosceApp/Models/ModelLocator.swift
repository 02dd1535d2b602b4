import Foundation
import NosceCore
import NosceEngine
import NosceFormats
import NosceLocal
import NosceOrganism
import NoscePorts
import NosceScripted

/// The models and adapters that a command can be pointed at.
///
/// A name is a bundled organism, a folder, or `org/name[@revision]` in the local Hugging Face cache,
/// in this order. Nothing is ever downloaded.
package enum ModelLocator {
  /// Where a named model lies.
  package struct Place: Sendable {
    package var files: ModelFiles
    /// What results call it.
    package var name: String
    /// The same model by a name that does not depend on the current folder.
    package var lastingName: String
    /// What adapters record as their base: what other tools can open, too.
    package var baseName: String
    package var summary: String
    package var organism: Organism?
    /// Which world it was pretrained on, where it was on one.
    package var card: OrganismCard?
  }

  package static let help =
    "organism, organism-null, a checkpoint folder, a GGUF file, or org/name[@revision] in the "
    + "local Hugging Face cache."

  /// Where a model lies that is a folder or a file; a script has no weights.
  ///
  /// - Parameter option: what error messages call the place where the name was given.
  package static func place(_ name: String, option: String = "--subject") throws -> Place {
    if script(name) != nil { throw noFolder(name, option) }
    if isEndpoint(name) { throw noFiles(option) }
    if let organism = Organism(rawValue: name) {
      return Place(
        files: .folder(try organism.directory()), name: name, lastingName: name, baseName: name,
        summary: organism.summary, organism: organism,
        card: try OrganismCard(in: try organism.directory()))
    }
    if let file = file(name) {
      let gguf = try GGUFFile(contentsOf: file.resolvingSymlinksInPath())
      return Place(
        files: .gguf(gguf), name: file.deletingPathExtension().lastPathComponent,
        lastingName: file.path, baseName: file.path, summary: "the GGUF file \(file.path)")
    }
    if let directory = folder(name) {
      try refuseLooseFiles(in: directory, option)
      let path = directory.path
      return Place(
        files: .folder(directory.resolvingSymlinksInPath()), name: directory.lastPathComponent,
        lastingName: path, baseName: path, summary: "the checkpoint in \(path)",
        card: try OrganismCard(in: directory))
    }
    let names = Organism.allCases.map(\.rawValue).joined(separator: ", ")
    let snapshot = try snapshot(name, option, allowed: "\(names), a checkpoint folder, a GGUF file")
    return Place(
      files: .folder(snapshot.directory), name: snapshot.repository,
      lastingName: "\(snapshot.repository)@\(snapshot.commit)", baseName: snapshot.repository,
      summary: "\(snapshot.repository) at commit \(snapshot.commit.prefix(12)), "
        + "from the Hugging Face cache")
  }

  /// A model on this machine as something that experiments train and ask; ``provider`` finds others,
  /// too.
  ///
  /// - Parameter template: the chat template in place of its own.
  package static func model(
    _ name: String, option: String = "--subject", template: GivenTemplate? = nil
  ) throws -> any ModelProvider {
    if let script = script(name) {
      if let template { throw noTemplate(name, option, template) }
      return ScriptedModel(try Script(contentsOf: script))
    }
    let place = try place(name, option: option)
    if let organism = place.organism { return try organism.model(template: template) }
    // An organism that was pretrained here is computed with as the bundled ones are.
    return try LocalModel(
      place.files, name: place.name, summary: place.summary, template: template,
      precision: place.card == nil ? nil : .float32)
  }

  /// The hash by which plans know a model, of its files as they are now.
  package static func contentHash(
    _ name: String, option: String = "--subject", template: GivenTemplate? = nil
  ) throws -> String {
    if let script = script(name) { return try Script(contentsOf: script).contentHash }
    return try LocalModel.contentHash(
      of: try place(name, option: option).files, template: template)
  }

  /// The same model by a name that does not depend on the current folder.
  package static func lastingName(_ name: String, option: String = "--subject") throws -> String {
    if let script = script(name) { return scriptPrefix + script.path }
    if isEndpoint(name) { return try lastingName(ofEndpoint: name, option) }
    return try place(name, option: option).lastingName
  }

  /// The folder of an adapter.
  package static func adapter(_ name: String, option: String = "--adapter") throws -> URL {
    if let directory = folder(name) { return directory.resolvingSymlinksInPath() }
    return try snapshot(name, option, allowed: "an adapter folder").directory
  }

  /// Which of several GGUF files in a folder is meant, their path says and not the folder's.
  private static func refuseLooseFiles(in directory: URL, _ option: String) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    let described = ["config.json", "adapter_config.json"].contains(where: names.contains)
    guard !described, let file = names.first(where: { $0.hasSuffix(".gguf") }) else { return }
    throw LabError(
      .backend,
      "\(option): found \(file) and no config.json in '\(directory.path)'; allowed: a checkpoint "
        + "folder, or the path of a GGUF file")
  }

  private static func folder(_ name: String) -> URL? {
    isFolder(name) == true
      ? URL(fileURLWithPath: name, isDirectory: true).standardizedFileURL : nil
  }

  private static func file(_ name: String) -> URL? {
    isFolder(name) == false ? URL(fileURLWithPath: name).standardizedFileURL : nil
  }

  /// Whether a path is a folder; nil where nothing is there.
  private static func isFolder(_ name: String) -> Bool? {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: name, isDirectory: &isFolder)
      ? isFolder.boolValue : nil
  }

  /// The models that have a name here: those that ship, and what the Hugging Face cache holds.
  package static var named: [String] {
    Organism.allCases.map(\.rawValue) + cache.repositories
  }

  private static var cache: HubCache {
    let environment = ProcessInfo.processInfo.environment
    let home =
      environment["HOME"].map { URL(fileURLWithPath: $0) }
      ?? FileManager.default.homeDirectoryForCurrentUser
    return HubCache(environment: environment, home: home)
  }

  private static func snapshot(
    _ name: String, _ option: String, allowed: String
  ) throws -> HubCache.Snapshot {
    let reference = HubCache.Reference(name)
    let cache = cache
    if let reference, cache.contains(reference.repository) {
      return try cache.snapshot(reference)
    }
    var found = "found '\(name)', which is no folder or file here"
    if reference != nil {
      let held = cache.repositories
      let list = held.isEmpty ? "nothing" : held.prefix(8).joined(separator: ", ")
      let more = held.count > 8 ? " and \(held.count - 8) more" : ""
      found += " and not in the Hugging Face cache \(cache.folder.path) "
      found += "(from \(cache.origin)), which holds \(list)\(more)"
    }
    throw LabError(
      .backend,
      "\(option): \(found); allowed: \(allowed), or org/name[@revision] in that cache. "
        + "Nosce downloads nothing")
  }
}
