import NosceFormats

/// A value while a template is rendered; it behaves as the Python value of the same kind.
enum TemplateValue {
  /// Nothing; the text says what was looked for.
  case undefined(String)
  case none
  case bool(Bool)
  case integer(Int)
  case float(Double)
  case string(String)
  case list(TemplateItems)
  case tuple(TemplateItems)
  case mapping(TemplateMapping)
  case namespace(TemplateNamespace)
  case macro(TemplateMacroValue)
  case function(TemplateFunction)
  /// A method of a value, not yet called.
  indirect case method(TemplateValue, String)
  case loop(TemplateLoopState)
}

/// How much there is in a value, inner values included.
///
/// A list may hold the same long text a thousand times, or lists that do; what it would take to
/// print or compare is known from the beginning, and limited.
struct TemplateExtent {
  static let maximumDepth = 150
  static let maximumWeight = 20_000_000

  /// How many lists stand inside each other.
  let depth: Int
  /// About how many bytes a printed value takes.
  let weight: Int

  init(of values: [TemplateValue]) throws(TemplateFault) {
    var depth = 0
    var weight = 2
    for value in values {
      depth = max(depth, value.depth)
      weight += value.weight + 2
      guard weight <= Self.maximumWeight else {
        throw TemplateFault("a value of more than \(Self.maximumWeight) bytes")
      }
    }
    guard depth < Self.maximumDepth else {
      throw TemplateFault("values nested deeper than \(Self.maximumDepth) levels")
    }
    self.depth = depth + 1
    self.weight = weight
  }
}

/// The elements of a list or tuple.
struct TemplateItems {
  let values: [TemplateValue]
  let extent: TemplateExtent

  init(_ values: [TemplateValue]) throws(TemplateFault) {
    self.values = values
    extent = try TemplateExtent(of: values)
  }
}

/// A mapping that keeps the order of its keys.
struct TemplateMapping {
  /// A template may make mappings no larger; what it is given may be.
  static let maximumCount = 4000

  let members: [(key: TemplateValue, value: TemplateValue)]
  let extent: TemplateExtent

  init(_ members: [(key: TemplateValue, value: TemplateValue)]) throws(TemplateFault) {
    guard members.count <= Self.maximumCount else {
      throw TemplateFault("a mapping of more than \(Self.maximumCount) keys")
    }
    var unique: [(key: TemplateValue, value: TemplateValue)] = []
    for member in members {
      switch member.key {
      case .none, .bool, .integer, .float, .string, .tuple: break
      default: throw TemplateFault("a key that is \(member.key.kind)")
      }
      if let index = unique.firstIndex(where: { $0.key == member.key }) {
        unique[index].value = member.value
      } else {
        unique.append(member)
      }
    }
    try self.init(distinct: unique)
  }

  /// From members whose keys are known to differ.
  init(distinct members: [(key: TemplateValue, value: TemplateValue)]) throws(TemplateFault) {
    self.members = members
    extent = try TemplateExtent(of: members.flatMap { [$0.key, $0.value] })
  }

  subscript(key: TemplateValue) -> TemplateValue? {
    members.first { $0.key == key }?.value
  }
}

/// Variables that can be set from inside loops.
final class TemplateNamespace {
  var attributes: [String: TemplateValue]

  init(_ attributes: [String: TemplateValue]) { self.attributes = attributes }
}

/// A macro together with the variables around its definition.
final class TemplateMacroValue {
  let macro: TemplateMacro
  let scope: TemplateScope

  init(_ macro: TemplateMacro, scope: TemplateScope) {
    self.macro = macro
    self.scope = scope
  }
}

/// What a template can know about the loop it is in.
final class TemplateLoopState {
  let items: [TemplateValue]
  /// Zero-based.
  var index = 0
  /// How many loops of the same recursion are around this one.
  let level: Int
  /// The loop itself, if it may be called with other items.
  let recursion: (loop: TemplateLoop, scope: TemplateScope)?
  var lastChecked: [TemplateValue]?

  init(
    items: [TemplateValue], level: Int,
    recursion: (loop: TemplateLoop, scope: TemplateScope)?
  ) {
    self.items = items
    self.level = level
    self.recursion = recursion
  }
}

/// The variables of a block; what is not found is looked for around it.
final class TemplateScope {
  var variables: [String: TemplateValue] = [:]
  let outer: TemplateScope?

  init(inside outer: TemplateScope? = nil) { self.outer = outer }

  func find(_ name: String) -> TemplateValue? {
    var scope: TemplateScope? = self
    while let current = scope {
      if let value = current.variables[name] { return value }
      scope = current.outer
    }
    return nil
  }
}

enum TemplateFunction: String {
  case range, dict, namespace
  case raiseException = "raise_exception"
  case timeText = "strftime_now"
}

