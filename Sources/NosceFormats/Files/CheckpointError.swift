/// A checkpoint or adapter that cannot be used: which file, what was found, what is allowed.
package struct CheckpointError: Error, Equatable, CustomStringConvertible {
  package let file: String
  package let found: String
  package let allowed: String

  package init(file: String, found: String, allowed: String) {
    self.file = file
    self.found = found
    self.allowed = allowed
  }

  package var description: String { "\(file): found \(found); allowed: \(allowed)" }
}
