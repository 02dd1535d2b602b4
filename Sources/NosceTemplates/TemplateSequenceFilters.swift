import NosceFormats

/// The filters that work on the elements of a list.
enum TemplateSequenceFilters {
  static func apply(
    _ name: String, _ value: TemplateValue, _ call: TemplateCall,
    _ renderer: inout TemplateRenderer
  ) throws(TemplateFault) -> TemplateValue {
    if name == "reverse", let text = value.string {
      return .string(String(scalars: text.unicodeScalars.reversed()))
    }
    let elements = try value.elements()
    try renderer.tick(elements.count)
    switch name {
    case "list": return try renderer.checked(elements)
    case "reverse": return try renderer.checked(elements.reversed())
    case "first": return elements.first ?? .undefined("the first element of nothing")
    case "last": return elements.last ?? .undefined("the last element of nothing")
    case "join":
      let values = try call.bound(to: ["d", "attribute"], of: name)
      var parts: [String] = []
      for element in elements {
        parts.append(try part(values[1], of: element, renderer).text)
      }
      return try renderer.joined(parts, separator: values[0]?.text ?? "")
    case "sum":
      let values = try call.bound(to: ["attribute", "start"], of: name)
      return try sum(elements, values[0], values[1] ?? .integer(0), renderer)
    case "max", "min":
      let values = try call.bound(to: ["case_sensitive", "attribute"], of: name)
      let sorted = try sort(
        elements, by: values[1], isCaseSensitive: values[0]?.isTrue == true, renderer)
      guard let least = sorted.first, let last = sorted.last else {
        return .undefined("the \(name) of nothing")
      }
      if name == "min" { return least }
      // Among equal ones the first counts.
      let key = try sortKey(last, values[1], values[0]?.isTrue == true, renderer)
      for element in elements
      where try sortKey(element, values[1], values[0]?.isTrue == true, renderer) == key {
        return element
      }
      return last
    case "sort":
      let values = try call.bound(to: ["reverse", "case_sensitive", "attribute"], of: name)
      let isReversed = values[0]?.isTrue == true
      let sorted = try sort(
        isReversed ? elements.reversed() : elements, by: values[2],
        isCaseSensitive: values[1]?.isTrue == true, skipsEqual: true, renderer)
      return try renderer.checked(isReversed ? sorted.reversed() : sorted)
    case "unique":
      let values = try call.bound(to: ["case_sensitive", "attribute"], of: name)
      var seen: [TemplateValue] = []
      var result: [TemplateValue] = []
      for element in elements {
        let key = try sortKey(element, values[1], values[0]?.isTrue == true, renderer)
        switch key {
        case .list, .mapping: throw TemplateFault("unique of \(key.kind)")
        default: try renderer.tick(seen.count / 4)
        }
        if seen.contains(key) { continue }
        seen.append(key)
        result.append(element)
      }
      return try renderer.checked(result)
    case "groupby": return try group(elements, call, &renderer)
    default: return try batch(elements, call, &renderer)
    }
  }

  /// An attribute such as "function.name" or 0; without one the element itself.
  private static func part(
    _ attribute: TemplateValue?, of element: TemplateValue, _ renderer: TemplateRenderer
  ) throws(TemplateFault) -> TemplateValue {
    guard let attribute, attribute != .none else { return element }
    if let index = attribute.integer { return try renderer.item(.integer(index), of: element) }
    guard let path = attribute.string else {
      throw TemplateFault("an attribute that is \(attribute.kind)")
    }
    var value = element
    for name in TemplateText.split(path, by: ".", limit: -1) {
      let key = Int(name).map { TemplateValue.integer($0) } ?? .string(name)
      if case .mapping(let mapping) = value, let item = mapping[key] {
        value = item
      } else {
        value = try renderer.item(key, of: value)
      }
    }
    return value
  }

  private static func sortKey(
    _ element: TemplateValue, _ attribute: TemplateValue?, _ isCaseSensitive: Bool,
    _ renderer: TemplateRenderer
  ) throws(TemplateFault) -> TemplateValue {
    let key = try part(attribute, of: element, renderer)
    if !isCaseSensitive, let text = key.string { return .string(TemplateText.lower(text)) }
    return key
  }

