import Foundation
import NosceCore
import NosceKeys
import NosceRows

/// Reads a set of materials from its folder.
///
///     set.yaml            what it is, its language, and what its experiments share
///     world/lines.yaml    what spelled lines are composed of
///     world/words.yaml    the words that are spelled, and decoys
///     world/NAME.yaml     a bank of tasks
///     EXPERIMENT.yaml     what an experiment is filled with
package enum MaterialsReader {
  /// - Parameter experiment: whose materials the hash covers, too, where the set has any.
  package static func load(_ folder: URL, for experiment: String? = nil) throws -> Materials {
    let name = folder.lastPathComponent
    let set = try SharedMaterials(folder)
    let world = folder.appending(path: "world")
    let files = try names(in: world)
    var (lines, words, tasks) = (
      LineBank.empty, WordList(development: [], report: [], decoys: []), [TaskBank]()
    )
    var hashes: [String] = []
    var parts: [String: String] = [:]
    var errors: [ExperimentFileError] = []
    for file in files {
      let source = YAMLSource(name: "\(name)/world/\(file)", folder: world)
      let problems = YAMLProblems(source)
      let text = try YAMLText.text(of: world.appending(path: file))
      if let node = YAMLText.compose(
        text, from: source, into: problems, allowed: "lines, words or a bank of tasks")
      {
        let hash = ContentHash.of(node.canonicalText)
        hashes.append("\(file) \(hash)")
        let root = YAMLValue(node: node, path: "", problems: problems)
        let stem = String(file.dropLast(5))
        parts[stem] = hash
        switch stem {
        case "lines": lines = WorldDecoder.lines(root) ?? lines
        case "words": words = WorldDecoder.words(root) ?? words
        default:
          if let bank = TaskBankDecoder(root: root, name: stem).bank() { tasks.append(bank) }
        }
      }
      if !problems.list.isEmpty { errors.append(problems.error) }
    }
    if let error = ExperimentFileError(together: errors) { throw error }
    let worldHash = ContentHash.of(hashes.joined(separator: "\n"))
    let materials = Materials(
      name: name, folder: folder, summary: set.summary, language: set.language, lines: lines,
      words: words, tasks: tasks, parts: parts, worldHash: worldHash,
      ownHash: ContentHash.of("world \(worldHash)\nset.yaml \(set.hash)"))
    return try experiment.map { try self.materials(materials, of: $0) } ?? materials
  }

  /// The set with the hash that covers what the experiment is filled with.
  static func materials(_ materials: Materials, of experiment: String) throws -> Materials {
    guard let node = try Self.experiment(experiment, in: materials.folder)?.node else {
      return materials
    }
    var result = materials
    result.hash = ContentHash.of(
      "\(materials.ownHash)\n\(experiment).yaml \(ContentHash.of(node.canonicalText))")
    return result
  }

  /// Whether the set has something to fill an experiment with.
  package static func has(_ experiment: String, in folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: file(of: experiment, in: folder).path)
  }

  private static func file(of experiment: String, in folder: URL) -> URL {
    folder.appending(path: "\(experiment).yaml")
  }

  /// What an experiment is filled with; nil where the set has nothing for it.
  static func experiment(
    _ name: String, in folder: URL
  ) throws -> (node: YAMLNode?, problems: YAMLProblems)? {
    guard has(name, in: folder) else { return nil }
    let source = YAMLSource(
      name: "\(folder.lastPathComponent)/\(name).yaml", folder: folder)
    let problems = YAMLProblems(source)
    let node = YAMLText.compose(
      try YAMLText.text(of: file(of: name, in: folder)), from: source, into: problems,
      allowed: "a mapping with arms, probes…")
    return (node, problems)
  }

  private static func names(in folder: URL) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.path)
        .filter { $0.hasSuffix(".yaml") }.sorted()
    } catch {
      throw LabError(
        .invalidExperiment,
        "\(folder.path): cannot be read: \(Storage.reason(for: error, at: folder)); allowed: a set "
          + "of materials, which has a folder world",
        cause: error)
    }
  }
}

/// What a set says of itself, and what its experiments share.
struct SharedMaterials {
  var summary = ""
  var language = ""
  /// `hosts` and `training`, where they are given.
  var defaults: [(key: YAMLNode, value: YAMLNode)] = []
  var hash: String

  init(_ folder: URL) throws {
    let source = YAMLSource(name: "\(folder.lastPathComponent)/set.yaml", folder: folder)
    let problems = YAMLProblems(source)
    let text = try YAMLText.text(of: folder.appending(path: "set.yaml"))
    let allowed = "a mapping with about and language"
    let node = YAMLText.compose(text, from: source, into: problems, allowed: allowed)
    hash = ContentHash.of(node?.canonicalText ?? "")
    if let node {
      let root = YAMLValue(node: node, path: "", problems: problems)
      (summary, language) = Self.facts(root)
      defaults = (node.mapping ?? []).filter {
        ["hosts", "training"].contains($0.key.scalar?.string)
      }
    }
    if !problems.list.isEmpty { throw problems.error }
  }

  /// What hosts and training say is read with the experiment that they are put into.
  static func facts(_ root: YAMLValue) -> (summary: String, language: String) {
    let fields = root.fields(.materialsSet)
    for key in ["hosts", "training"] { _ = fields?[key]?.entries }
    return (
      fields?.required("about")?.nonEmptyString ?? "",
      fields?.required("language")?.nonEmptyString ?? ""
    )
  }
}

extension ExperimentFileError {
  /// The problems of several files as one error; nil where there are none.
  init?(together errors: [ExperimentFileError]) {
    guard let first = errors.first else { return nil }
    self = first
    for error in errors.dropFirst() {
      problems += error.problems.map { problem in
        Problem(file: problem.file ?? error.file, line: problem.line, message: problem.message)
      }
    }
  }
}
