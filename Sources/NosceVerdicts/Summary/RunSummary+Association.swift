extension RunSummary {
  /// Whether two scores went together from subject to subject.
  package struct AssociationResult: Codable, Sendable, Equatable {
    /// One subject.
    package struct Point: Codable, Sendable, Equatable {
      package var arm: String
      package var seed: Int
      package var x: Double
      package var y: Double

      package init(arm: String, seed: Int, x: Double, y: Double) {
        self.arm = arm
        self.seed = seed
        self.x = x
        self.y = y
      }
    }

    package var name: String
    package var probe: String
    package var otherProbe: String
    package var arms: [String]
    /// Pearson's, within arms; nil where a score does not vary.
    package var coefficient: Double?
    /// Two-sided.
    package var p: Double?
    package var subjects: Int
    package var test: String
    package var points: [Point]

    package init(
      name: String, probe: String, otherProbe: String, arms: [String], coefficient: Double?,
      p: Double?, subjects: Int, test: String, points: [Point]
    ) {
      self.name = name
      self.probe = probe
      self.otherProbe = otherProbe
      self.arms = arms
      self.coefficient = coefficient
      self.p = p
      self.subjects = subjects
      self.test = test
      self.points = points
    }
  }
}
