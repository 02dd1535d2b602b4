extension RunSummary {
  /// How far subjects report what they do, over more and less of what they were trained with.
  package struct ReportByBehaviour: Codable, Sendable, Equatable {
    package struct Point: Codable, Sendable, Equatable {
      /// The setting, such as `scale 0.5`; of the untrained model its arm.
      package var label: String
      /// The mean score on the behaviour probe.
      package var behaviour: Double
      /// On the primary contrast's probe: the mean score, or the effect of a square.
      package var report: Double
      package var subjects: Int

      package init(label: String, behaviour: Double, report: Double, subjects: Int) {
        self.label = label
        self.behaviour = behaviour
        self.report = report
        self.subjects = subjects
      }
    }

    /// The points of one arm in the order of one setting.
    package struct Line: Codable, Sendable, Equatable {
      package var name: String
      package var arm: String
      /// Whether the untrained model stands before its first point.
      package var beginsWithBase: Bool
      package var points: [Point]

      package init(name: String, arm: String, beginsWithBase: Bool, points: [Point]) {
        self.name = name
        self.arm = arm
        self.beginsWithBase = beginsWithBase
        self.points = points
      }
    }

    package var behaviourProbe: String
    package var reportProbe: String
    /// Whether reports are diagonals less the rest, in nats, and no scores.
    package var isSquare: Bool
    package var lines: [Line]
    /// Nil where the untrained model was not asked both.
    package var base: Point?
    /// What the untrained model reports when it is told the answer; nil without a ladder.
    package var ceiling: Double?

    package init(
      behaviourProbe: String, reportProbe: String, isSquare: Bool, lines: [Line],
      base: Point? = nil, ceiling: Double? = nil
    ) {
      self.behaviourProbe = behaviourProbe
      self.reportProbe = reportProbe
      self.isSquare = isSquare
      self.lines = lines
      self.base = base
      self.ceiling = ceiling
    }
  }
}
