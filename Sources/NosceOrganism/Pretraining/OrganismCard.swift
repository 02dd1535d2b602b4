import Foundation
import NosceCore
import NosceFormats
import NosceRows

/// Where an organism comes from: the file `card.json` beside its weights.
///
/// It decides nothing that the model says, and is no part of the model's content hash.
package struct OrganismCard: Sendable, Equatable {
  package static let fileName = "card.json"

  /// Which of the worlds it was pretrained on.
  package var world: World.Kind
  /// The name of the recipe.
  package var recipe: String
  /// The recipe's seed; 1 on cards that say none.
  package var seed: UInt64
  /// The set of materials that the world was made of, which is the organism's own.
  package var materials: String
  /// The hash of the set's `world/` at that time.
  package var worldHash: String

  package init(world: World.Kind, recipe: String, seed: UInt64, materials: Materials) {
    self.world = world
    self.recipe = recipe
    self.seed = seed
    self.materials = materials.name
    worldHash = materials.worldHash
  }

  /// The card in a checkpoint's folder; nil where there is none that is an organism's.
  package init?(in folder: URL) throws {
    let url = folder.appending(path: Self.fileName)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    let json = try JSON(parsing: try Storage.read(url))
    guard json.object?["world_hash"] != nil else { return nil }
    func text(_ key: String) throws -> String {
      guard let text = json.object?[key]?.string else {
        throw LabError(
          .backend,
          "\(url.path): found no text for '\(key)'; allowed: world, recipe, materials, world_hash")
      }
      return text
    }
    let kind = try text("world")
    guard let world = World.Kind(rawValue: kind) else {
      throw LabError(
        .backend,
        "\(url.path): found the world '\(kind)'; allowed: "
          + World.Kind.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self.world = world
    recipe = try text("recipe")
    let number = json.object?["seed"] ?? .integer(1)
    guard let seed = number.integer.flatMap(UInt64.init(exactly:)) else {
      throw LabError(
        .backend, "\(url.path): found \(number.text()) for 'seed'; allowed: a whole number from 0")
    }
    self.seed = seed
    materials = try text("materials")
    worldHash = try text("world_hash")
  }

  func write(to folder: URL) throws {
    let json = JSON.object([
      ("world", .string(world.rawValue)), ("recipe", .string(recipe)),
      ("seed", .integer(Int(seed))), ("materials", .string(materials)),
      ("world_hash", .string(worldHash)),
    ])
    try Storage.write(json.text(indent: 2) + "\n", to: folder.appending(path: Self.fileName))
  }
}
