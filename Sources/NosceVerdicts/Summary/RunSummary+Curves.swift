import NosceCore

extension RunSummary {
  /// A chart of something measured along the way.
  package struct Curve: Codable, Sendable, Equatable {
    package struct Point: Codable, Sendable, Equatable {
      /// The setting, or the step; where the axis has categories the place among them, from 1.
      package var x: Double
      package var y: Double
      package var interval: Interval?
      /// The seeds that the mean rests on; nil for an untrained arm.
      package var seeds: Int?
      /// The untrained arm whose score this is; nil for the subjects of the line itself.
      package var base: String?

      package init(
        x: Double, y: Double, interval: Interval? = nil, seeds: Int? = nil, base: String? = nil
      ) {
        self.x = x
        self.y = y
        self.interval = interval
        self.seeds = seeds
        self.base = base
      }
    }

    package struct Series: Codable, Sendable, Equatable {
      package var name: String
      package var probe: String
      package var arm: String
      package var points: [Point]
      /// Why the line does not begin with the untrained arm; nil where it does, and on an axis on
      /// which nothing is no training.
      package var withoutBase: String?

      package init(
        name: String, probe: String, arm: String, points: [Point], withoutBase: String? = nil
      ) {
        self.name = name
        self.probe = probe
        self.arm = arm
        self.points = points
        self.withoutBase = withoutBase
      }
    }

    /// What a floor of the primary contrast scored on the probe of a line, by its main subjects.
    package struct Floor: Codable, Sendable, Equatable {
      /// The probe of the lines that it stands beside.
      package var probe: String
      /// The arm, and its own probe in brackets where it is not the contrast's.
      package var name: String
      package var arm: String
      package var mean: Double?
      package var interval: Interval?
      /// Trained subjects per task; zero for an untrained arm.
      package var seeds: Int
      package var kept: Int
      package var total: Int
      /// Why there is no mean; nil where there is one.
      package var leftOut: String?

      package init(
        probe: String, name: String, arm: String, mean: Double? = nil, interval: Interval? = nil,
        seeds: Int = 0, kept: Int = 0, total: Int = 0, leftOut: String? = nil
      ) {
        self.probe = probe
        self.name = name
        self.arm = arm
        self.mean = mean
        self.interval = interval
        self.seeds = seeds
        self.kept = kept
        self.total = total
        self.leftOut = leftOut
      }
    }

    /// By when half of a line's change along training was made.
    package struct Halfway: Codable, Sendable, Equatable {
      package var name: String
      /// The mean over the seeds that moved; nil where none did.
      package var step: Double?
      package var interval: Interval?
      /// Seeds whose score ended at least 0.1 from where it began.
      package var moved: Int
      package var seeds: Int

      package init(
        name: String, step: Double?, interval: Interval?, moved: Int, seeds: Int
      ) {
        self.name = name
        self.step = step
        self.interval = interval
        self.moved = moved
        self.seeds = seeds
      }
    }

    package var title: String
    package var xLabel: String
    package var yLabel: String
    /// What stands across where that is no number, in its order; nil for an axis of numbers.
    package var categories: [String]?
    package var series: [Series]
    /// Nil where no contrast is primary.
    package var floors: [Floor]?
    /// Along training only.
    package var halfways: [Halfway]?

    package init(
      title: String, xLabel: String, yLabel: String, categories: [String]? = nil, series: [Series],
      floors: [Floor]? = nil, halfways: [Halfway]? = nil
    ) {
      self.title = title
      self.xLabel = xLabel
      self.yLabel = yLabel
      self.categories = categories
      self.series = series
      self.floors = floors
      self.halfways = halfways
    }
  }
}
