import NosceKeys

/// A key of a table, where a file uses it.
package struct FileUse: Sendable, Hashable {
  package var table: String
  package var key: String
  /// Where the value stands, such as `probes.letters.ask`.
  package var path: String
  package var line: Int
}
