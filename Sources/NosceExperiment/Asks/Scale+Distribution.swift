extension Scale {
  /// One direction of the scale as something to be scored.
  func distribution(reversed: Bool) -> Distribution {
    Distribution(
      texts: points.map(\.text), ending: ending, leastMass: leastMass,
      reading: .mean(values: points.map(\.value), isReversed: reversed))
  }
}
