/// Reads the syntax of regular expressions that tokenizers and adapters use.
///
/// What is not understood is refused by name; it is never taken literally.
struct RegexParser {
  static let maximumDepth = 50
  /// How often one thing may be repeated in turn, as in `a*+?`.
  static let maximumRepetitions = 10

  let pattern: String
  let dialect: RegularExpression.Dialect
  let scalars: [Unicode.Scalar]
  var position = 0
  var depth = 0
  var ignoresCase = false
  var dotMatchesNewline = false

  init(_ pattern: String, dialect: RegularExpression.Dialect) {
    self.pattern = pattern
    self.dialect = dialect
    scalars = Array(pattern.unicodeScalars)
  }

  mutating func parse() throws(RegexError) -> RegexNode {
    let node = try alternatives()
    guard position == scalars.count else { throw error("a ')' without its '('") }
    return node
  }

  func error(_ message: String) -> RegexError {
    RegexError(pattern: pattern, offset: position, message: message)
  }

  func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    position + ahead < scalars.count ? scalars[position + ahead] : nil
  }

  mutating func take(_ text: String) -> Bool {
    guard scalars[position...].starts(with: text.unicodeScalars) else { return false }
    position += text.unicodeScalars.count
    return true
  }

  mutating func enter() throws(RegexError) {
    depth += 1
    guard depth <= Self.maximumDepth else { throw error("groups nested too deep") }
  }

  private mutating func alternatives() throws(RegexError) -> RegexNode {
    try enter()
    defer { depth -= 1 }
    let flags = (ignoresCase, dotMatchesNewline)
    defer { (ignoresCase, dotMatchesNewline) = flags }
    var choices = [try sequence()]
    while take("|") {
      choices.append(try sequence())
    }
    return choices.count == 1 ? choices[0] : .alternatives(choices)
  }

  private mutating func sequence() throws(RegexError) -> RegexNode {
    var nodes: [RegexNode] = []
    var word: [UInt32] = []
    while let next = peek(), next != "|", next != ")" {
      let atom = try atom()
      try refuseExpansion(atom, &word)
      nodes.append(try quantified(atom))
    }
    return nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  private mutating func quantified(_ atom: RegexNode) throws(RegexError) -> RegexNode {
    var node = atom
    var height = 0
    while let (minimum, maximum, isInterval) = try quantifier() {
      if case .look = atom { throw error("a look-around that is repeated") }
      if case .assertion = atom { throw error("an assertion that is repeated") }
      height += 1
      guard height <= Self.maximumRepetitions else {
        throw error("more than \(Self.maximumRepetitions) repetitions of one thing")
      }
      var kind = RepetitionKind.greedy
      if take("?") {
        kind = .lazy
      } else if !(isInterval && dialect == .oniguruma), take("+") {
        kind = .possessive
      }
      node = .repetition(node, minimum: minimum, maximum: maximum, kind)
      if dialect == .python, let next = peek(), next == "*" || next == "+" || next == "?" {
        throw error("a repetition of a repetition")
      }
    }
    return node
  }

  private mutating func quantifier() throws(RegexError) -> (Int, Int?, isInterval: Bool)? {
    if take("*") { return (0, nil, false) }
    if take("+") { return (1, nil, false) }
    if take("?") { return (0, 1, false) }
    guard peek() == "{" else { return nil }
    let start = position
    position += 1
    let minimum = number()
    var maximum = minimum
    if take(",") { maximum = number() }
    guard take("}"), position - start > 3 || minimum != nil else {
      // A brace that begins no interval stands for itself.
      position = start
      return nil
    }
    if let maximum, maximum < minimum ?? 0 { throw error("an interval that ends before it begins") }
    guard max(minimum ?? 0, maximum ?? 0) <= 1000 else { throw error("an interval above 1000") }
    return (minimum ?? 0, maximum, true)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let digit = peek(), ("0"..."9").contains(digit) {
      value = min((value ?? 0) * 10 + Int(digit.value - 48), 1_000_000)
      position += 1
    }
    return value
  }

  private mutating func atom() throws(RegexError) -> RegexNode {
    guard let scalar = peek() else { throw error("the expression ends too early") }
    position += 1
    switch scalar {
    case "(": return try group()
    case "[":
      let (set, negated) = try characterClass()
      try refuseExpansion(in: set)
      // Case is ignored before the class is negated.
      let whole = ignoresCase ? ScalarSet.ignoringCase(set) : set
      return .set(negated ? .inverse(whole) : whole)
    case ".": return .set(dotMatchesNewline ? .range(0, 0x10FFFF) : .inverse(.scalar(10)))
    case "^": return .assertion(dialect == .oniguruma ? .lineStart : .textStart)
    case "$": return .assertion(dialect == .oniguruma ? .lineEnd : .textEndBeforeNewline)
    case "\\": return try escape()
    case "*", "+", "?":
      position -= 1
      throw error("a repetition of nothing")
    default: return literal(scalar.value)
    }
  }

  private func literal(_ value: UInt32) -> RegexNode {
    guard ignoresCase, let variants = UnicodeTable.caseVariants[UnicodeTable.folded(value)] else {
      return .scalar(value)
    }
    return .set(.union(variants.map { .scalar($0) }))
  }

  /// Oniguruma lets "ß" match "ss" where case is ignored; such pairs are refused rather than missed.
  private func refuseExpansion(_ atom: RegexNode, _ word: inout [UInt32]) throws(RegexError) {
    guard ignoresCase, dialect == .oniguruma else { return word = [] }
    switch atom {
    case .scalar(let value): word.append(UnicodeTable.folded(value))
    case .set(.union(let sets)):
      guard case .range(let value, _)? = sets.first else { return word = [] }
      word.append(value)
    default: return word = []
    }
    for count in 1...3 where UnicodeTable.expansions.contains(Array(word.suffix(count))) {
      throw error("letters that one other letter stands for when case is ignored")
    }
  }

  private func refuseExpansion(in set: ScalarSet) throws(RegexError) {
    guard ignoresCase, dialect == .oniguruma else { return }
    switch set {
    case .range(let value, let same) where value == same:
      guard UnicodeTable.expansions.contains([UnicodeTable.folded(value)]) else { return }
      throw error("a letter that stands for others when case is ignored")
    case .union(let sets): for set in sets { try refuseExpansion(in: set) }
    default: return
    }
  }

  private mutating func escape() throws(RegexError) -> RegexNode {
    switch peek() {
    case "A":
      position += 1
      return .assertion(.textStart)
    case "z":
      position += 1
      return .assertion(.textEnd)
    case "Z":
      position += 1
      return .assertion(dialect == .python ? .textEnd : .textEndBeforeNewline)
    case "b":
      position += 1
      return .assertion(.wordBoundary)
    case "B":
      position += 1
      return .assertion(.noWordBoundary)
    default:
      switch try escapedSet(inBrackets: false) {
      case .range(let value, let same) where value == same: return literal(value)
      case let set: return .set(set)
      }
    }
  }

  private mutating func group() throws(RegexError) -> RegexNode {
    guard take("?") else { return try closed(try alternatives()) }
    if take(":") { return try closed(try alternatives()) }
    if take(">") { return .atomic(try closed(try alternatives())) }
    if take("=") { return .look(try closed(try alternatives()), behind: false, negated: false) }
    if take("!") { return .look(try closed(try alternatives()), behind: false, negated: true) }
    if take("<=") { return try lookBehind(negated: false) }
    if take("<!") { return try lookBehind(negated: true) }
    if take("P<") || take("<") {
      while let next = peek(), next != ">" { position += next == ")" ? scalars.count : 1 }
      guard take(">") else { throw error("a group name without '>'") }
      return try closed(try alternatives())
    }
    return try flags()
  }

  private mutating func closed(_ node: RegexNode) throws(RegexError) -> RegexNode {
    guard take(")") else { throw error("a '(' without its ')'") }
    return node
  }

  private mutating func lookBehind(negated: Bool) throws(RegexError) -> RegexNode {
    switch try closed(try alternatives()) {
    case .set(let set): return .look(.set(set), behind: true, negated: negated)
    case .scalar(let value): return .look(.set(.scalar(value)), behind: true, negated: negated)
    default: throw error("a look-behind over more than one character")
    }
  }

  /// `(?i)` to the end of the group, or `(?i:...)`.
  private mutating func flags() throws(RegexError) -> RegexNode {
    let outer = (ignoresCase, dotMatchesNewline)
    var value = true
    while let flag = peek(), flag != ":", flag != ")" {
      switch flag {
      case "-": value = false
      case "i": ignoresCase = value
      case "m" where dialect == .oniguruma, "s" where dialect == .python: dotMatchesNewline = value
      default: throw error("the flag or group \"(?\(flag)\"")
      }
      position += 1
    }
    if take(")") {
      // The flags hold to the end of the enclosing group, alternatives included.
      let rest = try alternatives()
      (ignoresCase, dotMatchesNewline) = outer
      return rest
    }
    guard take(":") else { throw error("a '(' without its ')'") }
    let body = try closed(try alternatives())
    (ignoresCase, dotMatchesNewline) = outer
    return body
  }
}
