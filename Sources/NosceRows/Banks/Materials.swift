import Foundation
import NosceCore

/// A set of materials: the words and tasks that experiments, and the miniature world, are made of.
///
/// It is a folder. What stands here is its `world/`, which all experiments of the set share; what a
/// single experiment is filled with lies beside it, in a file of the experiment's name.
package struct Materials: Sendable, Hashable {
  /// What a plan calls the set, and what is the same whenever the set is.
  package struct Mark: Codable, Sendable, Hashable {
    package var name: String
    package var hash: String

    package init(name: String, hash: String) {
      self.name = name
      self.hash = hash
    }
  }

  package var name: String
  package var folder: URL
  /// What it is, in one sentence.
  package var summary: String
  /// The language of its texts, as people write it: `English`.
  package var language: String
  /// What spelled lines are composed of; empty where the set has none.
  package var lines: LineBank
  package var words: WordList
  package var tasks: [TaskBank]
  /// Of each file in `world/`, by its name without the ending: `lines`, `words` and the banks.
  package var parts: [String: String]
  /// Of everything in `world/`.
  package var worldHash: String
  /// Of the world and of what the set's experiments share.
  package var ownHash: String
  /// Of both, and of what an experiment is filled with where it is the set of one.
  package var hash: String

  package init(
    name: String, folder: URL, summary: String, language: String, lines: LineBank,
    words: WordList, tasks: [TaskBank], parts: [String: String] = [:], worldHash: String,
    ownHash: String
  ) {
    self.name = name
    self.folder = folder
    self.summary = summary
    self.language = language
    self.lines = lines
    self.words = words
    self.tasks = tasks
    self.parts = parts
    self.worldHash = worldHash
    self.ownHash = ownHash
    hash = ownHash
  }

  package var mark: Mark { Mark(name: name, hash: hash) }

  package func bank(_ name: String) throws -> TaskBank {
    guard let bank = tasks.first(where: { $0.name == name }) else {
      let names = tasks.map(\.name).joined(separator: ", ")
      throw LabError(
        .invalidExperiment,
        "found no bank '\(name)' in the materials '\(self.name)'; allowed: "
          + (names.isEmpty ? "none, they have no banks" : names))
    }
    return bank
  }
}
