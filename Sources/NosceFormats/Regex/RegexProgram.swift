/// One step of a compiled regular expression.
struct RegexInstruction: Sendable {
  enum Operation: UInt8, Sendable {
    /// The byte `first`.
    case byte
    /// One scalar of the set `first`.
    case set
    /// As many scalars of the set `first` as there are, giving back one at a time; then from
    /// `minimum` to `maximum` of them. The possessive kinds give nothing back.
    case run, possessiveRun, span, possessiveSpan
    /// The place `first`, and if that fails `second`.
    case split
    /// To the place `first`.
    case jump
    /// What follows and ends with its own `accept` must match here, or must not; then to `first`.
    case lookAhead, negativeLookAhead
    /// The scalar before must be in the set `first`, or must not be.
    case lookBehind, negativeLookBehind
    /// What follows and ends with its own `accept`, without going back into it; then to `first`.
    case atomic
    /// The assertion with the number `first`.
    case assertion
    case accept
  }

  var operation: Operation
  var first: Int32 = 0
  var second: Int32 = 0
  /// The number of the place where a way can fork.
  var point: Int32 = 0

  var minimum: Int32 { second >> 16 }
  var maximum: Int32 { second & 0xFFFF }
}

/// A regular expression as instructions for `RegexMatcher`.
///
/// Each alternative of the outermost level is a program of its own, so that only those are tried
/// whose matches can begin with the byte that stands in the text.
struct RegexProgram: Sendable {
  static let maximumLength = 20_000
  static let maximumSets = 256

  private(set) var instructions: [RegexInstruction] = []
  /// Where the alternatives begin; at most 64.
  private(set) var entries: [Int] = []
  /// For each byte, the alternatives that can begin with it; the last is for the end of the text.
  private(set) var firstBytes = [UInt64](repeating: 0, count: 257)
  /// The members among ASCII: a bit for each of 64 sets, 128 words for each 64 sets.
  private(set) var ascii: [UInt64] = []
  /// The members of the first plane: `ScalarBitmap.wordCount` words for each set.
  private(set) var plane: [UInt64] = []
  private(set) var sets: [ScalarSet] = []
  /// The number of places where a way through the program can fork.
  private(set) var pointCount = 0

  /// Repetitions of nothing make no steps, but they take time.
  private var visits = 0
  private var numbers: [ScalarSet: Int32] = [:]
  private let pattern: String

  init(_ node: RegexNode, pattern: String) throws(RegexError) {
    self.pattern = pattern
    var choices = [node]
    if case .alternatives(let nodes) = node { choices = nodes }
    if choices.count > 64 { choices = choices[..<63] + [.alternatives(Array(choices[63...]))] }
    var firsts: [RegexFirstBytes] = []
    for choice in choices {
      entries.append(instructions.count)
      try emit(choice)
      append(.accept)
      firsts.append(try first(choice))
    }
    for (index, first) in firsts.enumerated() {
      for byte in 0..<256 where first.contains(byte) { firstBytes[byte] |= 1 << UInt64(index) }
      if first.isOptional { firstBytes[256] |= 1 << UInt64(index) }
    }
    numbers = [:]
  }

  func bitmapContains(_ set: Int32, _ value: UInt32) -> Bool {
    plane[Int(set) * ScalarBitmap.wordCount + Int(value >> 6)] >> UInt64(value & 63) & 1 == 1
  }

  private func failure(_ message: String) -> RegexError {
    RegexError(pattern: pattern, offset: 0, message: message)
  }

  mutating func number(of set: ScalarSet) throws(RegexError) -> Int32 {
    if let number = numbers[set] { return number }
    guard sets.count < Self.maximumSets else {
      throw failure("more than \(Self.maximumSets) sets of characters")
    }
    let bitmap = ScalarBitmap(set)
    let number = sets.count
    if number % 64 == 0 { ascii += [UInt64](repeating: 0, count: 128) }
    for value in 0..<128 where bitmap.contains(UInt32(value)) {
      ascii[number / 64 * 128 + value] |= 1 << UInt64(number % 64)
    }
    plane += bitmap.words
    sets.append(set)
    numbers[set] = Int32(number)
    return Int32(number)
  }

