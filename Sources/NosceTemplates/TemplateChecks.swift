/// The tests of templates: what may follow `is`.
enum TemplateChecks {
  static let names: Set<String> = [
    "defined", "undefined", "none", "true", "false", "boolean", "integer", "float", "number",
    "string", "mapping", "sequence", "iterable", "callable", "odd", "even", "divisibleby", "eq",
    "equalto", "ne", "lt", "lessthan", "le", "gt", "greaterthan", "ge", "in", "sameas", "lower",
    "upper", "escaped",
  ]

  static func holds(
    _ name: String, _ value: TemplateValue, _ call: TemplateCall
  ) throws(TemplateFault) -> Bool {
    switch name {
    case "divisibleby", "eq", "equalto", "ne", "lt", "lessthan", "le", "gt", "greaterthan", "ge",
      "in", "sameas":
      return try compare(name, value, try call.values(1...1, of: "the test \(name)")[0])
    default: break
    }
    _ = try call.values(0...0, of: "the test \(name)")
    switch name {
    case "defined": return !value.isUndefined
    case "undefined": return value.isUndefined
    case "none": if case .none = value { return true }
    case "true": if case .bool(true) = value { return true }
    case "false": if case .bool(false) = value { return true }
    case "boolean": if case .bool = value { return true }
    case "integer": if case .integer = value { return true }
    case "float": if case .float = value { return true }
    case "number": return value.number != nil
    case "string": return value.string != nil
    case "mapping": if case .mapping = value { return true }
    case "sequence":
      switch value {
      case .string, .list, .tuple, .mapping, .undefined: return true
      default: return false
      }
    case "iterable": return (try? value.elements()) != nil
    case "callable":
      switch value {
      case .macro, .function, .method: return true
      default: return false
      }
    case "odd", "even":
      guard let number = value.number else { throw TemplateFault("\(name) of \(value.kind)") }
      let rest = number - (number / 2).rounded(.down) * 2
      return rest == (name == "even" ? 0 : 1)
    case "lower": return TemplateMethods.holds("islower", value.text)
    case "upper": return TemplateMethods.holds("isupper", value.text)
    default: break
    }
    return false
  }

  private static func compare(
    _ name: String, _ value: TemplateValue, _ other: TemplateValue
  ) throws(TemplateFault) -> Bool {
    switch name {
    case "divisibleby":
      guard let a = value.number, let b = other.number, b != 0 else {
        throw TemplateFault("divisibleby of \(value.kind) and \(other.kind)")
      }
      if let a = value.integer, let b = other.integer { return b == -1 || a % b == 0 }
      return a.truncatingRemainder(dividingBy: b) == 0
    case "eq", "equalto": return value == other
    case "ne": return value != other
    case "lt", "lessthan": return try value.precedes(other)
    case "gt", "greaterthan": return try other.precedes(value)
    case "le": return try value.precedes(other) ? true : value == other
    case "ge": return try other.precedes(value) ? true : value == other
    case "in": return try TemplateRenderer.contains(value, in: other)
    default:
      switch (value, other) {
      case (.bool, .bool), (.none, .none), (.integer, .integer), (.string, .string),
        (.namespace, .namespace), (.macro, .macro):
        return value == other
      default: return false
      }
    }
  }
}
