/// Which way a treatment is claimed to differ from its floors.
package enum Direction: String, Codable, Sendable, CaseIterable {
  case greater, less

  /// What a difference, treatment minus floor, is multiplied by to be an advantage.
  package var sign: Double { self == .greater ? 1 : -1 }
}
