/// Turns the tokens of a template into statements.
struct TemplateParser {
  static let maximumDepth = 60
  static let maximumHeight = 100

  let template: String
  private let tokens: [TemplateToken]
  private var position = 0
  var depth = 0
  private var loopDepth = 0

  static func parse(
    _ source: String, template: String
  ) throws(TemplateError) -> [TemplateStatement] {
    let tokens = try TemplateLexer.tokens(of: source, template: template)
    var parser = TemplateParser(template: template, tokens: tokens)
    let statements = try parser.statements(until: [])
    guard parser.current == .end else { throw parser.error("a tag without its beginning") }
    return statements
  }

  private init(template: String, tokens: [TemplateToken]) {
    self.template = template
    self.tokens = tokens
  }

  var current: TemplateToken.Kind { tokens[position].kind }
  var line: Int { tokens[position].line }

  func peek() -> TemplateToken.Kind {
    position + 1 < tokens.count ? tokens[position + 1].kind : .end
  }

  mutating func advance() {
    if position < tokens.count - 1 { position += 1 }
  }

  func error(_ message: String) -> TemplateError {
    TemplateError(template: template, line: line, message: message)
  }

  mutating func enter() throws(TemplateError) {
    depth += 1
    guard depth <= Self.maximumDepth else {
      throw error("nested deeper than \(Self.maximumDepth) levels")
    }
  }

  mutating func skip(_ kind: TemplateToken.Kind) -> Bool {
    guard current == kind else { return false }
    advance()
    return true
  }

  mutating func skip(sign: String) -> Bool { skip(.sign(sign)) }
  mutating func skip(name: String) -> Bool { skip(.name(name)) }

  mutating func expect(_ kind: TemplateToken.Kind, _ words: String) throws(TemplateError) {
    guard skip(kind) else { throw error("expected \(words), found \(describe(current))") }
  }

  mutating func expect(sign: String) throws(TemplateError) {
    try expect(.sign(sign), "'\(sign)'")
  }

  mutating func expectName() throws(TemplateError) -> String {
    guard case .name(let name) = current else {
      throw error("expected a name, found \(describe(current))")
    }
    advance()
    return name
  }

  func describe(_ kind: TemplateToken.Kind) -> String {
    switch kind {
    case .text: "text"
    case .printBegin: "'{{'"
    case .printEnd: "'}}'"
    case .blockBegin: "'{%'"
    case .blockEnd: "'%}'"
    case .name(let name): "'\(name)'"
    case .string: "a string"
    case .integer, .float: "a number"
    case .sign(let sign): "'\(sign)'"
    case .end: "the end of the template"
    }
  }

  /// Statements up to a block that begins with one of the words, which is left standing.
  private mutating func statements(
    until words: Set<String>
  ) throws(TemplateError) -> [TemplateStatement] {
    try enter()
    defer { depth -= 1 }
    var result: [TemplateStatement] = []
    while true {
      switch current {
      case .text(let text):
        result.append(.text(text))
        advance()
      case .printBegin:
        advance()
        result.append(.print(try tuple()))
        try expect(.printEnd, "'}}'")
      case .blockBegin:
        if case .name(let word) = peek(), words.contains(word) {
          advance()
          return result
        }
        advance()
        result.append(try block())
      default:
        guard words.isEmpty, current == .end else {
          throw error(
            "expected \(words.sorted().joined(separator: " or ")), found "
              + describe(current))
        }
        return result
      }
    }
  }

  /// The statements up to the closing word, and the end of its tag.
  private mutating func body(endingWith word: String) throws(TemplateError) -> [TemplateStatement] {
    try expect(.blockEnd, "'%}'")
    let statements = try statements(until: [word])
    advance()
    try expect(.blockEnd, "'%}'")
    return statements
  }

  private mutating func block() throws(TemplateError) -> TemplateStatement {
    let word = try expectName()
    switch word {
    case "if": return try choice()
    case "for": return try loop()
    case "set": return try assignment()
    case "macro":
      let name = try expectName()
      return .macro(try macro(name, endingWith: "endmacro"))
    case "call": return try call()
    case "filter":
      let filters = try filterChain()
      return .filtered(
        filters,
        body: try outsideLoop { parser throws(TemplateError) in
          try parser.body(endingWith: "endfilter")
        })
    case "with": return try with()
    case "generation":
      return .generation(
        try outsideLoop { parser throws(TemplateError) in
          try parser.body(endingWith: "endgeneration")
        })
    case "break", "continue":
      guard loopDepth > 0 else { throw error("\(word) outside of a loop") }
      try expect(.blockEnd, "'%}'")
      return word == "break" ? .breakLoop : .continueLoop
    default:
      throw error(
        "the tag \"\(word)\"; allowed: if, for, set, macro, call, filter, with, generation, break, "
          + "continue, raw")
    }
  }

  /// A body that a loop around it cannot be left from.
  private mutating func outsideLoop<Result>(
    _ parse: (inout TemplateParser) throws(TemplateError) -> Result
  ) throws(TemplateError) -> Result {
    let outer = loopDepth
    loopDepth = 0
    defer { loopDepth = outer }
    return try parse(&self)
  }

