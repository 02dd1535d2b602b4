/// A number that Nosce and transformers both computed, and whether it is the same.
struct Agreement: Equatable, CustomStringConvertible {
  var description: String
  var holds: Bool

  /// The checks that the measurements of one case allow, each against transformers in 32 bits.
  static func all(in measurements: [Measurement]) -> [Agreement] {
    guard
      let reference = measurements.first(where: {
        $0.contestant.hasPrefix("transformers") && $0.mode == "f32"
      })
    else { return [] }
    return measurements.filter(\.isNosce).compactMap { found in
      let name = "\(found.workload) \(found.model), \(found.contestant)"
      if let loss = found.firstLoss, let expected = reference.firstLoss {
        // The first loss is a mean over a thousand tokens: rounding to bfloat16 averages out.
        return check("\(name): first loss", loss, expected, tolerance: 1e-3)
      }
      if let sum = found.firstScores, let expected = reference.firstScores {
        // A sum over 253 tokens, each off by the rounding of its format.
        return check(
          "\(name): sum of log-probabilities", sum, expected,
          tolerance: found.mode == "f32" ? 0.05 : 1)
      }
      return nil
    }
  }

  private static func check(
    _ name: String, _ found: Double, _ expected: Double, tolerance: Double
  ) -> Agreement {
    let distance = abs(found - expected)
    return Agreement(
      description: "\(name) \(found), transformers \(expected) (within \(tolerance))",
      holds: distance <= tolerance)
  }
}
