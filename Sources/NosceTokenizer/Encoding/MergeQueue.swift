/// Joins the symbols of a long piece in O(*n* log *n*), with a heap of the pairs that can be merged.
struct MergeQueue {
  private static let removed: Int32 = -1

  private var symbols: [Int32]
  /// The places of the symbols on both sides.
  private var previous: [Int32]
  private var next: [Int32]
  /// The rank of a merge, then the place of its left symbol: the earlier merge comes first, then the
  /// place further left.
  private var heap: [UInt64] = []

  /// At most `Int32.max` symbols.
  init(_ symbols: [Int32]) {
    let count = Int32(symbols.count)
    self.symbols = symbols
    previous = Array(-1..<count - 1)
    next = Array(1..<count + 1)
  }

  mutating func joined(using merges: MergeTable) -> [Int32] {
    for position in symbols.indices {
      if let candidate = candidate(at: position, merges) { heap.append(candidate) }
    }
    for parent in stride(from: heap.count / 2, through: 0, by: -1) { sink(parent) }
    while let best = pop() {
      let position = Int(best & 0xFFFF_FFFF)
      // A candidate whose symbols have changed since is out of date.
      guard symbols[position] != Self.removed, Int(next[position]) < symbols.count,
        case let right = Int(next[position]),
        let merge = merges.merge(symbols[position], symbols[right]),
        merge.rank == Int32(best >> 32)
      else { continue }
      symbols[position] = merge.result
      symbols[right] = Self.removed
      next[position] = next[right]
      if next[right] < symbols.count { previous[Int(next[right])] = Int32(position) }
      if previous[position] >= 0,
        let candidate = candidate(at: Int(previous[position]), merges)
      {
        push(candidate)
      }
      if let candidate = candidate(at: position, merges) { push(candidate) }
    }
    symbols.removeAll { $0 == Self.removed }
    return symbols
  }

  private func candidate(at position: Int, _ merges: MergeTable) -> UInt64? {
    let right = Int(next[position])
    guard right < symbols.count, let merge = merges.merge(symbols[position], symbols[right]) else {
      return nil
    }
    return UInt64(merge.rank) << 32 | UInt64(position)
  }

  private mutating func push(_ candidate: UInt64) {
    heap.append(candidate)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child] < heap[parent] else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func pop() -> UInt64? {
    guard let first = heap.first else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    sink(0)
    return first
  }

  private mutating func sink(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in 2 * parent + 1..<2 * parent + 3
      where child < heap.count && heap[child] < heap[least] {
        least = child
      }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
