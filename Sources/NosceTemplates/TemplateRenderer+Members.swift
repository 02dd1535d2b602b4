import NosceFormats

extension TemplateRenderer {
  /// `value.name`: a method, or else the item with that name.
  func attribute(_ name: String, of value: TemplateValue) throws(TemplateFault) -> TemplateValue {
    switch value {
    case .undefined(let what):
      throw TemplateFault("\(what) is undefined, so it has no .\(name)")
    case .namespace(let namespace):
      return namespace.attributes[name] ?? .undefined("namespace.\(name)")
    case .loop(let loop): return loop.member(name)
    case .macro(let macro) where name == "name": return .string(macro.macro.name)
    default:
      if TemplateMethods.names(of: value).contains(name) { return .method(value, name) }
      if case .mapping(let mapping) = value, let item = mapping[.string(name)] { return item }
      return .undefined("\(value.kind).\(name)")
    }
  }

  /// `value[key]`: an item, or else the method with that name.
  func item(
    _ key: TemplateValue, of value: TemplateValue
  ) throws(TemplateFault) -> TemplateValue {
    switch value {
    case .undefined(let what):
      throw TemplateFault("\(what) is undefined, so it has no [\(key.literal)]")
    case .mapping(let mapping):
      if let item = mapping[key] { return item }
    case .list(let items), .tuple(let items):
      if let index = key.integer {
        let place = index < 0 ? items.values.count + index : index
        guard items.values.indices.contains(place) else {
          return .undefined("\(value.kind)[\(index)]")
        }
        return items.values[place]
      }
    case .string(let text):
      if let index = key.integer {
        let scalars = Array(text.unicodeScalars)
        let place = index < 0 ? scalars.count + index : index
        guard scalars.indices.contains(place) else { return .undefined("a string[\(index)]") }
        return .string(String(scalars[place]))
      }
    default: break
    }
    if let name = key.string { return try attribute(name, of: value) }
    return .undefined("\(value.kind)[\(key.literal)]")
  }

  mutating func slice(
    _ expression: TemplateExpression, _ start: TemplateExpression?, _ stop: TemplateExpression?,
    _ step: TemplateExpression?
  ) throws(TemplateFault) -> TemplateValue {
    let value = try evaluate(expression)
    try charge(value)
    var bounds: [Int?] = []
    for part in [start, stop, step] {
      guard let part, case let bound = try evaluate(part), bound != .none else {
        bounds.append(nil)
        continue
      }
      guard let integer = bound.integer else { throw TemplateFault("a slice at \(bound.kind)") }
      bounds.append(integer)
    }
    switch value {
    case .string(let text):
      let scalars = Array(text.unicodeScalars)
      let places = try Self.places(scalars.count, bounds[0], bounds[1], bounds[2] ?? 1)
      return try checked(String(scalars: places.map { scalars[$0] }))
    case .list(let items), .tuple(let items):
      let places = try Self.places(items.values.count, bounds[0], bounds[1], bounds[2] ?? 1)
      let values = places.map { items.values[$0] }
      if case .tuple = value { return try .tuple(values) }
      return try checked(values)
    default: throw TemplateFault("a slice of \(value.kind)")
    }
  }

  /// The places that a slice takes of so many, as Python counts them.
  private static func places(
    _ count: Int, _ start: Int?, _ stop: Int?, _ step: Int
  ) throws(TemplateFault) -> [Int] {
    guard step != 0, step != .min else { throw TemplateFault("a slice with the step \(step)") }
    let lowest = step > 0 ? 0 : -1
    let highest = step > 0 ? count : count - 1
    func place(_ bound: Int?, _ standard: Int) -> Int {
      guard let bound else { return standard }
      let fromStart = bound < 0 ? max(bound, -count - 1) + count : bound
      return min(max(fromStart, lowest), highest)
    }
    let first = place(start, step > 0 ? 0 : count - 1)
    let end = place(stop, step > 0 ? count : -1)
    return Array(stride(from: first, to: end, by: max(-count - 1, min(step, count + 1))))
  }
}

extension TemplateLoopState {
  func member(_ name: String) -> TemplateValue {
    switch name {
    case "index": return .integer(index + 1)
    case "index0": return .integer(index)
    case "revindex": return .integer(items.count - index)
    case "revindex0": return .integer(items.count - index - 1)
    case "first": return .bool(index == 0)
    case "last": return .bool(index == items.count - 1)
    case "length": return .integer(items.count)
    case "depth": return .integer(level + 1)
    case "depth0": return .integer(level)
    case "previtem": return index > 0 ? items[index - 1] : .undefined("there is no previous item")
    case "nextitem":
      return index + 1 < items.count ? items[index + 1] : .undefined("there is no next item")
    case "cycle", "changed": return .method(.loop(self), name)
    default: return .undefined("loop.\(name)")
    }
  }
}
