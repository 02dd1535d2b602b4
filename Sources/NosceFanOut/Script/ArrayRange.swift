/// Numbers of lines as array jobs are asked for: `0-4,7,9-11`.
package enum ArrayRange {
  /// One array: the line that its index 0 means, and the indices.
  package struct Part: Sendable, Hashable {
    package var first: Int
    package var indices: String
  }

  /// The shortest list of ranges.
  package static func text(_ numbers: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers.sorted() {
      if let last = ranges.last, number <= last.upperBound + 1 {
        ranges[ranges.count - 1] = last.lowerBound...max(number, last.upperBound)
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
    }.joined(separator: ",")
  }

  /// Lines dealt out to arrays, none of which has an index that the queue does not take.
  ///
  /// - Parameter size: the queue's `MaxArraySize`: indices are below it.
  package static func parts(_ lines: [Int], size: Int) -> [Part] {
    let groups = Dictionary(grouping: lines) { $0 / max(1, size) }
    return groups.keys.sorted().map { group in
      let first = group * max(1, size)
      return Part(first: first, indices: text((groups[group] ?? []).map { $0 - first }))
    }
  }
}
