/// A row together with where it stands, for messages about it.
package struct NumberedRow: Sendable, Hashable {
  package var file: String
  /// Counted from 1; the place in a list where there is no file.
  package var line: Int
  package var row: TrainingRow

  package init(file: String, line: Int, row: TrainingRow) {
    self.file = file
    self.line = line
    self.row = row
  }

  package var place: String { "\(file), line \(line)" }
}
