import Foundation
import NosceCore
import NosceRows

/// A copy of a set of materials in which files are changed.
///
/// - Parameter changes: for each file, relative to the set, what is replaced by what; an empty text
///   to replace means that the file becomes the other one.
package func withSet<Result>(
  _ set: String = "miniature", changing changes: [(file: String, from: String, to: String)],
  _ body: (URL) throws -> Result
) throws -> Result {
  try withFolder { folder in
    let copy = folder.appending(path: set)
    try FileManager.default.copyItem(
      at: packageRoot.appending(path: "Materials").appending(path: set), to: copy)
    for change in changes {
      let url = copy.appending(path: change.file)
      guard !change.from.isEmpty else {
        try Storage.write(change.to, to: url)
        continue
      }
      let text = String(decoding: try Storage.read(url), as: UTF8.self)
      guard let range = text.range(of: change.from) else { throw Missing(text: change.from) }
      try Storage.write(text.replacingCharacters(in: range, with: change.to), to: url)
    }
    return try body(copy)
  }
}
