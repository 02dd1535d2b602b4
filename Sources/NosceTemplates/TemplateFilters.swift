import Foundation

/// The filters of templates: what may follow `|`.
enum TemplateFilters {
  static let names: Set<String> = [
    "abs", "attr", "batch", "capitalize", "center", "count", "d", "default", "dictsort", "e",
    "escape", "first", "float", "format", "groupby", "indent", "int", "items", "join", "last",
    "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "replace", "reverse",
    "round", "safe", "select", "selectattr", "sort", "string", "sum", "title", "tojson", "trim",
    "unique", "upper", "wordcount",
  ]

  static func apply(
    _ name: String, to value: TemplateValue, _ call: TemplateCall,
    _ renderer: inout TemplateRenderer
  ) throws(TemplateFault) -> TemplateValue {
    switch name {
    case "default", "d":
      let values = try call.bound(to: ["default_value", "boolean"], of: name)
      let replaces = value.isUndefined || (values[1]?.isTrue == true && !value.isTrue)
      return replaces ? values[0] ?? .string("") : value
    case "upper", "lower", "title", "capitalize", "trim", "replace", "center", "format", "indent",
      "wordcount", "e", "escape", "string", "safe":
      return try text(name, value, call, &renderer)
    case "tojson": return try renderer.checked(try json(value, call))
    case "int", "float", "abs", "round": return try number(name, value, call)
    case "attr":
      let key = try call.values(1...1, of: name)[0]
      guard let attribute = key.string else { throw TemplateFault("attr of \(key.kind)") }
      // Items of a mapping are no attributes.
      if case .mapping = value, !TemplateMethods.names(of: value).contains(attribute) {
        return .undefined("\(value.kind).\(attribute)")
      }
      return try renderer.attribute(attribute, of: value)
    case "items":
      if value.isUndefined { return try .list([]) }
      guard case .mapping = value else { throw TemplateFault("items of \(value.kind)") }
      return try TemplateMethods.run("items", of: value, call, &renderer)
    case "dictsort": return try dictionarySort(value, call, &renderer)
    case "length", "count":
      if case .string(let text) = value { return .integer(text.unicodeScalars.count) }
      return .integer(try value.elements().count)
    case "map", "select", "reject", "selectattr", "rejectattr":
      return try TemplateSequenceFilters.choose(name, value, call, &renderer)
    default: return try TemplateSequenceFilters.apply(name, value, call, &renderer)
    }
  }