extension TemplateValue {
  /// A text may not be taken apart into more values: each takes more memory than its letters.
  static let maximumParts = 1_000_000

  var depth: Int {
    switch self {
    case .list(let items), .tuple(let items): items.extent.depth
    case .mapping(let mapping): mapping.extent.depth
    case .method(let value, _): value.depth + 1
    default: 0
    }
  }

  /// About how many bytes the printed value takes.
  var weight: Int {
    switch self {
    case .string(let text): text.utf8.count
    case .list(let items), .tuple(let items): items.extent.weight
    case .mapping(let mapping): mapping.extent.weight
    case .loop(let loop): loop.items.count
    default: 8
    }
  }

  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .bool(let bool): bool
    case .integer(let integer): integer != 0
    case .float(let float): float != 0
    case .string(let string): !string.isEmpty
    case .list(let items), .tuple(let items): !items.values.isEmpty
    case .mapping(let mapping): !mapping.members.isEmpty
    default: true
    }
  }

  /// What kind of value this is, in words for an error message.
  var kind: String {
    switch self {
    case .undefined(let name): "undefined (\(name))"
    case .none: "none"
    case .bool: "a boolean"
    case .integer, .float: "a number"
    case .string: "a string"
    case .list: "a list"
    case .tuple: "a tuple"
    case .mapping: "a mapping"
    case .namespace: "a namespace"
    case .macro: "a macro"
    case .function: "a function"
    case .method: "a method"
    case .loop: "a loop"
    }
  }

  var string: String? {
    if case .string(let string) = self { string } else { nil }
  }

  /// Whole numbers and booleans, which count as 0 and 1.
  var integer: Int? {
    switch self {
    case .integer(let integer): integer
    case .bool(let bool): bool ? 1 : 0
    default: nil
    }
  }

  var number: Double? {
    if case .float(let float) = self { return float }
    return integer.map(Double.init)
  }

  var isUndefined: Bool {
    if case .undefined = self { true } else { false }
  }

  /// The values that a loop over this one goes through.
  func elements() throws(TemplateFault) -> [TemplateValue] {
    switch self {
    case .undefined: return []
    case .list(let items), .tuple(let items): return items.values
    case .mapping(let mapping): return mapping.members.map(\.key)
    case .string(let string):
      guard string.utf8.count <= Self.maximumParts else {
        throw TemplateFault("a text of more than \(Self.maximumParts) bytes, letter by letter")
      }
      return string.unicodeScalars.map { .string(String($0)) }
    case .loop(let loop): return loop.items
    default: throw TemplateFault("\(kind) cannot be gone through")
    }
  }

  init(_ json: JSON) throws(TemplateFault) {
    switch json {
    case .null: self = .none
    case .bool(let bool): self = .bool(bool)
    case .integer(let integer): self = .integer(integer)
    case .number(let number): self = .float(number)
    case .string(let string): self = .string(string)
    case .array(let values):
      var elements: [TemplateValue] = []
      for value in values { elements.append(try TemplateValue(value)) }
      self = .list(try TemplateItems(elements))
    case .object(let object):
      var members: [(key: TemplateValue, value: TemplateValue)] = []
      for (key, value) in object.members {
        members.append((.string(key), try TemplateValue(value)))
      }
      self = .mapping(try TemplateMapping(distinct: members))
    }
  }

  static func list(_ values: [TemplateValue]) throws(TemplateFault) -> TemplateValue {
    .list(try TemplateItems(values))
  }

  static func tuple(_ values: [TemplateValue]) throws(TemplateFault) -> TemplateValue {
    .tuple(try TemplateItems(values))
  }
}

extension TemplateValue: Equatable {
  static func == (left: TemplateValue, right: TemplateValue) -> Bool {
    switch (left, right) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)): return a.values == b.values
    case (.mapping(let a), .mapping(let b)):
      return a.members.count == b.members.count
        && a.members.allSatisfy { b[$0.key] == $0.value }
    case (.namespace(let a), .namespace(let b)): return a === b
    case (.macro(let a), .macro(let b)): return a === b
    case (.function(let a), .function(let b)): return a == b
    case (.loop(let a), .loop(let b)): return a === b
    default:
      if let a = left.integer, let b = right.integer { return a == b }
      if let a = left.number, let b = right.number { return a == b }
      return false
    }
  }

  /// Whether this value stands before the other, for values that have an order.
  func precedes(_ other: TemplateValue) throws(TemplateFault) -> Bool {
    if let a = integer, let b = other.integer { return a < b }
    if let a = number, let b = other.number { return a < b }
    switch (self, other) {
    case (.string(let a), .string(let b)):
      return a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars)
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      for (one, two) in zip(a.values, b.values) where one != two { return try one.precedes(two) }
      return a.values.count < b.values.count
    default: throw TemplateFault("\(kind) and \(other.kind) have no order")
    }
  }
}
