import Foundation

extension TemplateRenderer {
  mutating func evaluate(_ expression: TemplateExpression) throws(TemplateFault) -> TemplateValue {
    try tick()
    try enter()
    defer { leave() }
    line = expression.line
    switch expression.kind {
    case .none: return .none
    case .bool(let bool): return .bool(bool)
    case .integer(let integer): return .integer(integer)
    case .float(let float): return .float(float)
    case .string(let string): return .string(string)
    case .name(let name): return scope.find(name) ?? .undefined(name)
    case .list(let elements): return try .list(try values(elements))
    case .tuple(let elements): return try .tuple(try values(elements))
    case .mapping(let members):
      var result: [(key: TemplateValue, value: TemplateValue)] = []
      for (key, value) in members { result.append((try evaluate(key), try evaluate(value))) }
      return .mapping(try TemplateMapping(result))
    case .attribute(let value, let name): return try attribute(name, of: try evaluate(value))
    case .item(let value, let key):
      let container = try evaluate(value)
      try charge(container)
      return try item(try evaluate(key), of: container)
    case .slice(let value, let start, let stop, let step):
      return try slice(value, start, stop, step)
    case .call: return try evaluateCall(expression, caller: nil)
    case .filter(let value, let filter): return try evaluate(filter, of: try evaluate(value))
    case .test(let value, let test, let isNegated):
      let tested = try evaluate(value)
      try charge(tested)
      let call = try call(test.arguments)
      line = test.line
      return .bool(try TemplateChecks.holds(test.name, tested, call) != isNegated)
    case .negative(let value): return try signed(try evaluate(value), isNegative: true)
    case .positive(let value): return try signed(try evaluate(value), isNegative: false)
    case .not(let value): return .bool(!(try evaluate(value).isTrue))
    case .and(let left, let right):
      let first = try evaluate(left)
      return first.isTrue ? try evaluate(right) : first
    case .or(let left, let right):
      let first = try evaluate(left)
      return first.isTrue ? first : try evaluate(right)
    case .arithmetic(let sign, let left, let right):
      let first = try evaluate(left)
      let second = try evaluate(right)
      line = expression.line
      return try arithmetic(sign, first, second)
    case .concatenation(let parts):
      var texts: [String] = []
      for value in try values(parts) {
        try charge(value)
        texts.append(value.text)
      }
      return try joined(texts)
    case .comparison(let value, let others): return try comparison(value, others)
    case .conditional(let condition, let then, let otherwise):
      if try evaluate(condition).isTrue { return try evaluate(then) }
      guard let otherwise else { return .undefined("the missing else of an inline if") }
      return try evaluate(otherwise)
    }
  }

  private mutating func values(
    _ expressions: [TemplateExpression]
  ) throws(TemplateFault) -> [TemplateValue] {
    var result: [TemplateValue] = []
    for expression in expressions { result.append(try evaluate(expression)) }
    return result
  }

  mutating func call(_ arguments: TemplateArguments) throws(TemplateFault) -> TemplateCall {
    var call = TemplateCall(positional: try values(arguments.positional))
    for (name, value) in arguments.named { call.named.append((name, try evaluate(value))) }
    if let rest = arguments.rest { call.positional += try evaluate(rest).elements() }
    if let rest = arguments.namedRest {
      guard case .mapping(let mapping) = try evaluate(rest) else {
        throw TemplateFault("** before something that is no mapping")
      }
      for (key, value) in mapping.members { call.named.append((key.text, value)) }
    }
    return call
  }

  mutating func evaluate(
    _ filter: TemplateFilterCall, of value: TemplateValue
  ) throws(TemplateFault) -> TemplateValue {
    let call = try call(filter.arguments)
    line = filter.line
    try charge(value)
    return try TemplateFilters.apply(filter.name, to: value, call, &self)
  }

  mutating func evaluateCall(
    _ expression: TemplateExpression, caller: TemplateValue?
  ) throws(TemplateFault) -> TemplateValue {
    guard case .call(let callee, let arguments) = expression.kind else {
      return try evaluate(expression)
    }
    let function = try evaluate(callee)
    let call = try call(arguments)
    line = expression.line
    switch function {
    case .macro(let macro): return try run(macro, call, caller: caller)
    case .function(let function): return try run(function, call)
    case .method(let value, let name):
      return try TemplateMethods.run(name, of: value, call, &self)
    case .loop(let state): return try rerun(state, over: try call.values(1...1, of: "loop")[0])
    default: throw TemplateFault("a call of \(function.kind)")
    }
  }

