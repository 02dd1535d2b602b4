/// Some of a model's tokens, as the ranges of their numbers.
///
/// The tokens that may begin a line are a few hundred single numbers, those that may go on with one are
/// nearly all: ranges hold both in little memory.
package struct TokenSet: Sendable, Hashable {
  /// From the lowest to the highest, apart from each other.
  private let ranges: [Range<Int32>]
  /// How many tokens there are up to the end of each range.
  private let totals: [Int]

  /// - Parameter tokens: each once, from the lowest to the highest.
  package init(ascending tokens: some Sequence<Int32>) {
    var ranges: [Range<Int32>] = []
    for token in tokens {
      if let last = ranges.last, last.upperBound == token {
        ranges[ranges.count - 1] = last.lowerBound..<(token + 1)
      } else {
        precondition(ranges.last.map { $0.upperBound < token } ?? (token >= 0), "tokens ascend")
        ranges.append(token..<(token + 1))
      }
    }
    var total = 0
    totals = ranges.map { range in
      total += range.count
      return total
    }
    self.ranges = ranges
  }

  package var count: Int { totals.last ?? 0 }
  package var isEmpty: Bool { ranges.isEmpty }
  package var highest: Int32? { ranges.last.map { $0.upperBound - 1 } }

  package var tokens: [Int32] { ranges.flatMap { Array($0) } }

  package func contains(_ token: Int32) -> Bool {
    let place = ranges.partitioningIndex { $0.upperBound > token }
    return place < ranges.count && ranges[place].contains(token)
  }

  /// The token that stands at a place of those that `gather` brings together.
  func token(at place: Int) -> Int32 {
    let range = totals.partitioningIndex { $0 > place }
    return ranges[range].upperBound - Int32(totals[range] - place)
  }

  /// Brings the tokens' values together, in the order of their numbers.
  func gather(_ values: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>) {
    var target = result
    for range in ranges {
      target.update(from: values + Int(range.lowerBound), count: range.count)
      target += range.count
    }
  }
}

extension Array {
  /// The first place whose element is `true` for the condition, where all behind it are, too.
  fileprivate func partitioningIndex(where isBehind: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
