import NosceCore

/// How large an effect must be for a design to find it in four of five cases.
package enum SmallestEffectFound {
  package static let power = 0.8
  private static let repetitions = 400
  /// With more blocks, t tests stand in for sign flips, from which they then hardly differ.
  private static let mostFlipped = 12

  /// In standard deviations of a block's difference, for differences that are normal.
  ///
  /// All floors are equally hard, and their differences correlated by one half, since they share the
  /// treatment. Each repetition needs the shift that brings its lowest interval end to zero; the
  /// effect is the shift that is enough in `power` of them. The same arguments give the same number.
  ///
  /// - Parameter level: of the one-sided test against each floor, after any adjustment.
  /// - Returns: nil where so few blocks can never reach the level.
  package static func deviations(blocks: Int, floors: Int, level: Double) throws -> Double? {
    guard blocks > 1, isAtMost(SignFlips.smallestP(blocks: blocks), level) else { return nil }
    var generator = SeededGenerator(seed: 1, labStream: "smallest effect found")
    let t = StudentT.quantile(1 - level, degreesOfFreedom: Double(blocks - 1))
    var needed: [Double] = []
    for _ in 0..<repetitions {
      let treatment = (0..<blocks).map { _ in generator.normal() }
      var shift = -Double.infinity
      for _ in 0..<max(1, floors) {
        let differences = treatment.map { ($0 - generator.normal()) / 2.0.squareRoot() }
        let end: Double
        if blocks <= mostFlipped {
          let flips = try SignFlips(differences, scaleOf: differences)
          end = flips.ends(tail: level).lower ?? -.infinity
        } else {
          let moments = Moments(differences)
          end = moments.mean - t * moments.squaredError.squareRoot()
        }
        shift = max(shift, -end)
      }
      needed.append(shift)
    }
    let place = Int((power * Double(repetitions)).rounded(.up)) - 1
    return needed.sorted()[place]
  }
}