  private mutating func run(
    _ macro: TemplateMacroValue, _ call: TemplateCall, caller: TemplateValue?
  ) throws(TemplateFault) -> TemplateValue {
    try enter()
    defer { leave() }
    let parameters = macro.macro.parameters
    let inner = TemplateScope(inside: macro.scope)
    if let caller { inner.variables["caller"] = caller }
    let own = TemplateCall(
      positional: Array(call.positional.prefix(parameters.count)), named: call.named)
    let values = try own.bound(to: parameters.map(\.name), of: "the macro \(macro.macro.name)")
    guard call.positional.count <= parameters.count else {
      throw TemplateFault("the macro \(macro.macro.name) takes \(parameters.count) arguments")
    }
    let outer = scope
    scope = inner
    defer { scope = outer }
    for (parameter, value) in zip(parameters, values) {
      if let value {
        inner.variables[parameter.name] = value
      } else if let standard = parameter.standard {
        inner.variables[parameter.name] = try evaluate(standard)
      } else {
        inner.variables[parameter.name] = .undefined(parameter.name)
      }
    }
    return .string(try capture(macro.macro.body, in: inner))
  }

  private mutating func run(
    _ function: TemplateFunction, _ call: TemplateCall
  ) throws(TemplateFault) -> TemplateValue {
    switch function {
    case .range: return try range(call)
    case .dict, .namespace:
      var members: [(key: TemplateValue, value: TemplateValue)] = []
      if let first = try TemplateCall(positional: call.positional).values(0...1, of: "dict").first {
        guard case .mapping(let mapping) = first else {
          throw TemplateFault("\(function.rawValue) of \(first.kind)")
        }
        members = mapping.members
      }
      members += call.named.map { (.string($0.name), $0.value) }
      let mapping = try TemplateMapping(members)
      guard function == .namespace else { return .mapping(mapping) }
      for member in mapping.members { try Self.checkAttribute(member.key.text) }
      let namespace = TemplateNamespace(
        Dictionary(mapping.members.map { ($0.key.text, $0.value) }) { $1 })
      register(namespace)
      return .namespace(namespace)
    case .raiseException:
      throw TemplateFault(try call.values(1...1, of: "raise_exception")[0].text)
    case .timeText:
      let format = try call.values(1...1, of: "strftime_now")[0]
      guard let text = format.string else { throw TemplateFault("a format that is \(format.kind)") }
      return try checked(try date.text(text))
    }
  }

  private mutating func range(_ call: TemplateCall) throws(TemplateFault) -> TemplateValue {
    var numbers: [Int] = []
    for value in try call.values(1...3, of: "range") {
      guard let integer = value.integer else { throw TemplateFault("range of \(value.kind)") }
      numbers.append(integer)
    }
    let start = numbers.count > 1 ? numbers[0] : 0
    let stop = numbers.count > 1 ? numbers[1] : numbers[0]
    let step = numbers.count > 2 ? numbers[2] : 1
    guard step != 0 else { throw TemplateFault("range with the step 0") }
    var result: [TemplateValue] = []
    for value in stride(from: start, to: stop, by: step) {
      guard result.count < 100_000 else { throw TemplateFault("a range of more than 100000") }
      result.append(.integer(value))
    }
    return try checked(result)
  }

  private mutating func comparison(
    _ value: TemplateExpression, _ others: [(sign: String, value: TemplateExpression)]
  ) throws(TemplateFault) -> TemplateValue {
    var left = try evaluate(value)
    for (sign, expression) in others {
      let right = try evaluate(expression)
      try charge(left)
      try charge(right)
      let holds: Bool
      switch sign {
      case "==": holds = left == right
      case "!=": holds = left != right
      case "<": holds = try left.precedes(right)
      case ">": holds = try right.precedes(left)
      case "<=": holds = try left.precedes(right) ? true : left == right
      case ">=": holds = try right.precedes(left) ? true : left == right
      case "in": holds = try Self.contains(left, in: right)
      default: holds = try !Self.contains(left, in: right)
      }
      if !holds { return .bool(false) }
      left = right
    }
    return .bool(true)
  }

  static func contains(
    _ value: TemplateValue, in container: TemplateValue
  ) throws(TemplateFault) -> Bool {
    switch container {
    case .string(let text):
      guard let part = value.string else { throw TemplateFault("\(value.kind) in a string") }
      return TemplateText.find(part, in: text) != nil
    case .mapping(let mapping):
      switch value {
      case .list, .mapping: throw TemplateFault("\(value.kind) as a key")
      default: return mapping[value] != nil
      }
    default: return try container.elements().contains(value)
    }
  }

