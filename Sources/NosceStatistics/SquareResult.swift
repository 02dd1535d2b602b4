/// What the test of a square came to; effects are in the unit of its values.
package struct SquareResult: Codable, Equatable, Sendable {
  /// One family by itself, for readers; the claim rests on all of them.
  package struct FamilyEffect: Codable, Equatable, Sendable {
    package var name: String
    package var names: Int
    package var replicates: Int
    package var effect: Double
    /// The values, averaged over replicates.
    package var values: [[Double]]
  }

  /// The mean of the families' effects: diagonal minus off-diagonal.
  package var estimate: Double
  package var families: [FamilyEffect]
  /// One-sided: the diagonal is higher.
  package var p: Double
  /// One-sided: the diagonal is lower.
  package var oppositeP: Double
  /// The ends of the interval that the test gives by inversion; `nil` where the design cannot reach
  /// one, and the interval is open.
  package var lower: Double?
  package var upper: Double?
  package var intervalLevel: Double
  package var smallestReachableP: Double
  package var method: ExactTestMethod

  /// Names, which are the units of the test.
  package var subjects: Int { families.reduce(0) { $0 + $1.names } }

  /// The test's name with how it was counted.
  package var summary: String { "\(SquareTest.name), \(method.words)" }
}
