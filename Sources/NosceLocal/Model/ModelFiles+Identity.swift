import Foundation
import NosceCore
import NosceEngine
import NosceFormats

extension ModelFiles {
  /// The hash of every file that decides what the model says: of one GGUF file its sha256.
  func contentHash() throws -> String {
    switch self {
    case .folder(let directory):
      let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
      let kinds = ["json", "safetensors", "jinja"]
      // An organism's card says where it comes from, and decides nothing.
      let files = names.filter { name in
        name != "card.json" && kinds.contains { name.hasSuffix(".\($0)") }
      }.sorted()
      return try Self.hash(files.map { directory.appendingPathComponent($0) })
    case .gguf(let file):
      let urls = file.files.map(\.url)
      let hash = urls.count == 1 ? try Self.hash(urls[0]) : try Self.hash(urls)
      file.releasePages()
      return hash
    }
  }

  private static func hash(_ urls: [URL]) throws -> String {
    ContentHash.of(
      try urls.map { "\($0.lastPathComponent) \(try hash($0))" }.joined(separator: "\n"))
  }

  private static func hash(_ url: URL) throws -> String {
    ContentHash.of(try Data(contentsOf: url, options: .mappedIfSafe))
  }

  /// The types that a GGUF file's numbers are stored in, in words, the largest share first; nil for
  /// a folder, whose settings say it.
  package var stored: String? {
    guard case .gguf(let file) = self else { return nil }
    return file.storedTypes.map(\.type.name).joined(separator: " and ")
  }
}
