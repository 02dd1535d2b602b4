/// Runs a regular expression over a text, trying alternatives in order as Perl does.
///
/// It goes back over alternatives, which is fast for the usual expressions. When an attempt takes
/// suspiciously many steps, it begins to remember which pairs of instruction and position have
/// failed; they fail again whatever led there, so each is tried once and hostile expressions cannot
/// make it run for ever.
struct RegexMatcher {
  /// Steps of one attempt before failures are remembered.
  static let patience = 4096

  private let instructions: [RegexInstruction]
  private let sets: [ScalarSet]
  private let text: [UInt32]
  private let mustReachEnd: Bool
  private var stack: [Choice] = []
  private var steps = 0
  /// A bit per position and instruction; empty until it is needed.
  private var failed: [UInt64] = []
  /// The marks made while inside a look-ahead or atomic group.
  private var trail: [(word: Int, bit: UInt64)] = []
  private var innerDepth = 0

  /// Where to go on when what was tried fails: `place` at `position`, then at the positions before
  /// it down to `lowest`.
  private struct Choice {
    let place: Int
    let position: Int
    let lowest: Int
  }

  init(_ program: RegexProgram, text: [UInt32], mustReachEnd: Bool = false) {
    instructions = program.instructions
    sets = program.sets
    self.text = text
    self.mustReachEnd = mustReachEnd
  }

  /// The end of the match that begins at `start`, if there is one.
  mutating func end(from start: Int) -> Int? {
    steps = 0
    let end = run(from: 0, at: start, isOuter: true)
    // The successful path ends in this row; everything else that is marked has really failed.
    if let end, !failed.isEmpty { clear(position: end) }
    return end
  }

  private mutating func run(from place: Int, at start: Int, isOuter: Bool) -> Int? {
    let floor = stack.count
    defer { stack.removeLast(stack.count - floor) }
    stack.append(Choice(place: place, position: start, lowest: start))
    while stack.count > floor, let choice = stack.popLast() {
      if choice.position > choice.lowest {
        stack.append(
          Choice(place: choice.place, position: choice.position - 1, lowest: choice.lowest))
      }
      if let end = follow(choice.place, choice.position, isOuter: isOuter) { return end }
    }
    return nil
  }

  /// Goes on until the expression is at its end or cannot go on.
  private mutating func follow(_ start: Int, _ from: Int, isOuter: Bool) -> Int? {
    var place = start
    var position = from
    while true {
      steps += 1
      if steps > Self.patience, !remember(place, position) { return nil }
      switch instructions[place] {
      case .set(let index):
        guard position < text.count, sets[index].contains(text[position]) else { return nil }
        position += 1
        place += 1
      case .span(let index, let minimum, let maximum, let isPossessive):
        let limit = maximum < text.count - position ? position + maximum : text.count
        var end = position
        while end < limit, sets[index].contains(text[end]) { end += 1 }
        guard end - position >= minimum else { return nil }
        let lowest = position + minimum
        place += 1
        if !isPossessive, end > lowest {
          stack.append(Choice(place: place, position: end - 1, lowest: lowest))
        }
        position = end
      case .split(let first, let second):
        stack.append(Choice(place: second, position: position, lowest: position))
        place = first
      case .jump(let target): place = target
      case .lookAhead(let body, let next, let negated):
        guard (inner(body, position) == nil) == negated else { return nil }
        place = next
      case .lookBehind(let index, let negated):
        let isBehind = position > 0 && sets[index].contains(text[position - 1])
        guard isBehind != negated else { return nil }
        place += 1
      case .atomic(let body, let next):
        guard let end = inner(body, position) else { return nil }
        position = end
        place = next
      case .assertion(let assertion):
        guard holds(assertion, at: position) else { return nil }
        place += 1
      case .accept:
        if isOuter, mustReachEnd, position < text.count { return nil }
        return position
      }
    }
  }

  /// A look-ahead or atomic group, which is decided on its own.
  private mutating func inner(_ body: Int, _ position: Int) -> Int? {
    let floor = trail.count
    innerDepth += 1
    defer { innerDepth -= 1 }
    let end = run(from: body, at: position, isOuter: false)
    if end != nil {
      // A group that matched has marked the way it took; forget it.
      for (word, bit) in trail[floor...] { failed[word] &= ~bit }
      trail.removeLast(trail.count - floor)
    } else if innerDepth == 1 {
      trail.removeAll(keepingCapacity: true)
    }
    return end
  }

  private func holds(_ assertion: RegexAssertion, at position: Int) -> Bool {
    let atEnd = position == text.count
    switch assertion {
    case .textStart: return position == 0
    case .textEnd: return atEnd
    case .textEndBeforeNewline:
      return atEnd || (position == text.count - 1 && text[position] == 10)
    case .lineStart: return position == 0 || (text[position - 1] == 10 && !atEnd)
    case .lineEnd: return atEnd || text[position] == 10
    case .wordBoundary: return isWord(position - 1) != isWord(position)
    case .noWordBoundary: return isWord(position - 1) == isWord(position)
    }
  }

  private func isWord(_ position: Int) -> Bool {
    text.indices.contains(position) && ScalarSet.Rule.word.contains(text[position])
  }

  /// Marks the pair; false if it was marked before.
  private mutating func remember(_ place: Int, _ position: Int) -> Bool {
    if failed.isEmpty {
      failed = [UInt64](repeating: 0, count: (text.count + 1) * wordsPerPosition)
    }
    let word = position * wordsPerPosition + place / 64
    let bit = UInt64(1) << UInt64(place % 64)
    if failed[word] & bit != 0 { return false }
    failed[word] |= bit
    if innerDepth > 0 { trail.append((word, bit)) }
    return true
  }

  private mutating func clear(position: Int) {
    for word in position * wordsPerPosition..<(position + 1) * wordsPerPosition {
      failed[word] = 0
    }
  }

  private var wordsPerPosition: Int { (instructions.count + 63) / 64 }
}
