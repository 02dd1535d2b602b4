import NosceCore

/// Exact inference from one difference for each block: every way to flip the differences' signs.
///
/// Under the hypothesis that the differences lie symmetrically around theta, each arrangement of the
/// signs of (difference - theta) is equally likely. A flipped subset makes the sum at least as large
/// as the observed one exactly where the subset's mean is at most theta, so the means of all subsets
/// hold both the p-value (theta = 0) and the interval that inverts it. Ties count as extreme.
///
/// Up to `enumerationLimit` arrangements all are visited; beyond, `drawCount` are drawn with a seed
/// and the observed one counts as one more, which keeps the level.
package struct SignFlips: Sendable {
  package static let enumerationLimit = 200_000
  package static let drawCount = 99_999

  package let mean: Double
  package let blocks: Int
  package let method: ExactTestMethod
  /// The means of the flipped subsets that are not empty, in ascending order.
  private let subsetMeans: [Double]
  /// Arrangements that flip nothing, and so are as extreme whatever theta is.
  private let unflipped: Int

  /// - Parameters:
  ///   - differences: one for each block, finite; at least one.
  ///   - scale: the numbers that they were computed from, which bound their rounding errors.
  /// - Throws: `StatisticsError` where a difference is missing or not finite.
  package init(_ differences: [Double], scaleOf scale: [Double], seed: UInt64 = 1) throws {
    try check(differences, "differences")
    mean = Moments(differences).mean
    blocks = differences.count
    let tolerance = roundingTolerance(differences, scaleOf: scale) / 2
    var means: [Double] = []
    func add(_ sum: Double, _ size: Int) {
      // A sum that only rounding keeps from zero is zero, for the test and for the interval alike.
      means.append(abs(sum) <= tolerance ? 0 : sum / Double(size))
    }
    if let all = Self.arrangements(of: differences.count), all <= Self.enumerationLimit {
      var sums = [0.0]
      var sizes = [0]
      for difference in differences {
        sums += sums.map { $0 + difference }
        sizes += sizes.map { $0 + 1 }
      }
      means.reserveCapacity(all)
      for index in sums.indices.dropFirst() { add(sums[index], sizes[index]) }
      unflipped = 1
      method = .enumerated(arrangements: all)
    } else {
      var generator = SeededGenerator(seed: seed, labStream: "sign-flip")
      var empty = 0
      for _ in 0..<Self.drawCount {
        var sum = 0.0
        var size = 0
        for difference in differences where generator.next() >> 63 == 1 {
          sum += difference
          size += 1
        }
        if size == 0 { empty += 1 } else { add(sum, size) }
      }
      unflipped = 1 + empty
      method = .sampled(arrangements: Self.drawCount)
    }
    subsetMeans = means.sorted()
  }

  /// Of so many blocks; nil where there are more than anybody would count.
  static func arrangements(of blocks: Int) -> Int? { blocks < 62 ? 1 << blocks : nil }

  /// How many arrangements the p-value is a share of.
  private var counted: Int {
    switch method {
    case .enumerated(let all): all
    case .sampled(let drawn): drawn + 1
    }
  }

  /// The smallest p that so many blocks can give, whatever the data; 1 without a block.
  package static func smallestP(blocks: Int) -> Double {
    guard blocks > 0 else { return 1 }
    guard let all = arrangements(of: blocks), all <= enumerationLimit else {
      return 1 / Double(drawCount + 1)
    }
    return 1 / Double(all)
  }

  /// The share of arrangements that are at least as far in the direction as the observed one.
  package func p(_ direction: Direction) -> Double {
    let extreme = subsetMeans.count { direction.sign * $0 <= 0 }
    return Double(unflipped + extreme) / Double(counted)
  }

  /// The ends of the interval that has every theta which the one-sided tests do not reject, with
  /// this error on each side; `nil` for an end that so few blocks cannot bound.
  package func ends(tail: Double) -> (lower: Double?, upper: Double?) {
    // Rejected as long as the arrangements as extreme are at most this many.
    let allowed = Int((tail * Double(counted) * (1 + 1e-12)).rounded(.down))
    let place = allowed - unflipped
    guard place >= 0, place < subsetMeans.count else { return (nil, nil) }
    return (subsetMeans[place], subsetMeans[subsetMeans.count - 1 - place])
  }
}
