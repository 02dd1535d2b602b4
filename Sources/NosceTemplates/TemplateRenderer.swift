/// Runs a template's statements and collects what they print.
///
/// A template may come from an untrusted file: its steps, its output, and how deep calls stand
/// inside each other are limited.
struct TemplateRenderer {
  static let maximumOutput = 10_000_000
  static let maximumSteps = 3_000_000
  static let maximumDepth = 250

  enum Flow { case onward, leaveLoop, nextItem }

  let template: String
  let date: TemplateDate
  var scope: TemplateScope
  /// The line of what is being run.
  var line = 1
  private var steps = 0
  private var depth = 0
  /// What has been printed; the last is the innermost block whose output is kept as a value.
  private var outputs: [String] = [""]
  /// Where the assistant speaks, in bytes of the outermost output.
  private var marks: [Range<Int>] = []
  /// Whatever may hold itself, to be let go at the end.
  private var namespaces: [TemplateNamespace] = []
  private var macroScopes: [TemplateScope] = []

  struct Output {
    let text: String
    /// Where the template marks the assistant's words, in Unicode scalars.
    let assistantSpans: [Range<Int>]
  }

  /// Renders the statements with these variables.
  static func render(
    _ statements: [TemplateStatement], template: String,
    variables: [(name: String, value: TemplateValue)], date: TemplateDate
  ) throws(TemplateError) -> Output {
    let globals = TemplateScope()
    for function in ["range", "dict", "namespace", "raise_exception", "strftime_now"] {
      globals.variables[function] = TemplateFunction(rawValue: function).map { .function($0) }
    }
    for (name, value) in variables { globals.variables[name] = value }
    var renderer = TemplateRenderer(
      template: template, date: date, scope: TemplateScope(inside: globals))
    defer { renderer.release() }
    do throws(TemplateFault) {
      _ = try renderer.run(statements)
    } catch {
      throw TemplateError(template: template, line: renderer.line, message: error.message)
    }
    return Output(
      text: renderer.outputs[0], assistantSpans: spans(renderer.marks, in: renderer.outputs[0]))
  }

  private init(template: String, date: TemplateDate, scope: TemplateScope) {
    self.template = template
    self.date = date
    self.scope = scope
  }

  private mutating func release() {
    for namespace in namespaces { namespace.attributes = [:] }
    for scope in macroScopes { scope.variables = [:] }
  }

