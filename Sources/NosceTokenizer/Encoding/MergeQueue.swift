/// Joins the symbols of a long piece in O(*n* log *n*), with a heap of the pairs that can be merged.
struct MergeQueue {
  private struct Candidate {
    let rank: Int32
    let position: Int
    let left: Int32
    let right: Int32
    let result: Int32

    /// The earlier merge first, then the place further left.
    func precedes(_ other: Candidate) -> Bool {
      rank != other.rank ? rank < other.rank : position < other.position
    }
  }

  private static let removed: Int32 = -1

  private var symbols: [Int32]
  private var previous: [Int]
  private var next: [Int]
  private var heap: [Candidate] = []

  init(_ symbols: [Int32]) {
    self.symbols = symbols
    previous = Array(-1..<symbols.count - 1)
    next = Array(1...symbols.count)
  }

  mutating func joined(using model: BytePairModel) -> [Int32] {
    for position in symbols.indices { consider(position, model) }
    while let best = pop() {
      let right = next[best.position]
      // A candidate whose symbols have changed since is out of date.
      guard symbols[best.position] == best.left, right < symbols.count,
        symbols[right] == best.right
      else { continue }
      symbols[best.position] = best.result
      symbols[right] = Self.removed
      next[best.position] = next[right]
      if next[right] < symbols.count { previous[next[right]] = best.position }
      if previous[best.position] >= 0 { consider(previous[best.position], model) }
      consider(best.position, model)
    }
    return symbols.filter { $0 != Self.removed }
  }

  private mutating func consider(_ position: Int, _ model: BytePairModel) {
    let right = next[position]
    guard right < symbols.count, let merge = model.merge(symbols[position], symbols[right]) else {
      return
    }
    push(
      Candidate(
        rank: merge.rank, position: position, left: symbols[position], right: symbols[right],
        result: merge.result))
  }

  private mutating func push(_ candidate: Candidate) {
    heap.append(candidate)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].precedes(heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func pop() -> Candidate? {
    guard let first = heap.first else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].precedes(heap[least]) {
        least = child
      }
      if least == parent { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
