/// One step of a compiled regular expression.
enum RegexInstruction: Sendable {
  /// One scalar of the set with this number.
  case set(Int)
  /// As many scalars of the set as there are, from `minimum` to `maximum`, giving back one at a
  /// time unless possessive.
  case span(Int, minimum: Int, maximum: Int, isPossessive: Bool)
  /// The first place, and if that fails the second.
  case split(Int, Int)
  case jump(Int)
  /// What begins at `body` and ends with its own `accept` must match here (or must not).
  case lookAhead(body: Int, next: Int, negated: Bool)
  case lookBehind(set: Int, negated: Bool)
  case atomic(body: Int, next: Int)
  case assertion(RegexAssertion)
  case accept
}

/// A regular expression as instructions for `RegexMatcher`.
struct RegexProgram: Sendable {
  static let maximumLength = 20_000

  private(set) var instructions: [RegexInstruction] = []
  private(set) var sets: [ScalarSet] = []
  /// Repetitions of nothing make no steps, but they take time.
  private var visits = 0

  init(_ node: RegexNode, pattern: String) throws(RegexError) {
    try emit(node, pattern)
    instructions.append(.accept)
  }

  private mutating func emit(_ node: RegexNode, _ pattern: String) throws(RegexError) {
    visits += 1
    guard instructions.count < Self.maximumLength, visits < 10 * Self.maximumLength else {
      throw RegexError(
        pattern: pattern, offset: 0,
        message: "repetitions that make more than \(Self.maximumLength) steps")
    }
    switch node {
    case .set(let set): instructions.append(.set(add(set)))
    case .sequence(let nodes):
      for node in nodes { try emit(node, pattern) }
    case .alternatives(let choices): try emit(choices, pattern)
    case .repetition(let body, let minimum, let maximum, let kind):
      try emit(body, minimum, maximum, kind, pattern)
    case .look(.set(let set), behind: true, let negated):
      instructions.append(.lookBehind(set: add(set), negated: negated))
    case .look(let body, _, let negated):
      let place = reserve()
      try emit(body, pattern)
      instructions.append(.accept)
      instructions[place] = .lookAhead(
        body: place + 1, next: instructions.count, negated: negated)
    case .atomic(let body):
      let place = reserve()
      try emit(body, pattern)
      instructions.append(.accept)
      instructions[place] = .atomic(body: place + 1, next: instructions.count)
    case .assertion(let assertion): instructions.append(.assertion(assertion))
    }
  }

  private mutating func add(_ set: ScalarSet) -> Int {
    sets.append(set)
    return sets.count - 1
  }

  private mutating func reserve() -> Int {
    instructions.append(.accept)
    return instructions.count - 1
  }

  private mutating func emit(_ choices: [RegexNode], _ pattern: String) throws(RegexError) {
    var exits: [Int] = []
    for (index, choice) in choices.enumerated() {
      guard index < choices.count - 1 else {
        try emit(choice, pattern)
        continue
      }
      let split = reserve()
      try emit(choice, pattern)
      exits.append(reserve())
      instructions[split] = .split(split + 1, instructions.count)
    }
    for exit in exits { instructions[exit] = .jump(instructions.count) }
  }

  private mutating func emit(
    _ body: RegexNode, _ minimum: Int, _ maximum: Int?, _ kind: RepetitionKind, _ pattern: String
  ) throws(RegexError) {
    if case .set(let set) = body, kind != .lazy {
      instructions.append(
        .span(
          add(set), minimum: minimum, maximum: maximum ?? .max, isPossessive: kind == .possessive))
      return
    }
    if kind == .possessive {
      return try emit(
        .atomic(.repetition(body, minimum: minimum, maximum: maximum, .greedy)), pattern)
    }
    for _ in 0..<minimum { try emit(body, pattern) }
    guard let maximum else {
      let split = reserve()
      try emit(body, pattern)
      instructions.append(.jump(split))
      instructions[split] = branch(split + 1, instructions.count, kind)
      return
    }
    var splits: [Int] = []
    for _ in minimum..<maximum {
      splits.append(reserve())
      try emit(body, pattern)
    }
    for split in splits { instructions[split] = branch(split + 1, instructions.count, kind) }
  }

  private func branch(_ body: Int, _ after: Int, _ kind: RepetitionKind) -> RegexInstruction {
    kind == .lazy ? .split(after, body) : .split(body, after)
  }
}
