/// Whether single blocks lie so far from the others that no absence can be told from so few.
///
/// *Not supported* rests on the far end of an interval, which is about blocks that move alike. Where
/// most blocks show nothing, or everything, and single ones the opposite, it errs two to three times
/// as often as promised (`docs/validation.md` has the figures), so it is not said then.
package enum LoneBlocks {
  /// A block is alone from so many median distances on: in one contrast of twenty with eight normal
  /// blocks.
  package static let distances = 8.0

  /// Whether the block furthest from the median is further than the smallest effect of interest, and
  /// than `distances` times the median distance.
  package static func exist(in differences: [Double], smallestEffect: Double) -> Bool {
    guard let middle = differences.median else { return false }
    let distance = differences.map { abs($0 - middle) }
    guard let furthest = distance.max(), let usual = distance.median else { return false }
    // Differences that only rounding tells apart are alike.
    return furthest > max(smallestEffect, distances * usual, 1e-9)
  }
}
