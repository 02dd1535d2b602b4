import Foundation

/// The files that a model is read from: a folder as Hugging Face lays it out, or GGUF files.
package enum ModelFiles: Sendable {
  case folder(URL)
  case gguf(GGUFFile)

  /// Opens what a path names; a GGUF file is known by how it begins.
  package init(at url: URL) throws(CheckpointError) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
    self = exists && isFolder.boolValue ? .folder(url) : .gguf(try GGUFFile(contentsOf: url))
  }

  /// Nil for GGUF files.
  package var folder: URL? {
    if case .folder(let url) = self { url } else { nil }
  }

  /// The folder, or the first of the GGUF files.
  package var url: URL {
    switch self {
    case .folder(let url): url
    case .gguf(let file): file.url
    }
  }
}