  /// A stable sort by merging; with `skipsEqual`, equal keys need no order.
  private static func sort(
    _ elements: [TemplateValue], by attribute: TemplateValue?, isCaseSensitive: Bool,
    skipsEqual: Bool = false, _ renderer: TemplateRenderer
  ) throws(TemplateFault) -> [TemplateValue] {
    var keyed: [(key: TemplateValue, value: TemplateValue)] = []
    for element in elements {
      keyed.append((try sortKey(element, attribute, isCaseSensitive, renderer), element))
    }
    var width = 1
    while width < keyed.count {
      var merged: [(key: TemplateValue, value: TemplateValue)] = []
      merged.reserveCapacity(keyed.count)
      var start = 0
      while start < keyed.count {
        let middle = min(start + width, keyed.count)
        let end = min(middle + width, keyed.count)
        var (left, right) = (start, middle)
        while left < middle, right < end {
          let isEqual = skipsEqual && keyed[right].key == keyed[left].key
          if !isEqual, try keyed[right].key.precedes(keyed[left].key) {
            merged.append(keyed[right])
            right += 1
          } else {
            merged.append(keyed[left])
            left += 1
          }
        }
        merged += keyed[left..<middle]
        merged += keyed[right..<end]
        start = end
      }
      keyed = merged
      width *= 2
    }
    return keyed.map(\.value)
  }

  private static func sum(
    _ elements: [TemplateValue], _ attribute: TemplateValue?, _ start: TemplateValue,
    _ renderer: TemplateRenderer
  ) throws(TemplateFault) -> TemplateValue {
    var total = start
    for element in elements {
      let value = try part(attribute, of: element, renderer)
      if let a = total.integer, let b = value.integer {
        let (sum, overflow) = a.addingReportingOverflow(b)
        guard !overflow else { throw TemplateFault("a number out of range") }
        total = .integer(sum)
      } else if let a = total.number, let b = value.number {
        total = .float(a + b)
      } else {
        throw TemplateFault("sum of \(value.kind)")
      }
    }
    return total
  }

  private static func group(
    _ elements: [TemplateValue], _ call: TemplateCall, _ renderer: inout TemplateRenderer
  ) throws(TemplateFault) -> TemplateValue {
    let attribute = try call.bound(to: ["attribute"], of: "groupby")[0]
    var groups: [(key: TemplateValue, values: [TemplateValue])] = []
    for element in try sort(elements, by: attribute, isCaseSensitive: false, renderer) {
      let key = try part(attribute, of: element, renderer)
      if let last = groups.last, last.key == key {
        groups[groups.count - 1].values.append(element)
      } else {
        groups.append((key, [element]))
      }
    }
    var result: [TemplateValue] = []
    for (key, values) in groups { result.append(try .tuple([key, try .list(values)])) }
    return try renderer.checked(result)
  }

  private static func batch(
    _ elements: [TemplateValue], _ call: TemplateCall, _ renderer: inout TemplateRenderer
  ) throws(TemplateFault) -> TemplateValue {
    let values = try call.bound(to: ["linecount", "fill_with"], of: "batch")
    let size = try values[0].integer(0, "batch")
    guard (1...100_000).contains(size) else { throw TemplateFault("batch of \(size)") }
    var result: [TemplateValue] = []
    for start in stride(from: 0, to: elements.count, by: size) {
      var part = Array(elements[start..<min(start + size, elements.count)])
      if let fill = values[1], fill != .none {
        part += Array(repeating: fill, count: size - part.count)
      }
      result.append(try .list(part))
    }
    return try renderer.checked(result)
  }

  /// map, select, reject, selectattr and rejectattr, whose first argument names a filter or a test.
  static func choose(
    _ name: String, _ value: TemplateValue, _ call: TemplateCall,
    _ renderer: inout TemplateRenderer
  ) throws(TemplateFault) -> TemplateValue {
    let elements = value.isTrue ? try value.elements() : []
    var rest = call
    if name == "map", call.positional.isEmpty {
      let values = try call.bound(to: ["attribute", "default"], of: name)
      var result: [TemplateValue] = []
      for element in elements {
        try renderer.tick()
        let found = try part(values[0], of: element, renderer)
        result.append(found.isUndefined ? values[1] ?? found : found)
      }
      return try renderer.checked(result)
    }
    var attribute: TemplateValue?
    if name.hasSuffix("attr") {
      guard !rest.positional.isEmpty else { throw TemplateFault("\(name) without an attribute") }
      attribute = rest.positional.removeFirst()
    }
    var inner: String?
    if !rest.positional.isEmpty {
      inner = try Optional(rest.positional.removeFirst()).string("", name)
    }
    var result: [TemplateValue] = []
    for element in elements {
      try renderer.tick()
      try renderer.charge(element)
      if name == "map" {
        guard let inner, TemplateFilters.names.contains(inner) else {
          throw TemplateFault("the filter \"\(inner ?? "")\" in map")
        }
        try renderer.enter()
        defer { renderer.leave() }
        result.append(try TemplateFilters.apply(inner, to: element, rest, &renderer))
        continue
      }
      let tested = try part(attribute, of: element, renderer)
      var holds = tested.isTrue
      if let inner {
        guard TemplateChecks.names.contains(inner) else {
          throw TemplateFault("the test \"\(inner)\" in \(name)")
        }
        holds = try TemplateChecks.holds(inner, tested, rest)
      }
      if holds == name.hasPrefix("select") { result.append(element) }
    }
    return try renderer.checked(result)
  }
}