  private static func text(
    _ name: String, _ value: TemplateValue, _ call: TemplateCall,
    _ renderer: inout TemplateRenderer
  ) throws(TemplateFault) -> TemplateValue {
    let text = value.text
    try renderer.tick(text.utf8.count / 64)
    switch name {
    case "upper": return .string(TemplateText.upper(text))
    case "lower": return .string(TemplateText.lower(text))
    case "capitalize": return .string(TemplateText.capitalized(text))
    case "title": return .string(title(text))
    case "trim":
      let characters = try call.bound(to: ["chars"], of: name)[0]
      return .string(
        TemplateText.strip(text, characters == TemplateValue.none ? nil : characters?.string))
    case "replace":
      let values = try call.bound(to: ["old", "new", "count"], of: name)
      let (old, new) = (values[0]?.text ?? "", values[1]?.text ?? "")
      try renderer.limit(replacing: text, old, with: new)
      let limit = values[2] == TemplateValue.none ? -1 : try values[2].integer(-1, name)
      return try renderer.checked(TemplateText.replace(text, old, with: new, limit: limit))
    case "center":
      let width = try call.bound(to: ["width"], of: name)[0].integer(80, name)
      return .string(TemplateText.padded(text, to: width, left: true, right: true))
    case "format":
      return try renderer.checked(
        try TemplateText.formatted(text, try .tuple(call.positional)))
    case "indent":
      guard value.string != nil else { throw TemplateFault("indent of \(value.kind)") }
      return try renderer.checked(try indented(text, call))
    case "wordcount": return .integer(TemplateText.wordCount(text))
    case "e", "escape":
      var result = ""
      for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&#34;"
        case "'": result += "&#39;"
        default: result.unicodeScalars.append(scalar)
        }
      }
      return try renderer.checked(result)
    default: return .string(text)
    }
  }

  /// Words begin after blanks, hyphens and opening brackets.
  private static func title(_ text: String) -> String {
    var result = ""
    var isInside = false
    for scalar in text.unicodeScalars {
      let separates = isBlank(scalar) || "-({[<".unicodeScalars.contains(scalar)
      result +=
        isInside
        ? scalar.properties.lowercaseMapping : scalar.properties.uppercaseMapping
      isInside = !separates
    }
    return result
  }

  private static func indented(_ text: String, _ call: TemplateCall) throws(TemplateFault) -> String
  {
    let values = try call.bound(to: ["width", "first", "blank"], of: "indent")
    var blanks = values[0]?.string
    if blanks == nil {
      let width = try values[0].integer(4, "indent")
      guard (0...1000).contains(width) else { throw TemplateFault("indent by \(width)") }
      blanks = String(repeating: " ", count: width)
    }
    let prefix = blanks ?? ""
    guard prefix.utf8.count * (text.utf8.count { $0 == 10 } + 1) <= TemplateRenderer.maximumOutput
    else { throw TemplateFault("an indented text that is too long") }
    var lines = TemplateText.lines(text + "\n")
    let indentsBlank = values[2]?.isTrue == true
    for index in lines.indices where index > 0 && (indentsBlank || !lines[index].isEmpty) {
      lines[index] = prefix + lines[index]
    }
    return (values[1]?.isTrue == true ? prefix : "") + lines.joined(separator: "\n")
  }

  private static func json(
    _ value: TemplateValue, _ call: TemplateCall
  ) throws(TemplateFault) -> String {
    let values = try call.bound(
      to: ["ensure_ascii", "indent", "separators", "sort_keys"], of: "tojson")
    var indent: Int?
    if let given = values[1], given != .none {
      indent = min(100, max(0, try Optional(given).integer(0, "the indent of tojson")))
    }
    var separators = (item: indent == nil ? ", " : ",", key: ": ")
    if let pair = values[2], pair != .none {
      let parts = try pair.elements()
      guard parts.count == 2, let item = parts[0].string, let key = parts[1].string else {
        throw TemplateFault("separators of tojson that are no two strings")
      }
      separators = (item, key)
    }
    return try value.json(
      indent: indent, sortsKeys: values[3]?.isTrue == true,
      isASCII: values[0]?.isTrue == true, separators: separators)
  }

  private static func number(
    _ name: String, _ value: TemplateValue, _ call: TemplateCall
  ) throws(TemplateFault) -> TemplateValue {
    guard !value.isUndefined else { throw TemplateFault("\(name) of \(value.kind)") }
    switch name {
    case "int":
      let values = try call.bound(to: ["default", "base"], of: name)
      let base = try values[1].integer(10, "the base of int")
      guard (2...36).contains(base) else { throw TemplateFault("int with the base \(base)") }
      if let text = value.string {
        let trimmed = TemplateText.strip(text, nil)
        if let integer = Int(trimmed, radix: base) { return .integer(integer) }
        if let float = Double(trimmed), let integer = Int(exactly: float.rounded(.towardZero)) {
          return .integer(integer)
        }
      } else if let integer = value.integer {
        return .integer(integer)
      } else if let float = value.number, let integer = Int(exactly: float.rounded(.towardZero)) {
        return .integer(integer)
      }
      return values[0] ?? .integer(0)
    case "float":
      let standard = try call.bound(to: ["default"], of: name)[0]
      let parsed = value.string.map { Double(TemplateText.strip($0, nil)) } ?? value.number
      return parsed.map { .float($0) } ?? standard ?? .float(0)
    case "abs":
      if case .float(let float) = value { return .float(abs(float)) }
      guard let integer = value.integer, integer != .min else {
        throw TemplateFault("abs of \(value.kind)")
      }
      return .integer(abs(integer))
    default:
      let values = try call.bound(to: ["precision", "method"], of: name)
      let precision = try values[0].integer(0, "the precision of round")
      guard let number = value.number, (0...15).contains(precision) else {
        throw TemplateFault("round of \(value.kind) to \(precision) places")
      }
      let method = try values[1].string("common", "the method of round")
      if method == "common", let integer = value.integer { return .integer(integer) }
      let scale = (0..<precision).reduce(1.0) { result, _ in result * 10 }
      switch method {
      case "ceil": return .float((number * scale).rounded(.up) / scale)
      case "floor": return .float((number * scale).rounded(.down) / scale)
      default: return .float(Double(String(format: "%.\(precision)f", number)) ?? number)
      }
    }
  }

  private static func dictionarySort(
    _ value: TemplateValue, _ call: TemplateCall, _ renderer: inout TemplateRenderer
  ) throws(TemplateFault) -> TemplateValue {
    guard case .mapping = value else { throw TemplateFault("dictsort of \(value.kind)") }
    let values = try call.bound(to: ["case_sensitive", "by", "reverse"], of: "dictsort")
    let by = try values[1].string("key", "dictsort")
    var sort = TemplateCall()
    sort.named = [
      ("attribute", .integer(by == "value" ? 1 : 0)),
      ("case_sensitive", values[0] ?? .bool(false)), ("reverse", values[2] ?? .bool(false)),
    ]
    let items = try TemplateMethods.run("items", of: value, TemplateCall(), &renderer)
    return try TemplateSequenceFilters.apply("sort", items, sort, &renderer)
  }
}