  private var end: Int32 { Int32(instructions.count) }

  /// The place of the new instruction.
  @discardableResult
  private mutating func append(
    _ operation: RegexInstruction.Operation, _ first: Int32 = 0, _ second: Int32 = 0
  ) -> Int {
    var instruction = RegexInstruction(operation: operation, first: first, second: second)
    switch operation {
    case .run, .possessiveRun, .span, .possessiveSpan, .split:
      instruction.point = Int32(pointCount)
      pointCount += 1
    default: break
    }
    instructions.append(instruction)
    return instructions.count - 1
  }

  private mutating func emit(_ node: RegexNode) throws(RegexError) {
    visits += 1
    guard instructions.count < Self.maximumLength, visits < 10 * Self.maximumLength else {
      throw failure("repetitions that make more than \(Self.maximumLength) steps")
    }
    switch node {
    case .scalar(let value):
      guard let scalar = Unicode.Scalar(value) else { throw failure("half of a surrogate pair") }
      for byte in scalar.utf8 { append(.byte, Int32(byte)) }
    case .set(let set): append(.set, try number(of: set))
    case .sequence(let nodes):
      for node in nodes { try emit(node) }
    case .alternatives(let choices): try emit(choices)
    case .repetition(let body, let minimum, let maximum, let kind):
      try emit(body, minimum, maximum, kind)
    case .look(.set(let set), behind: true, let negated):
      append(negated ? .negativeLookBehind : .lookBehind, try number(of: set))
    case .look(let body, _, let negated):
      let place = append(negated ? .negativeLookAhead : .lookAhead)
      try emit(body)
      append(.accept)
      instructions[place].first = end
    case .atomic(let body):
      let place = append(.atomic)
      try emit(body)
      append(.accept)
      instructions[place].first = end
    case .assertion(let assertion): append(.assertion, Int32(assertion.rawValue))
    }
  }

  private mutating func emit(_ choices: [RegexNode]) throws(RegexError) {
    var exits: [Int] = []
    for (index, choice) in choices.enumerated() {
      guard index < choices.count - 1 else {
        try emit(choice)
        continue
      }
      let split = append(.split, end + 1)
      try emit(choice)
      exits.append(append(.jump))
      instructions[split].second = end
    }
    for exit in exits { instructions[exit].first = end }
  }

  private mutating func emit(
    _ body: RegexNode, _ minimum: Int, _ maximum: Int?, _ kind: RepetitionKind
  ) throws(RegexError) {
    if kind != .lazy, let set = body.asSet {
      return try emit(try number(of: set), minimum, maximum, isPossessive: kind == .possessive)
    }
    if kind == .possessive {
      return try emit(.atomic(.repetition(body, minimum: minimum, maximum: maximum, .greedy)))
    }
    for _ in 0..<minimum { try emit(body) }
    guard let maximum else {
      let split = append(.split)
      try emit(body)
      append(.jump, Int32(split))
      setBranches(of: split, kind)
      return
    }
    var splits: [Int] = []
    for _ in minimum..<maximum {
      splits.append(append(.split))
      try emit(body)
    }
    for split in splits { setBranches(of: split, kind) }
  }

  /// An unbounded run always begins at zero: what must be there is told off beforehand.
  private mutating func emit(
    _ set: Int32, _ minimum: Int, _ maximum: Int?, isPossessive: Bool
  ) throws(RegexError) {
    if let maximum {
      append(isPossessive ? .possessiveSpan : .span, set, Int32(minimum << 16 | maximum))
      return
    }
    if minimum == 1 {
      append(.set, set)
    } else if minimum > 1 {
      append(.possessiveSpan, set, Int32(minimum << 16 | minimum))
    }
    append(isPossessive ? .possessiveRun : .run, set)
  }

  /// A repetition's body follows its split, and what comes after it is at the end.
  private mutating func setBranches(of split: Int, _ kind: RepetitionKind) {
    let (body, after) = (Int32(split) + 1, end)
    instructions[split].first = kind == .lazy ? after : body
    instructions[split].second = kind == .lazy ? body : after
  }
}
