/// How the score of a floor stands to the treatment's, block by block.
///
/// A block is a seed: the host, the rows drawn, the initial weights, and what is asked.
package enum FloorKind: Sendable, Hashable {
  /// Block k against block k: trained arms, the treatment on another probe, and base, where it is
  /// asked as each block's host.
  case paired
  /// Base, where it is the same in every block, beside a floor that is trained. Taken from every score
  /// alike it changes no difference between arms, so it binds nothing and is shown.
  case beside
  /// Base, where it is the same in every block and nothing else is there to be beaten.
  case constant

  package init(_ contrast: Contrast, _ floor: Contrast.Floor, in experiment: Experiment) {
    func isFixed(_ floor: Contrast.Floor) -> Bool {
      guard let arm = experiment.arm(floor.arm), !arm.isTrained else { return false }
      return experiment.differentSeeds < 2
    }
    if !isFixed(floor) {
      self = .paired
    } else {
      self = contrast.floors.allSatisfy(isFixed) ? .constant : .beside
    }
  }

  /// Whether the treatment must beat it.
  package var binds: Bool { self != .beside }
}

extension Experiment {
  /// The floors of a contrast that the treatment must beat.
  package func bindingFloors(of contrast: Contrast) -> [Contrast.Floor] {
    contrast.floors.filter { FloorKind(contrast, $0, in: self).binds }
  }
}