  private mutating func choice() throws(TemplateError) -> TemplateStatement {
    var branches: [(condition: TemplateExpression, body: [TemplateStatement])] = []
    var otherwise: [TemplateStatement] = []
    var word = "if"
    repeat {
      let condition = try tuple()
      try expect(.blockEnd, "'%}'")
      branches.append((condition, try statements(until: ["elif", "else", "endif"])))
      word = try expectName()
    } while word == "elif"
    if word == "else" {
      otherwise = try body(endingWith: "endif")
    } else {
      try expect(.blockEnd, "'%}'")
    }
    return .choice(branches, otherwise: otherwise)
  }

  private mutating func loop() throws(TemplateError) -> TemplateStatement {
    let target = try self.target()
    guard skip(name: "in") else { throw error("expected 'in', found \(describe(current))") }
    let sequence = try tuple(withConditional: false, endNames: ["recursive"])
    let condition = skip(name: "if") ? try expression() : nil
    let isRecursive = skip(name: "recursive")
    try expect(.blockEnd, "'%}'")
    loopDepth += 1
    let statements = try statements(until: ["endfor", "else"])
    loopDepth -= 1
    var otherwise: [TemplateStatement] = []
    if try expectName() == "else" {
      otherwise = try body(endingWith: "endfor")
    } else {
      try expect(.blockEnd, "'%}'")
    }
    return .loop(
      TemplateLoop(
        target: target, sequence: sequence, condition: condition, isRecursive: isRecursive,
        body: statements, otherwise: otherwise))
  }

  private mutating func assignment() throws(TemplateError) -> TemplateStatement {
    let target = try self.target(allowsAttribute: true)
    if skip(sign: "=") {
      let value = try tuple()
      try expect(.blockEnd, "'%}'")
      return .assign(target, value)
    }
    let filters = skip(sign: "|") ? try filterChain() : []
    return .assignBlock(
      target, filters: filters,
      body: try outsideLoop { parser throws(TemplateError) in try parser.body(endingWith: "endset")
      })
  }

  private mutating func macro(
    _ name: String, endingWith word: String
  ) throws(TemplateError) -> TemplateMacro {
    try expect(sign: "(")
    var parameters: [(name: String, standard: TemplateExpression?)] = []
    while !skip(sign: ")") {
      if !parameters.isEmpty { try expect(sign: ",") }
      let name = try expectName()
      let standard = skip(sign: "=") ? try expression() : nil
      guard standard != nil || parameters.last?.standard == nil else {
        throw error("a parameter without default after one with it")
      }
      parameters.append((name, standard))
    }
    let statements = try outsideLoop { parser throws(TemplateError) in
      try parser.body(endingWith: word)
    }
    return TemplateMacro(name: name, parameters: parameters, body: statements)
  }

  private mutating func call() throws(TemplateError) -> TemplateStatement {
    var parameters: [(name: String, standard: TemplateExpression?)] = []
    if skip(sign: "(") {
      while !skip(sign: ")") {
        if !parameters.isEmpty { try expect(sign: ",") }
        let name = try expectName()
        parameters.append((name, skip(sign: "=") ? try expression() : nil))
      }
    }
    let callee = try expression()
    guard case .call = callee.kind else { throw error("expected a call") }
    let statements = try outsideLoop { parser throws(TemplateError) in
      try parser.body(endingWith: "endcall")
    }
    return .call(
      callee, caller: TemplateMacro(name: "caller", parameters: parameters, body: statements))
  }

  private mutating func with() throws(TemplateError) -> TemplateStatement {
    var assignments: [(target: TemplateTarget, value: TemplateExpression)] = []
    while current != .blockEnd {
      if !assignments.isEmpty { try expect(sign: ",") }
      let name = try target()
      try expect(sign: "=")
      assignments.append((name, try expression()))
    }
    return .with(assignments, body: try body(endingWith: "endwith"))
  }

  private mutating func target(
    allowsAttribute: Bool = false
  ) throws(TemplateError)
    -> TemplateTarget
  {
    var targets: [TemplateTarget] = []
    var isTuple = false
    repeat {
      if isTuple, case .name("in") = current { break }
      targets.append(try singleTarget(allowsAttribute: allowsAttribute))
      if current == .sign(",") { isTuple = true }
    } while skip(sign: ",")
    return isTuple ? .tuple(targets) : targets[0]
  }

  private mutating func singleTarget(allowsAttribute: Bool) throws(TemplateError) -> TemplateTarget
  {
    if skip(sign: "(") {
      try enter()
      defer { depth -= 1 }
      let inner = try target()
      try expect(sign: ")")
      return inner
    }
    let start = line
    let name = try expectName()
    guard !["true", "false", "none", "True", "False", "None"].contains(name) else {
      throw error("an assignment to \(name)")
    }
    if allowsAttribute, skip(sign: ".") {
      return .attribute(of: name, try expectName(), line: start)
    }
    return .name(name)
  }

  private mutating func filterChain() throws(TemplateError) -> [TemplateFilterCall] {
    var filters = [try filterCall()]
    while skip(sign: "|") { filters.append(try filterCall()) }
    return filters
  }
}
