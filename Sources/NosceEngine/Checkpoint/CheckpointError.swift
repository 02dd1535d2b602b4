/// A checkpoint or adapter that cannot be used: which file, what was found, what is allowed.
package struct CheckpointError: Error, Equatable, CustomStringConvertible {
  package let file: String
  package let found: String
  package let allowed: String
  /// Whether a file could not be written, rather than not be understood.
  package let isWriteFailure: Bool

  package init(file: String, found: String, allowed: String, isWriteFailure: Bool = false) {
    self.file = file
    self.found = found
    self.allowed = allowed
    self.isWriteFailure = isWriteFailure
  }

  package var description: String { "\(file): found \(found); allowed: \(allowed)" }
}
