/// Why a subject ended before all of it was measured.
package struct CellFailure: Codable, Sendable, Hashable {
  package var cell: String
  package var error: String

  package init(cell: String, error: String) {
    self.cell = cell
    self.error = error
  }
}
