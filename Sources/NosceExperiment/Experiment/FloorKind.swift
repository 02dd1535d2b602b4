/// How a floor's values stand to the treatment's.
package enum FloorKind: Sendable, Hashable {
  /// An untrained arm has no seeds: its mean is a constant.
  case constant
  /// Seed k against seed k.
  case paired
  /// Every seed against every seed.
  case seeds

  package init(_ contrast: Contrast, _ floor: Contrast.Floor, in experiment: Experiment) {
    if let arm = experiment.arm(floor.arm), !arm.isTrained {
      self = .constant
    } else if floor.arm == contrast.treatment || contrast.pairing == .paired {
      self = .paired
    } else {
      self = .seeds
    }
  }
}
