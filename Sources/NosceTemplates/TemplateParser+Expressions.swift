extension TemplateParser {
  typealias Kind = TemplateExpression.Kind

  private func node(
    _ kind: Kind, _ line: Int, _ children: TemplateExpression?...
  ) throws(TemplateError) -> TemplateExpression {
    try node(kind, line, children.compactMap { $0 })
  }

  private func node(
    _ kind: Kind, _ line: Int, _ children: [TemplateExpression]
  ) throws(TemplateError) -> TemplateExpression {
    let height = 1 + (children.map(\.height).max() ?? 0)
    guard height <= Self.maximumHeight else { throw error("an expression with too many parts") }
    return TemplateExpression(kind: kind, line: line, height: height)
  }

  /// An expression, or several with commas between them.
  mutating func tuple(
    withConditional: Bool = true, endNames: Set<String> = []
  ) throws(TemplateError) -> TemplateExpression {
    let start = line
    var elements: [TemplateExpression] = []
    var isTuple = false
    while !isTupleEnd(endNames) {
      elements.append(withConditional ? try expression() : try disjunction())
      guard skip(sign: ",") else { break }
      isTuple = true
    }
    if !isTuple {
      guard let only = elements.first else {
        throw error("expected an expression, found \(describe(current))")
      }
      return only
    }
    return try node(.tuple(elements), start, elements)
  }

  private func isTupleEnd(_ endNames: Set<String>) -> Bool {
    switch current {
    case .printEnd, .blockEnd, .sign(")"), .end: true
    case .name(let name): endNames.contains(name)
    default: false
    }
  }

  mutating func expression() throws(TemplateError) -> TemplateExpression {
    try enter()
    defer { depth -= 1 }
    var value = try disjunction()
    while true {
      let start = line
      guard skip(name: "if") else { return value }
      let condition = try disjunction()
      let otherwise = skip(name: "else") ? try expression() : nil
      value = try node(
        .conditional(condition, then: value, otherwise: otherwise), start, condition, value,
        otherwise)
    }
  }

  private mutating func disjunction() throws(TemplateError) -> TemplateExpression {
    var left = try conjunction()
    while true {
      let start = line
      guard skip(name: "or") else { return left }
      let right = try conjunction()
      left = try node(.or(left, right), start, left, right)
    }
  }

  private mutating func conjunction() throws(TemplateError) -> TemplateExpression {
    var left = try negation()
    while true {
      let start = line
      guard skip(name: "and") else { return left }
      let right = try negation()
      left = try node(.and(left, right), start, left, right)
    }
  }

  private mutating func negation() throws(TemplateError) -> TemplateExpression {
    let start = line
    guard skip(name: "not") else { return try comparison() }
    try enter()
    defer { depth -= 1 }
    let value = try negation()
    return try node(.not(value), start, value)
  }

  private mutating func comparison() throws(TemplateError) -> TemplateExpression {
    let start = line
    let left = try sum()
    var others: [(sign: String, value: TemplateExpression)] = []
    while true {
      if case .sign(let sign) = current, ["==", "!=", "<", "<=", ">", ">="].contains(sign) {
        advance()
        others.append((sign, try sum()))
      } else if skip(name: "in") {
        others.append(("in", try sum()))
      } else if current == .name("not"), peek() == .name("in") {
        advance()
        advance()
        others.append(("not in", try sum()))
      } else {
        break
      }
    }
    if others.isEmpty { return left }
    return try node(.comparison(left, others), start, [left] + others.map(\.value))
  }

  private mutating func sum() throws(TemplateError) -> TemplateExpression {
    var left = try concatenation()
    while case .sign(let sign) = current, sign == "+" || sign == "-" {
      let start = line
      advance()
      let right = try concatenation()
      left = try node(.arithmetic(sign, left, right), start, left, right)
    }
    return left
  }

  private mutating func concatenation() throws(TemplateError) -> TemplateExpression {
    let start = line
    var parts = [try product()]
    while skip(sign: "~") { parts.append(try product()) }
    return parts.count == 1 ? parts[0] : try node(.concatenation(parts), start, parts)
  }

  private mutating func product() throws(TemplateError) -> TemplateExpression {
    var left = try power()
    while case .sign(let sign) = current, ["*", "/", "//", "%"].contains(sign) {
      let start = line
      advance()
      let right = try power()
      left = try node(.arithmetic(sign, left, right), start, left, right)
    }
    return left
  }

  private mutating func power() throws(TemplateError) -> TemplateExpression {
    var left = try unary(withFilter: true)
    while skip(sign: "**") {
      let right = try unary(withFilter: true)
      left = try node(.arithmetic("**", left, right), left.line, left, right)
    }
    return left
  }

  private mutating func unary(withFilter: Bool) throws(TemplateError) -> TemplateExpression {
    let start = line
    var value: TemplateExpression
    if case .sign(let sign) = current, sign == "-" || sign == "+" {
      try enter()
      defer { depth -= 1 }
      advance()
      let inner = try unary(withFilter: false)
      value = try node(sign == "-" ? .negative(inner) : .positive(inner), start, inner)
    } else {
      value = try primary()
    }
    value = try postfix(value)
    return withFilter ? try filtersAndTests(value) : value
  }

  private mutating func primary() throws(TemplateError) -> TemplateExpression {
    let start = line
    let token = current
    switch token {
    case .name(let name):
      advance()
      switch name {
      case "true", "True": return try node(.bool(true), start)
      case "false", "False": return try node(.bool(false), start)
      case "none", "None": return try node(.none, start)
      default: return try node(.name(name), start)
      }
    case .string(var text):
      advance()
      while case .string(let more) = current {
        text += more
        advance()
      }
      return try node(.string(text), start)
    case .integer(let value):
      advance()
      return try node(.integer(value), start)
    case .float(let value):
      advance()
      return try node(.float(value), start)
    case .sign("("):
      advance()
      if skip(sign: ")") { return try node(.tuple([]), start) }
      let value = try tuple()
      try expect(sign: ")")
      return value
    case .sign("["):
      advance()
      var elements: [TemplateExpression] = []
      while !skip(sign: "]") {
        if !elements.isEmpty {
          try expect(sign: ",")
          if skip(sign: "]") { break }
        }
        elements.append(try expression())
      }
      return try node(.list(elements), start, elements)
    case .sign("{"):
      advance()
      var members: [(key: TemplateExpression, value: TemplateExpression)] = []
      while !skip(sign: "}") {
        if !members.isEmpty {
          try expect(sign: ",")
          if skip(sign: "}") { break }
        }
        let key = try expression()
        try expect(sign: ":")
        members.append((key, try expression()))
      }
      return try node(.mapping(members), start, members.flatMap { [$0.key, $0.value] })
    default: throw error("expected an expression, found \(describe(token))")
    }
  }

  private mutating func postfix(
    _ value: TemplateExpression
  ) throws(TemplateError) -> TemplateExpression {
    var value = value
    while true {
      let start = line
      if skip(sign: ".") {
        if case .integer(let index) = current {
          advance()
          let key = try node(.integer(index), start)
          value = try node(.item(value, key), start, value)
        } else {
          value = try node(.attribute(value, try expectName()), start, value)
        }
      } else if skip(sign: "[") {
        value = try subscripted(value, start)
      } else if current == .sign("(") {
        value = try call(value)
      } else {
        return value
      }
    }
  }

  private mutating func subscripted(
    _ value: TemplateExpression, _ start: Int
  ) throws(TemplateError) -> TemplateExpression {
    var first: TemplateExpression?
    if current != .sign(":") {
      let key = try expression()
      if skip(sign: "]") { return try node(.item(value, key), start, value, key) }
      first = key
    }
    try expect(sign: ":")
    var stop: TemplateExpression?
    var step: TemplateExpression?
    if current != .sign(":"), current != .sign("]") { stop = try expression() }
    if skip(sign: ":"), current != .sign("]") { step = try expression() }
    try expect(sign: "]")
    return try node(
      .slice(value, start: first, stop: stop, step: step), start, value, first, stop, step)
  }

  private mutating func call(
    _ value: TemplateExpression
  ) throws(TemplateError) -> TemplateExpression {
    let start = line
    let arguments = try self.arguments()
    return try node(.call(value, arguments), start, [value] + arguments.all)
  }

  private mutating func filtersAndTests(
    _ value: TemplateExpression
  ) throws(TemplateError) -> TemplateExpression {
    var value = value
    while true {
      let start = line
      if skip(sign: "|") {
        let filter = try filterCall()
        value = try node(.filter(value, filter), start, [value] + filter.arguments.all)
      } else if skip(name: "is") {
        let isNegated = skip(name: "not")
        let test = try testCall()
        value = try node(
          .test(value, test, isNegated: isNegated), start, [value] + test.arguments.all)
      } else if current == .sign("(") {
        value = try call(value)
      } else {
        return value
      }
    }
  }

  mutating func filterCall() throws(TemplateError) -> TemplateFilterCall {
    let start = line
    let name = try expectName()
    guard TemplateFilters.names.contains(name) else {
      throw error(
        "the filter \"\(name)\"; allowed: "
          + TemplateFilters.names.sorted().joined(separator: ", "))
    }
    let arguments = current == .sign("(") ? try self.arguments() : TemplateArguments()
    return TemplateFilterCall(name: name, arguments: arguments, line: start)
  }

  private mutating func testCall() throws(TemplateError) -> TemplateFilterCall {
    let start = line
    let name = try expectName()
    guard TemplateChecks.names.contains(name) else {
      throw error(
        "the test \"\(name)\"; allowed: "
          + TemplateChecks.names.sorted().joined(separator: ", "))
    }
    var arguments = TemplateArguments()
    switch current {
    case .sign("("): arguments = try self.arguments()
    case .name("else"), .name("or"), .name("and"): break
    case .name("is"): throw error("a test of a test")
    case .name, .string, .integer, .float, .sign("["), .sign("{"):
      arguments.positional = [try postfix(try primary())]
    default: break
    }
    return TemplateFilterCall(name: name, arguments: arguments, line: start)
  }

  private mutating func arguments() throws(TemplateError) -> TemplateArguments {
    try expect(sign: "(")
    var result = TemplateArguments()
    var isFirst = true
    while !skip(sign: ")") {
      if !isFirst {
        try expect(sign: ",")
        if skip(sign: ")") { break }
      }
      isFirst = false
      if skip(sign: "*") {
        result.rest = try expression()
      } else if skip(sign: "**") {
        result.namedRest = try expression()
      } else if case .name(let name) = current, peek() == .sign("=") {
        advance()
        advance()
        result.named.append((name, try expression()))
      } else {
        guard result.named.isEmpty, result.rest == nil, result.namedRest == nil else {
          throw error("an argument without a name after one with it")
        }
        result.positional.append(try expression())
      }
    }
    return result
  }
}

extension TemplateArguments {
  var all: [TemplateExpression] {
    positional + named.map(\.value) + [rest, namedRest].compactMap { $0 }
  }
}
