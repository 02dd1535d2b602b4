import Foundation
import NosceCore
import NosceExperiment
import NosceRows

/// Reads an experiment from YAML files, strictly: whatever they say that is not understood is an
/// error with its file and line.
///
/// A file that has nothing of the materials' side (``Sides``) is a protocol, and is filled with what
/// the set has under the experiment's name. Any other file is self-contained, and takes banks and
/// words from the set alone.
package enum ExperimentFile {
  /// An experiment, and what it was read from.
  package struct Loaded: Sendable {
    package var experiment: Experiment
    /// One self-contained file, which a run freezes into its folder: what was read, or for a
    /// protocol what it became.
    package var text: String
    /// The set, with the hash that covers what the experiment was filled with.
    package var materials: Materials
    /// Where its parts stand in the files that it was read from.
    package var places: SourcePlaces
  }

  package static func load(_ url: URL, materials: Materials) throws -> Loaded {
    try decode(
      try YAMLText.text(of: url), from: source(of: url), materials: materials)
  }

  /// Decodes the text of an experiment file. `file` is the name that errors carry, and `folder`
  /// what the paths of other files in it begin at; nil for the current folder.
  package static func decode(
    _ text: String, file: String, in folder: URL? = nil, materials: Materials
  ) throws -> Experiment {
    let current = URL(
      fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)
    let source = YAMLSource(name: file, folder: folder ?? current)
    return try decode(text, from: source, materials: materials).experiment
  }

  /// The keys that a text uses, each with the table by which it is read, in the order of reading.
  package static func uses(
    in text: String, folder: URL? = nil, materials: Materials
  ) -> [FileUse] {
    let problems = YAMLProblems(
      YAMLSource(
        name: "uses", folder: folder ?? URL(fileURLWithPath: ".", isDirectory: true)))
    guard let root = compose(text, into: problems) else { return [] }
    _ = ExperimentDecoder(
      root: YAMLValue(node: root, path: "", problems: problems), materials: materials
    ).experiment()
    return problems.uses
  }

  /// What must be known of a file before a set is chosen for it.
  ///
  /// - Returns: the experiment's name, and whether it is a protocol that a set must fill.
  package static func outline(of url: URL) throws -> (name: String?, isProtocol: Bool) {
    let problems = YAMLProblems(source(of: url))
    guard let node = compose(try YAMLText.text(of: url), into: problems) else {
      throw problems.error
    }
    return (node["name"]?.scalar?.string, isProtocol(node))
  }

  private static func isProtocol(_ node: YAMLNode) -> Bool {
    node.mapping != nil && Sides.materialsKey(in: node) == nil
  }

  private static func source(of url: URL) -> YAMLSource {
    YAMLSource(
      name: url.lastPathComponent, folder: url.absoluteURL.deletingLastPathComponent())
  }

  private static func compose(_ text: String, into problems: YAMLProblems) -> YAMLNode? {
    YAMLText.compose(
      text, from: problems.source, into: problems,
      allowed: "a mapping with name, arms, probes…")
  }

  private static func decode(
    _ text: String, from source: YAMLSource, materials: Materials
  ) throws -> Loaded {
    let problems = YAMLProblems(source) { Sides.side(of: $0) == .materials }
    guard let own = compose(text, into: problems) else { throw problems.error }
    let name = own["name"]?.scalar?.string ?? ""
    let isProtocol = isProtocol(own)
    let whole = isProtocol ? try filled(own, name, materials, problems) : own
    let decoder = ExperimentDecoder(
      root: YAMLValue(node: whole, path: "", problems: problems), materials: materials)
    guard let experiment = decoder.experiment(), problems.list.isEmpty else {
      if problems.list.isEmpty { problems.add(line: 1, "found no experiment") }
      throw problems.error
    }
    return Loaded(
      experiment: experiment, text: isProtocol ? try whole.text() : text,
      materials: try MaterialsReader.materials(materials, of: name), places: SourcePlaces(whole))
  }

  /// The protocol with what the set has for it.
  private static func filled(
    _ own: YAMLNode, _ name: String, _ materials: Materials, _ problems: YAMLProblems
  ) throws -> YAMLNode {
    guard let found = try MaterialsReader.experiment(name, in: materials.folder) else {
      throw LabError(
        .invalidExperiment,
        "\(problems.source.name): found a protocol, which says nothing of rows and questions, and "
          + "no \(name).yaml in the materials '\(materials.name)' (\(materials.folder.path)); "
          + "allowed: another set, or a file that has everything in it")
    }
    guard let node = found.node else { throw found.problems.error }
    guard node.mapping != nil else {
      found.problems.add(at: node.place, "found no mapping; allowed: arms, probes…")
      throw found.problems.error
    }
    let shared = try SharedMaterials(materials.folder)
    return MaterialsMerge(problems: problems).merged(
      own, with: MaterialsMerge.overlay(node, on: shared.defaults))
  }
}
