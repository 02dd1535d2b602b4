/// A part of a template that produces output or has an effect.
indirect enum TemplateStatement: Sendable {
  case text(String)
  case print(TemplateExpression)
  case choice(
    [(condition: TemplateExpression, body: [TemplateStatement])], otherwise: [TemplateStatement])
  case loop(TemplateLoop)
  case assign(TemplateTarget, TemplateExpression)
  case assignBlock(TemplateTarget, filters: [TemplateFilterCall], body: [TemplateStatement])
  case macro(TemplateMacro)
  /// Calls something, which may render the body as `caller()`.
  case call(TemplateExpression, caller: TemplateMacro)
  case filtered([TemplateFilterCall], body: [TemplateStatement])
  case with([(target: TemplateTarget, value: TemplateExpression)], body: [TemplateStatement])
  /// Marks what the assistant says.
  case generation([TemplateStatement])
  case breakLoop
  case continueLoop
}

struct TemplateLoop: Sendable {
  let target: TemplateTarget
  let sequence: TemplateExpression
  let condition: TemplateExpression?
  let isRecursive: Bool
  let body: [TemplateStatement]
  let otherwise: [TemplateStatement]
}

struct TemplateMacro: Sendable {
  let name: String
  let parameters: [(name: String, standard: TemplateExpression?)]
  let body: [TemplateStatement]
}

/// What is assigned to.
indirect enum TemplateTarget: Sendable {
  case name(String)
  case attribute(of: String, String, line: Int)
  case tuple([TemplateTarget])
}

struct TemplateFilterCall: Sendable {
  let name: String
  let arguments: TemplateArguments
  let line: Int
}

struct TemplateArguments: Sendable {
  var positional: [TemplateExpression] = []
  var named: [(name: String, value: TemplateExpression)] = []
  /// `*list`
  var rest: TemplateExpression?
  /// `**mapping`
  var namedRest: TemplateExpression?
}

/// An expression and where it stands.
struct TemplateExpression: Sendable {
  indirect enum Kind: Sendable {
    case none
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
    case name(String)
    case list([TemplateExpression])
    case tuple([TemplateExpression])
    case mapping([(key: TemplateExpression, value: TemplateExpression)])
    case attribute(TemplateExpression, String)
    case item(TemplateExpression, TemplateExpression)
    case slice(
      TemplateExpression, start: TemplateExpression?, stop: TemplateExpression?,
      step: TemplateExpression?)
    case call(TemplateExpression, TemplateArguments)
    case filter(TemplateExpression, TemplateFilterCall)
    case test(TemplateExpression, TemplateFilterCall, isNegated: Bool)
    case negative(TemplateExpression)
    case positive(TemplateExpression)
    case not(TemplateExpression)
    case and(TemplateExpression, TemplateExpression)
    case or(TemplateExpression, TemplateExpression)
    case arithmetic(String, TemplateExpression, TemplateExpression)
    case concatenation([TemplateExpression])
    case comparison(TemplateExpression, [(sign: String, value: TemplateExpression)])
    case conditional(
      TemplateExpression, then: TemplateExpression, otherwise: TemplateExpression?)
  }

  let kind: Kind
  let line: Int
  /// The number of expressions inside each other, which is limited.
  let height: Int
}
