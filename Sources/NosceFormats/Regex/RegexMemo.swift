/// What a careful matcher remembers, so that no way through a program is tried twice.
///
/// A way is a point of the program and a position of the text; what happens from there does not
/// depend on what led there. It has failed, or (inside look-ahead and atomic groups, which may be
/// entered again) it has succeeded and ended somewhere, or it is being tried. The time is bounded by
/// the number of ways. Runs are kept as a whole: for one that ends at some place, the lowest
/// position from which going on has been tried.
struct RegexMemo {
  /// What is known of a run.
  enum Knowledge {
    case failed
    case succeeded(end: Int)
    /// To be tried from here downwards.
    case new(highest: Int)
  }

  /// A way that is being tried. It has failed once the choices that it made are used up, so once the
  /// stack of choices has become lower than `height`.
  private struct Way {
    let point: Int32
    let position: Int
    let height: Int
    /// Where the run ends; negative if the way is no run.
    var runEnd = -1
  }

  private static let chunkSize = 1024

  /// A bit for each point at each position, in chunks that are made when they are needed.
  private var failed: [UInt64: [UInt64]] = [:]
  private var ends: [UInt64: Int] = [:]
  private var lowest: [UInt64: Int] = [:]
  private var ways: [Way] = []

  var wayCount: Int { ways.count }

  private func key(_ point: Int32, _ position: Int) -> UInt64 {
    UInt64(position) << 16 | UInt64(point)
  }

  /// Begins a way; where it ends if that is known, negative if it is known to fail.
  mutating func enter(_ point: Int32, _ position: Int, height: Int) -> Int? {
    if !ends.isEmpty, let end = ends[key(point, position)] { return end }
    guard mark(point, position) else { return -1 }
    ways.append(Way(point: point, position: position, height: height))
    return nil
  }

  /// Begins a run from `position` to `end`.
  mutating func enterRun(
    _ point: Int32, _ position: Int, _ end: Int, height: Int, _ text: UnsafeBufferPointer<UInt8>
  ) -> Knowledge {
    if !ends.isEmpty, let end = ends[key(point, position)] { return .succeeded(end: end) }
    var highest = end
    if let known = lowest[key(point, end)] {
      guard position < known else { return .failed }
      highest = known - 1
      while highest > position, text[highest] & 0xC0 == 0x80 { highest -= 1 }
    }
    lowest[key(point, end)] = position
    ways.append(Way(point: point, position: position, height: height, runEnd: end))
    return .new(highest: highest)
  }

  /// The stack of choices has come down to `height`: what stood above it has failed.
  mutating func leave(above height: Int) {
    while let last = ways.last, last.height > height { ways.removeLast() }
  }

  /// All ways from the given number on have failed.
  mutating func forget(from count: Int) { ways.removeLast(ways.count - count) }

  /// All ways from the given number on have led to `end`, which is kept unless it is nil.
  mutating func succeed(
    from count: Int, end: Int?, stack: [RegexChoice], text: UnsafeBufferPointer<UInt8>
  ) {
    for way in ways[count...] {
      if let end { ends[key(way.point, way.position)] = end }
      guard way.runEnd >= 0 else {
        unmark(way.point, way.position)
        continue
      }
      // The run went on from the position above the one that is to be tried next.
      var reached = way.position
      if way.height < stack.count {
        reached = min(next(stack[way.height].position, text), way.runEnd)
      }
      if reached >= way.runEnd {
        lowest[key(way.point, way.runEnd)] = nil
      } else {
        lowest[key(way.point, way.runEnd)] = next(reached, text)
      }
    }
    forget(from: count)
  }

  private func next(_ position: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int {
    position < text.count ? position + text.scalar(at: position).length : position
  }

  /// False if it was marked before.
  private mutating func mark(_ point: Int32, _ position: Int) -> Bool {
    let place = place(point, position)
    let bit = UInt64(1) << UInt64(position % 64)
    func set(_ words: inout [UInt64]) -> Bool {
      let isNew = words[place.word] & bit == 0
      words[place.word] |= bit
      return isNew
    }
    return set(&failed[place.chunk, default: [UInt64](repeating: 0, count: Self.chunkSize)])
  }

  private mutating func unmark(_ point: Int32, _ position: Int) {
    let place = place(point, position)
    failed[place.chunk]?[place.word] &= ~(UInt64(1) << UInt64(position % 64))
  }

  /// The chunks of a point cover 64 * 1024 positions each.
  private func place(_ point: Int32, _ position: Int) -> (chunk: UInt64, word: Int) {
    let word = position / 64
    return (key(point, word / Self.chunkSize), word % Self.chunkSize)
  }
}