  private func signed(
    _ value: TemplateValue, isNegative: Bool
  ) throws(TemplateFault) -> TemplateValue {
    if case .float(let float) = value { return .float(isNegative ? -float : float) }
    guard let integer = value.integer, integer != .min else {
      throw TemplateFault("the sign of \(value.kind)")
    }
    return .integer(isNegative ? -integer : integer)
  }

  private mutating func arithmetic(
    _ sign: String, _ left: TemplateValue, _ right: TemplateValue
  ) throws(TemplateFault) -> TemplateValue {
    switch (sign, left, right) {
    case ("+", .string(let a), .string(let b)): return try checked(a + b)
    case ("+", .list(let a), .list(let b)): return try checked(a.values + b.values)
    case ("+", .tuple(let a), .tuple(let b)): return try .tuple(a.values + b.values)
    case ("%", .string(let format), _):
      return try checked(try TemplateText.formatted(format, right))
    case ("*", .string(let text), _):
      return try checked(try repeated(text, right))
    case ("*", _, .string(let text)): return try checked(try repeated(text, left))
    case ("*", .list(let items), _): return try checked(try repeated(items.values, right))
    case ("*", _, .list(let items)): return try checked(try repeated(items.values, left))
    case ("*", .tuple(let items), _): return try .tuple(try repeated(items.values, right))
    case ("*", _, .tuple(let items)): return try .tuple(try repeated(items.values, left))
    default: break
    }
    if let a = left.integer, let b = right.integer, let result = try whole(sign, a, b) {
      return .integer(result)
    }
    guard let a = left.number, let b = right.number else {
      throw TemplateFault("\(left.kind) \(sign) \(right.kind)")
    }
    switch sign {
    case "+": return .float(a + b)
    case "-": return .float(a - b)
    case "*": return .float(a * b)
    case "**":
      guard a >= 0 || b == b.rounded(), a != 0 || b >= 0 else {
        throw TemplateFault("\(a) to the power of \(b)")
      }
      return .float(pow(a, b))
    default:
      guard b != 0 else { throw TemplateFault("a division by zero") }
      if sign == "/" { return .float(a / b) }
      let floor = (a / b).rounded(.down)
      return .float(sign == "//" ? floor : a - floor * b)
    }
  }

  /// A result among whole numbers; nil if it is none.
  private func whole(_ sign: String, _ a: Int, _ b: Int) throws(TemplateFault) -> Int? {
    let result: (partialValue: Int, overflow: Bool)
    switch sign {
    case "+": result = a.addingReportingOverflow(b)
    case "-": result = a.subtractingReportingOverflow(b)
    case "*": result = a.multipliedReportingOverflow(by: b)
    case "//", "%":
      guard b != 0 else { throw TemplateFault("a division by zero") }
      guard b != -1 else { return sign == "//" && a != .min ? -a : 0 }
      let quotient = a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0)
      return sign == "//" ? quotient : a - quotient * b
    case "**" where b >= 0:
      var power: (partialValue: Int, overflow: Bool) = (1, false)
      guard b <= 64 || abs(Double(a)) <= 1 else { throw TemplateFault("a number out of range") }
      for _ in 0..<(b <= 64 ? b : 64 + b % 2) {
        power = power.partialValue.multipliedReportingOverflow(by: a)
        guard !power.overflow else { break }
      }
      result = power
    default: return nil
    }
    guard !result.overflow else { throw TemplateFault("a number out of range") }
    return result.partialValue
  }

  private func repeated(
    _ values: [TemplateValue], _ times: TemplateValue
  ) throws(TemplateFault) -> [TemplateValue] {
    guard let integer = times.integer else { throw TemplateFault("a list times \(times.kind)") }
    let count = max(0, integer)
    guard values.count * min(count, 1_000_000) <= 100_000 else {
      throw TemplateFault("a list taken too many times")
    }
    return values.isEmpty ? [] : Array(repeatElement(values, count: count).joined())
  }

  private func repeated(_ text: String, _ times: TemplateValue) throws(TemplateFault) -> String {
    guard let count = times.integer else { throw TemplateFault("a string times \(times.kind)") }
    guard text.isEmpty || count <= Self.maximumOutput / text.utf8.count else {
      throw TemplateFault("a text of more than \(Self.maximumOutput) bytes")
    }
    return String(repeating: text, count: text.isEmpty ? 0 : max(0, count))
  }
}
