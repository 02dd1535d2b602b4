import Foundation
import NosceCore

/// The recipes that ship with Nosce: searches that were carried out on real models, in `Recipes/`.
package enum RecipeCatalog {
  /// In alphabetical order.
  package static func files() throws -> [URL] {
    let folder = try Resources.locate("nosce_NosceCatalog.resources").appending(path: "Recipes")
    return try Storage.names(in: folder).filter { $0.hasSuffix(".json") }.sorted()
      .map { folder.appending(path: $0) }
  }

  /// The search of this file name; nil where none ships.
  package static func file(named name: String) throws -> URL? {
    try files().first { $0.lastPathComponent == name }
  }
}
