/// What a folder holds and nobody reads.
package struct UnusedParts: Sendable, Hashable {
  /// Keys of a file that is read.
  package struct Keys: Sendable, Hashable {
    package var file: String
    package var keys: [String]
  }

  package var files: [String]
  package var keys: [Keys]
  /// The files of an adapter in a model's own folder, which is not applied.
  package var adapter: [String] = []

  /// On one line: files, keys by their file, and an adapter.
  package var words: String {
    var parts = files.isEmpty ? [] : [files.joined(separator: ", ")]
    parts += keys.map { "\($0.file): \($0.keys.joined(separator: ", "))" }
    if !adapter.isEmpty {
      parts.append("an adapter, which is not applied: \(adapter.joined(separator: ", "))")
    }
    return parts.isEmpty ? "nothing" : parts.joined(separator: "; ")
  }
}