  private static func spans(_ marks: [Range<Int>], in text: String) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var byte = 0
    var scalars = 0
    let utf8 = text.utf8
    var index = utf8.startIndex
    func count(to end: Int) -> Int {
      while byte < end {
        // Every byte that does not continue a scalar begins one.
        if utf8[index] & 0xC0 != 0x80 { scalars += 1 }
        index = utf8.index(after: index)
        byte += 1
      }
      return scalars
    }
    for mark in marks {
      let start = count(to: mark.lowerBound)
      result.append(start..<count(to: mark.upperBound))
    }
    return result
  }

  /// Counts work; long texts count for more.
  mutating func tick(_ cost: Int = 1) throws(TemplateFault) {
    steps += cost
    guard steps <= Self.maximumSteps else {
      throw TemplateFault("the template takes more than \(Self.maximumSteps) steps")
    }
  }

  /// Counts the work of looking through a value.
  mutating func charge(_ value: TemplateValue) throws(TemplateFault) {
    try tick(value.weight / 64)
  }

  /// The texts one after the other, if that is not too long.
  mutating func joined(
    _ parts: [String], separator: String = ""
  ) throws(TemplateFault) -> TemplateValue {
    var count = 0
    for part in parts {
      count += part.utf8.count + separator.utf8.count
      guard count <= Self.maximumOutput + separator.utf8.count else {
        throw TemplateFault("a text of more than \(Self.maximumOutput) bytes")
      }
    }
    return try checked(parts.joined(separator: separator))
  }

  /// A text that was made, if it is not too long.
  mutating func checked(_ text: String) throws(TemplateFault) -> TemplateValue {
    guard text.utf8.count <= Self.maximumOutput else {
      throw TemplateFault("a text of more than \(Self.maximumOutput) bytes")
    }
    try tick(text.utf8.count / 64)
    return .string(text)
  }

  mutating func checked(_ values: [TemplateValue]) throws(TemplateFault) -> TemplateValue {
    try tick(values.count)
    return try .list(values)
  }

  mutating func enter() throws(TemplateFault) {
    depth += 1
    guard depth <= Self.maximumDepth else {
      throw TemplateFault("calls and blocks nested deeper than \(Self.maximumDepth) levels")
    }
  }

  mutating func leave() { depth -= 1 }

  mutating func register(_ namespace: TemplateNamespace) { namespaces.append(namespace) }

  /// Names that begin with an underscore are closed to templates.
  static func checkAttribute(_ name: String) throws(TemplateFault) {
    guard !name.hasPrefix("_") else {
      throw TemplateFault("the name \(name) in a namespace; allowed: names without leading _")
    }
  }

  private mutating func print(_ text: String) throws(TemplateFault) {
    outputs[outputs.count - 1] += text
    guard outputs[outputs.count - 1].utf8.count <= Self.maximumOutput else {
      throw TemplateFault("an output of more than \(Self.maximumOutput) bytes")
    }
  }

  /// What the statements print, with variables of their own.
  mutating func capture(
    _ statements: [TemplateStatement], in inner: TemplateScope
  ) throws(TemplateFault) -> String {
    outputs.append("")
    let outer = scope
    scope = inner
    defer { scope = outer }
    do throws(TemplateFault) {
      _ = try run(statements)
    } catch {
      outputs.removeLast()
      throw error
    }
    let text = outputs.removeLast()
    try tick(text.utf8.count / 64)
    return text
  }

  mutating func run(_ statements: [TemplateStatement]) throws(TemplateFault) -> Flow {
    try enter()
    defer { leave() }
    for statement in statements {
      try tick()
      switch statement {
      case .text(let text): try print(text)
      case .print(let expression):
        let value = try evaluate(expression)
        try charge(value)
        try print(value.text)
      case .choice(let branches, let otherwise):
        var chosen = otherwise
        for branch in branches where try evaluate(branch.condition).isTrue {
          chosen = branch.body
          break
        }
        let flow = try run(chosen)
        if flow != .onward { return flow }
      case .loop(let loop):
        try run(loop, over: try evaluate(loop.sequence), level: 0)
      case .assign(let target, let expression): try assign(try evaluate(expression), to: target)
      case .assignBlock(let target, let filters, let body):
        let text = try capture(body, in: TemplateScope(inside: scope))
        try assign(try apply(filters, to: .string(text)), to: target)
      case .macro(let macro):
        scope.variables[macro.name] = .macro(TemplateMacroValue(macro, scope: scope))
        macroScopes.append(scope)
      case .call(let expression, let caller):
        let inner = TemplateScope(inside: scope)
        inner.variables["caller"] = .macro(TemplateMacroValue(caller, scope: scope))
        macroScopes.append(inner)
        try print(try evaluateCall(expression, caller: inner.variables["caller"]).text)
      case .filtered(let filters, let body):
        let text = try capture(body, in: TemplateScope(inside: scope))
        try print(try apply(filters, to: .string(text)).text)
      case .with(let assignments, let body): try with(assignments, body)
      case .generation(let body):
        let start = outputs[0].utf8.count
        let isOutermost = outputs.count == 1
        try print(try capture(body, in: TemplateScope(inside: scope)))
        if isOutermost { marks.append(start..<outputs[0].utf8.count) }
      case .breakLoop: return .leaveLoop
      case .continueLoop: return .nextItem
      }
    }
    return .onward
  }

  private mutating func apply(
    _ filters: [TemplateFilterCall], to value: TemplateValue
  ) throws(TemplateFault) -> TemplateValue {
    var value = value
    for filter in filters { value = try evaluate(filter, of: value) }
    return value
  }

  private mutating func with(
    _ assignments: [(target: TemplateTarget, value: TemplateExpression)],
    _ body: [TemplateStatement]
  ) throws(TemplateFault) {
    let outer = scope
    let inner = TemplateScope(inside: outer)
    defer { scope = outer }
    for (target, expression) in assignments {
      let value = try evaluate(expression)
      scope = inner
      try assign(value, to: target)
      scope = outer
    }
    scope = inner
    _ = try run(body)
  }

  /// Goes through a loop; a recursive one may be called again with other items.
  mutating func run(
    _ loop: TemplateLoop, over sequence: TemplateValue, level: Int
  ) throws(TemplateFault) {
    let outer = scope
    defer { scope = outer }
    try charge(sequence)
    var items = try sequence.elements()
    try tick(items.count / 8)
    if let condition = loop.condition {
      var kept: [TemplateValue] = []
      for item in items {
        scope = TemplateScope(inside: outer)
        try assign(item, to: loop.target)
        if try evaluate(condition).isTrue { kept.append(item) }
      }
      items = kept
      scope = outer
    }
    guard !items.isEmpty else {
      _ = try run(loop.otherwise)
      return
    }
    let state = TemplateLoopState(
      items: items, level: level, recursion: loop.isRecursive ? (loop, outer) : nil)
    for (index, item) in items.enumerated() {
      try tick()
      state.index = index
      scope = TemplateScope(inside: outer)
      scope.variables["loop"] = .loop(state)
      try assign(item, to: loop.target)
      if try run(loop.body) == .leaveLoop { return }
    }
  }

  /// What a recursive loop prints for other items.
  mutating func rerun(
    _ state: TemplateLoopState, over sequence: TemplateValue
  ) throws(TemplateFault) -> TemplateValue {
    guard let (loop, outer) = state.recursion else {
      throw TemplateFault("a call of a loop that is not recursive")
    }
    outputs.append("")
    let current = scope
    scope = outer
    defer { scope = current }
    do throws(TemplateFault) {
      try run(loop, over: sequence, level: state.level + 1)
    } catch {
      outputs.removeLast()
      throw error
    }
    return .string(outputs.removeLast())
  }

  private mutating func assign(
    _ value: TemplateValue, to target: TemplateTarget
  ) throws(TemplateFault) {
    switch target {
    case .name(let name): scope.variables[name] = value
    case .attribute(let name, let attribute, let line):
      self.line = line
      guard case .namespace(let namespace) = scope.find(name) else {
        throw TemplateFault("\(name) is no namespace, so \(name).\(attribute) cannot be set")
      }
      try Self.checkAttribute(attribute)
      namespace.attributes[attribute] = value
    case .tuple(let targets):
      let values = try value.elements()
      guard values.count == targets.count, !value.isUndefined else {
        throw TemplateFault("\(values.count) values for \(targets.count) names")
      }
      for (target, value) in zip(targets, values) { try assign(value, to: target) }
    }
  }
}
