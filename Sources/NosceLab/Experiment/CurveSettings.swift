/// What is measured along the way when curves are asked for. Curves never enter a contrast.
package struct CurveSettings: Codable, Sendable, Hashable {
  /// The arm that the curves are about.
  package var arm: String
  package var probes: [String]
  /// Ask after every so many training steps.
  package var everySteps: Int?
  /// Ask after training on so many rows.
  package var rows: [Int]
  /// Ask with an adapter on these layers only: first and last layer of each range.
  package var layers: [[Int]]
  /// How many seeds take part; nil for all.
  package var seeds: Int?

  package init(
    arm: String, probes: [String], everySteps: Int? = nil, rows: [Int] = [],
    layers: [[Int]] = [], seeds: Int? = nil
  ) {
    self.arm = arm
    self.probes = probes
    self.everySteps = everySteps
    self.rows = rows
    self.layers = layers
    self.seeds = seeds
  }
}
