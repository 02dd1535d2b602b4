/// Runs a regular expression over UTF-8, trying alternatives in order as Perl does.
///
/// It goes back over alternatives, which is fast for the usual expressions. When that takes
/// suspiciously many steps, it becomes careful: it remembers in `RegexMemo` which ways have failed,
/// so that each is tried once and hostile expressions cannot make it run for ever.
///
/// The text must be valid UTF-8. The pointers are those of a caller's `withUnsafeBufferPointer`, so
/// a matcher must not outlive it.
package struct RegexMatcher {
  /// Steps of one attempt, and in advance for the whole text, before the matcher becomes careful.
  package static let patience = 4096
  /// The patience grows by this part of itself with each byte of the text that has been passed.
  private static let bytesForPatience = 64

  private let instructions: UnsafeBufferPointer<RegexInstruction>
  private let ascii: UnsafeBufferPointer<UInt64>
  private let plane: UnsafeBufferPointer<UInt64>
  private let program: RegexProgram
  private let text: UnsafeBufferPointer<UInt8>
  private let mustReachEnd: Bool
  private var stack: [RegexChoice] = []
  private var memo = RegexMemo()
  private var steps = 0
  private let patience: Int
  private var stepLimit = 0
  private var isCareful = false
  /// For each set, the last long run of its members that was seen.
  private var longRuns: [Range<Int>] = []

  static func with<Result>(
    _ program: RegexProgram, text: UnsafeBufferPointer<UInt8>, mustReachEnd: Bool = false,
    patience: Int = RegexMatcher.patience, _ body: (inout RegexMatcher) -> Result
  ) -> Result {
    program.instructions.withUnsafeBufferPointer { instructions in
      program.ascii.withUnsafeBufferPointer { ascii in
        program.plane.withUnsafeBufferPointer { plane in
          var matcher = RegexMatcher(
            instructions: instructions, ascii: ascii, plane: plane, program: program, text: text,
            mustReachEnd: mustReachEnd, patience: patience)
          return body(&matcher)
        }
      }
    }
  }

  private init(
    instructions: UnsafeBufferPointer<RegexInstruction>, ascii: UnsafeBufferPointer<UInt64>,
    plane: UnsafeBufferPointer<UInt64>, program: RegexProgram, text: UnsafeBufferPointer<UInt8>,
    mustReachEnd: Bool, patience: Int
  ) {
    self.patience = patience
    self.instructions = instructions
    self.ascii = ascii
    self.plane = plane
    self.program = program
    self.text = text
    self.mustReachEnd = mustReachEnd
  }

  /// The end of the match that begins at `start` with one of the alternatives, if there is one.
  mutating func end(from start: Int, alternatives: UInt64) -> Int? {
    stepLimit = min(steps + patience, patience + patience / Self.bytesForPatience * start)
    isCareful = steps > stepLimit
    var rest = alternatives
    while rest != 0 {
      let entry = program.entries[rest.trailingZeroBitCount]
      rest &= rest - 1
      let end = run(from: entry, at: start, isOuter: true)
      if end >= 0 { return end }
    }
    return nil
  }

  /// Goes on from `place` until the program accepts, trying what is left to try in between.
  /// Negative if it fails.
  private mutating func run(from place: Int, at start: Int, isOuter: Bool) -> Int {
    let floor = stack.count
    let ways = memo.wayCount
    var end = follow(place, start, isOuter: isOuter)
    while end < 0, stack.count > floor {
      var choice = stack.removeLast()
      if isCareful { memo.leave(above: stack.count) }
      let position = choice.position
      if position > choice.lowest {
        choice.position = self.position(before: position)
        stack.append(choice)
      }
      end = follow(Int(choice.place), position, isOuter: isOuter)
    }
    if memo.wayCount > ways {
      if end < 0 {
        memo.forget(from: ways)
      } else {
        // A match is not entered again; the groups inside it may be.
        memo.succeed(from: ways, end: isOuter ? nil : end, stack: stack, text: text)
      }
    }
    if stack.count > floor { stack.removeLast(stack.count - floor) }
    return end
  }

  private mutating func follow(_ start: Int, _ from: Int, isOuter: Bool) -> Int {
    var place = start
    var position = from
    while true {
      steps += 1
      if steps > stepLimit { isCareful = true }
      let instruction = instructions[place]
      place += 1
      switch instruction.operation {
      case .byte:
        guard position < text.count, text[position] == UInt8(truncatingIfNeeded: instruction.first)
        else { return -1 }
        position += 1
      case .set:
        let length = length(ofMemberOf: Int(instruction.first), at: position)
        if length == 0 { return -1 }
        position += length
      case .run:
        var end = runEnd(Int(instruction.first), from: position)
        if isCareful {
          switch memo.enterRun(instruction.point, position, end, height: stack.count, text) {
          case .failed: return -1
          case .succeeded(let end): return end
          case .new(let highest): end = highest
          }
        }
        if end > position { choose(place, below: end, downTo: position) }
        position = end
      case .possessiveRun:
        if isCareful, let end = memo.enter(instruction.point, position, height: stack.count) {
          return end
        }
        position = runEnd(Int(instruction.first), from: position)
      case .span, .possessiveSpan:
        if isCareful, let end = memo.enter(instruction.point, position, height: stack.count) {
          return end
        }
        let (lowest, highest) = spanEnds(instruction, from: position)
        if lowest < 0 { return -1 }
        if instruction.operation == .span, highest > lowest {
          choose(place, below: highest, downTo: lowest)
        }
        position = highest
      case .split:
        if isCareful, let end = memo.enter(instruction.point, position, height: stack.count) {
          return end
        }
        stack.append(RegexChoice(place: instruction.second, position: position, lowest: position))
        place = Int(instruction.first)
      case .jump: place = Int(instruction.first)
      case .lookAhead, .negativeLookAhead:
        let end = run(from: place, at: position, isOuter: false)
        if (end < 0) == (instruction.operation == .lookAhead) { return -1 }
        place = Int(instruction.first)
      case .lookBehind, .negativeLookBehind:
        let isBehind =
          position > 0
          && length(ofMemberOf: Int(instruction.first), at: self.position(before: position)) > 0
        if isBehind != (instruction.operation == .lookBehind) { return -1 }
      case .atomic:
        position = run(from: place, at: position, isOuter: false)
        if position < 0 { return -1 }
        place = Int(instruction.first)
      case .assertion:
        guard let assertion = RegexAssertion(rawValue: UInt8(instruction.first)),
          holds(assertion, at: position)
        else { return -1 }
      case .accept:
        return isOuter && mustReachEnd && position < text.count ? -1 : position
      }
    }
  }

  /// Keeps the positions before `end` to go on from at `place` if going on from `end` fails.
  private mutating func choose(_ place: Int, below end: Int, downTo lowest: Int) {
    stack.append(
      RegexChoice(place: Int32(place), position: position(before: end), lowest: lowest))
  }

  /// The ends of the shortest and the longest span; negative if there is none.
  private func spanEnds(
    _ instruction: RegexInstruction, from start: Int
  ) -> (lowest: Int, highest: Int) {
    var count: Int32 = 0
    var end = start
    var lowest = start
    while count < instruction.maximum {
      let length = length(ofMemberOf: Int(instruction.first), at: end)
      if length == 0 { break }
      end += length
      count += 1
      if count == instruction.minimum { lowest = end }
    }
    return count < instruction.minimum ? (-1, -1) : (lowest, end)
  }

  /// The number of bytes of the scalar at `position` if it is in the set, else 0.
  @inline(__always)
  private func length(ofMemberOf set: Int, at position: Int) -> Int {
    guard position < text.count else { return 0 }
    let byte = text[position]
    if byte < 0x80 {
      return Int(truncatingIfNeeded: ascii[set >> 6 &* 128 &+ Int(byte)] >> UInt64(set & 63) & 1)
    }
    return length(ofLongMemberOf: set, at: position)
  }

  @inline(never)
  private func length(ofLongMemberOf set: Int, at position: Int) -> Int {
    let (value, length) = text.scalar(at: position)
    let isMember =
      value <= 0xFFFF
      ? plane[set * ScalarBitmap.wordCount + Int(value >> 6)] >> UInt64(value & 63) & 1 == 1
      : program.sets[set].contains(value)
    return isMember ? length : 0
  }

  private func position(before position: Int) -> Int {
    var position = position - 1
    while position > 0, text[position] & 0xC0 == 0x80 { position -= 1 }
    return position
  }

  /// Where the members of a set that begin at `start` end.
  ///
  /// Long runs are kept, so that looking at one from each of its positions takes linear time.
  private mutating func runEnd(_ set: Int, from start: Int) -> Int {
    let end = runEnd(set, from: start, limit: min(text.count, start + 64))
    if end < start + 64 || end == text.count { return end }
    if longRuns.isEmpty {
      longRuns = Array(repeating: 0..<0, count: program.sets.count)
    }
    let known = longRuns[set]
    if known.contains(end) {
      longRuns[set] = min(start, known.lowerBound)..<known.upperBound
      return known.upperBound
    }
    var whole = runEnd(
      set, from: end, limit: end < known.lowerBound ? known.lowerBound : text.count)
    if whole == known.lowerBound, !known.isEmpty { whole = known.upperBound }
    steps += (whole - end) / 8
    longRuns[set] = start..<whole
    return whole
  }

  @inline(__always)
  private func runEnd(_ set: Int, from start: Int, limit: Int) -> Int {
    var end = start
    while end < limit {
      let length = length(ofMemberOf: set, at: end)
      if length == 0 { break }
      end += length
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
    case .wordBoundary: return isWord(before: position) != isWord(at: position)
    case .noWordBoundary: return isWord(before: position) == isWord(at: position)
    }
  }

  private func isWord(before position: Int) -> Bool {
    position > 0 && isWord(at: self.position(before: position))
  }

  private func isWord(at position: Int) -> Bool {
    position < text.count && ScalarSet.looseWord.contains(text.scalar(at: position).value)
  }
}

/// Where to go on when what was tried fails: `place` at `position`, then at the positions before it
/// down to `lowest`.
struct RegexChoice {
  let place: Int32
  var position: Int
  let lowest: Int
}

extension UnsafeBufferPointer<UInt8> {
  /// The scalar of valid UTF-8 that begins at a position, and the number of its bytes.
  package func scalar(at position: Int) -> (value: UInt32, length: Int) {
    let first = UInt32(self[position])
    func next(_ offset: Int) -> UInt32 { UInt32(self[position + offset]) & 0x3F }
    if first < 0x80 { return (first, 1) }
    if first < 0xE0 { return ((first & 0x1F) << 6 | next(1), 2) }
    if first < 0xF0 { return ((first & 0xF) << 12 | next(1) << 6 | next(2), 3) }
    return ((first & 7) << 18 | next(1) << 12 | next(2) << 6 | next(3), 4)
  }
}
