import NosceCore
import NosceExperiment

/// What a simulated treatment is compared with, in the designs that experiments have.
package enum SimulatedDesign: String, Codable, Sendable, CaseIterable {
  /// Nothing shared: not even a block.
  case oneFloor = "one floor"
  case oneFloorInBlocks = "one floor, blocks"
  case threeFloors = "three floors, blocks"
  /// Base asked as each block's host, and three trained arms: as many as `hello-word` has.
  case fourFloors = "base paired and three floors"
  /// The same, but base has no training that could scatter it: it lies at what its host's blocks
  /// come to in the mean.
  case steadyBase = "steady base and three floors"
  /// Base without hosts: shown, and binding nothing.
  case baseBeside = "three floors, base constant beside"
  /// Nothing but base without hosts: the spacing bound.
  case constant = "base constant alone"
  /// A floor at 0 in every block, which is no null hypothesis but the usual floor of an answer that
  /// nobody gives by chance.
  case zeroFloor = "one floor at 0"

  /// The trained floors, in their order, and whether base comes before them.
  package var floors: [String] { (hasBase ? ["base"] : []) + trainedFloors }

  package var hasBase: Bool {
    switch self {
    case .fourFloors, .steadyBase, .baseBeside, .constant: true
    case .oneFloor, .oneFloorInBlocks, .threeFloors, .zeroFloor: false
    }
  }

  /// Whether base is asked as each block's host.
  package var hasHosts: Bool { self == .fourFloors || self == .steadyBase }

  private var trainedFloors: [String] {
    switch self {
    case .oneFloor, .oneFloorInBlocks, .zeroFloor: ["floor"]
    case .constant: []
    case .threeFloors, .fourFloors, .steadyBase, .baseBeside: ["floor-1", "floor-2", "floor-3"]
    }
  }

  /// How much of the variance behind a score all arms of a block share.
  package var shared: Double { self == .oneFloor ? 0 : 0.5 }

  /// By how many standard deviations all floors but the first lie below it: nothing, and where there
  /// are several, far enough that one floor alone is left to keep the level.
  package var gaps: [Double] {
    switch self {
    case .threeFloors, .fourFloors, .steadyBase: [0, 0.5, 1, 2]
    case .oneFloor, .oneFloorInBlocks, .baseBeside, .constant, .zeroFloor: [0]
    }
  }

  /// The distributions in which it is shown.
  package var distributions: [SeedDistribution] {
    self == .zeroFloor ? [.farSkewed, .learners] : SeedDistribution.everywhere
  }
}
