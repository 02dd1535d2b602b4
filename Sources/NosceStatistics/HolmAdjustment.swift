/// Holm's step-down adjustment for several tests at once.
package enum HolmAdjustment {
  /// The adjusted p-values, in the order given; each may be compared with the level by itself.
  package static func adjusted(_ pValues: [Double]) throws -> [Double] {
    guard !pValues.isEmpty else { return [] }
    try check(pValues, "p-values")
    for (index, p) in pValues.enumerated() where p < 0 || p > 1 {
      throw StatisticsError.outOfRange(
        name: "p-values", index: index, value: p, lower: 0, upper: 1)
    }
    let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
    var result = pValues
    var largest = 0.0
    for (rank, index) in order.enumerated() {
      largest = max(largest, min(1, Double(pValues.count - rank) * pValues[index]))
      result[index] = largest
    }
    return result
  }
}
