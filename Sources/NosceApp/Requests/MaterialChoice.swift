import Foundation
import NosceCatalog
import NosceCore
import NosceExperiment
import NosceFiles
import NosceOrganism
import NosceRows
import NosceRuns

/// Which set of materials an experiment is filled with.
///
/// One that is named, or the subject's own: an organism's card says of which world it is. Any other
/// model takes the first of the sets below that has the experiment, and a self-contained file the
/// banks of the last.
package enum MaterialChoice {
  /// The sets that a model takes that belongs to none, in this order.
  package static let usual = ["english", "miniature"]
  private static let world = "miniature"

  package static func named(_ set: String) throws -> Materials {
    try MaterialsReader.load(try MaterialCatalog.folder(of: set))
  }

  /// The set for an experiment's file.
  ///
  /// - Parameter set: its name or folder; nil for the subject's usual one.
  package static func materials(
    _ set: String?, for experiment: URL, subject: String
  ) throws -> Materials {
    if let set { return try named(set) }
    let place = try ModelLocator.hasFiles(subject) ? ModelLocator.place(subject) : nil
    if let own = place?.card?.materials { return try named(own) }
    let outline = try ExperimentFile.outline(of: experiment)
    guard outline.isProtocol, let name = outline.name else { return try named(world) }
    for set in usual {
      let folder = try? MaterialCatalog.folder(of: set)
      if let folder, MaterialsReader.has(name, in: folder) {
        return try MaterialsReader.load(folder)
      }
    }
    return try named(world)
  }

  /// What a person should know of the set that an experiment of the catalog takes for want of another; nil
  /// where it is the subject's own, was named, or is one of English.
  package static func note(
    _ set: String?, for experiment: URL, subject: String
  ) throws -> String? {
    guard set == nil, ModelLocator.hasFiles(subject) || ModelLocator.isEndpoint(subject) else {
      return nil
    }
    let own =
      try ModelLocator.hasFiles(subject) ? ModelLocator.place(subject).card?.materials : nil
    let outline = try ExperimentFile.outline(of: experiment)
    guard own == nil, outline.isProtocol, let name = outline.name,
      try materials(nil, for: experiment, subject: subject).name == world
    else { return nil }
    return
      "\(name): no set of plain English has it yet. It is filled with '\(world)', the words and "
      + "questions of the organisms' world, which say little about any other model; --materials names a set"
      + near(name)
  }

  /// Which experiment of the catalog asks something near it, in English: the square of the same name.
  private static func near(_ name: String) -> String {
    let square = "\(name)-square"
    guard let folder = try? MaterialCatalog.folder(of: usual[0]),
      MaterialsReader.has(square, in: folder)
    else { return "" }
    return ". In English `\(square)` asks a near question"
  }

  /// What the miniature world is made of, which organisms are pretrained on.
  package static func miniatureWorld() throws -> Materials { try named(world) }

  /// The set by a name that does not depend on the current folder.
  package static func lastingName(of materials: Materials) throws -> String {
    try MaterialCatalog.ships(materials.folder)
      ? materials.name : materials.folder.standardizedFileURL.path
  }

  /// The set that a run was planned with, as it is now.
  package static func materials(of run: RunFolder) throws -> Materials {
    try materials(of: try RunRequest.read(in: run), run.plan)
  }

  /// The same where the run folder is not opened.
  package static func materials(of request: RunRequest, _ plan: Plan) throws -> Materials {
    try MaterialsReader.load(
      try MaterialCatalog.folder(of: request.materials ?? plan.materials?.name ?? world),
      for: plan.experiment.name)
  }
}
