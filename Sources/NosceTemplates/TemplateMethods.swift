import NosceFormats

/// The methods of strings, lists and mappings that templates call.
enum TemplateMethods {
  private static let ofStrings: Set<String> = [
    "upper", "lower", "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "startswith",
    "endswith", "replace", "find", "rfind", "index", "count", "join", "title", "capitalize",
    "isdigit", "isalpha", "isalnum", "isspace", "isnumeric", "isdecimal", "isupper", "islower",
    "removeprefix", "removesuffix", "zfill", "ljust", "rjust", "center", "partition", "rpartition",
    "format", "swapcase",
  ]
  private static let ofMappings: Set<String> = ["get", "items", "keys", "values", "copy"]
  private static let ofLists: Set<String> = ["index", "count", "copy"]
  /// What would change a value, which templates must not.
  private static let changing: Set<String> = [
    "append", "extend", "insert", "pop", "popitem", "remove", "clear", "update", "setdefault",
    "reverse", "sort",
  ]

  static func names(of value: TemplateValue) -> Set<String> {
    switch value {
    case .string: ofStrings
    case .mapping:
      ofMappings.union(["pop", "popitem", "clear", "update", "setdefault"])
    case .list: ofLists.union(changing.subtracting(["popitem", "update", "setdefault"]))
    case .tuple: ["index", "count"]
    default: []
    }
  }

  static func run(
    _ name: String, of value: TemplateValue, _ call: TemplateCall,
    _ renderer: inout TemplateRenderer
  ) throws(TemplateFault) -> TemplateValue {
    switch value {
    case .string(let text):
      try renderer.tick(text.utf8.count / 64)
      return try run(name, text, call, &renderer)
    case .loop(let loop): return try run(name, loop, call)
    case .mapping, .list, .tuple:
      try renderer.charge(value)
      guard !changing.contains(name) else {
        throw TemplateFault("\(name) would change \(value.kind), which a template must not")
      }
      return try run(name, container: value, call, &renderer)
    default: throw TemplateFault("\(value.kind) has no method \(name)")
    }
  }

  private static func run(
    _ name: String, _ loop: TemplateLoopState, _ call: TemplateCall
  ) throws(TemplateFault) -> TemplateValue {
    if name == "cycle" {
      let values = try call.values(1...1000, of: "cycle")
      return values[loop.index % values.count]
    }
    let values = try call.values(0...1000, of: "changed")
    defer { loop.lastChecked = values }
    return .bool(loop.lastChecked != values)
  }

  private static func run(
    _ name: String, container: TemplateValue, _ call: TemplateCall,
    _ renderer: inout TemplateRenderer
  ) throws(TemplateFault) -> TemplateValue {
    if case .mapping(let mapping) = container {
      switch name {
      case "get":
        let values = try call.values(1...2, of: "get")
        return mapping[values[0]] ?? (values.count > 1 ? values[1] : .none)
      case "keys": return try renderer.checked(mapping.members.map(\.key))
      case "values": return try renderer.checked(mapping.members.map(\.value))
      case "items":
        var pairs: [TemplateValue] = []
        for (key, value) in mapping.members { pairs.append(try .tuple([key, value])) }
        return try renderer.checked(pairs)
      default: return container
      }
    }
    let elements = try container.elements()
    switch name {
    case "copy": return container
    case "count":
      let value = try call.values(1...1, of: name)[0]
      return .integer(elements.count { $0 == value })
    default:
      guard let index = elements.firstIndex(of: try call.values(1...1, of: name)[0]) else {
        throw TemplateFault("index of a value that is not there")
      }
      return .integer(index)
    }
  }

  private static func strings(
    _ call: TemplateCall, _ counts: ClosedRange<Int>, _ name: String
  ) throws(TemplateFault) -> [String] {
    var result: [String] = []
    for value in try call.values(counts, of: name) {
      guard let string = value.string else { throw TemplateFault("\(name) of \(value.kind)") }
      result.append(string)
    }
    return result
  }

  private static func run(
    _ name: String, _ text: String, _ call: TemplateCall, _ renderer: inout TemplateRenderer
  ) throws(TemplateFault) -> TemplateValue {
    switch name {
    case "upper": return .string(TemplateText.upper(text))
    case "lower": return .string(TemplateText.lower(text))
    case "title": return .string(TemplateText.title(text))
    case "capitalize": return .string(TemplateText.capitalized(text))
    case "swapcase":
      return .string(
        String(
          scalars: text.unicodeScalars.flatMap {
            ($0.properties.isUppercase
              ? $0.properties.lowercaseMapping : $0.properties.uppercaseMapping).unicodeScalars
          }))
    case "strip", "lstrip", "rstrip":
      let values = try call.values(0...1, of: name)
      let characters = values.first.flatMap { $0 == .none ? nil : $0 }
      guard characters == nil || characters?.string != nil else {
        throw TemplateFault("\(name) of \(characters?.kind ?? "")")
      }
      return .string(
        TemplateText.strip(
          text, characters?.string, left: name != "rstrip", right: name != "lstrip"))
    case "split", "rsplit":
      let values = try call.bound(to: ["sep", "maxsplit"], of: name)
      return try split(name, text, values, &renderer)
    case "splitlines":
      try limit(parts: text.utf8.count { $0 < 0x20 || $0 > 0x7F })
      return try renderer.checked(TemplateText.lines(text).map { .string($0) })
    case "startswith", "endswith":
      let value = try call.values(1...1, of: name)[0]
      var options = [value]
      if case .tuple(let items) = value { options = items.values }
      for option in options {
        guard let part = option.string else { throw TemplateFault("\(name) of \(option.kind)") }
        if name == "startswith"
          ? TemplateText.hasPrefix(text, part) : TemplateText.hasSuffix(text, part)
        {
          return .bool(true)
        }
      }
      return .bool(false)
    case "replace":
      let values = try call.bound(to: ["old", "new", "count"], of: name)
      let old = try values[0].string("", name)
      let new = try values[1].string("", name)
      try renderer.limit(replacing: text, old, with: new)
      return try renderer.checked(
        TemplateText.replace(text, old, with: new, limit: try values[2].integer(-1, name)))
    case "find", "index", "rfind", "count": return try find(name, text, call)
    case "join":
      var parts: [String] = []
      for value in try call.values(1...1, of: name)[0].elements() {
        guard let part = value.string else { throw TemplateFault("join of \(value.kind)") }
        parts.append(part)
      }
      return try renderer.joined(parts, separator: text)
    case "removeprefix":
      let part = try strings(call, 1...1, name)[0]
      guard TemplateText.hasPrefix(text, part) else { return .string(text) }
      return .string(String(decoding: Array(text.utf8.dropFirst(part.utf8.count)), as: UTF8.self))
    case "removesuffix":
      let part = try strings(call, 1...1, name)[0]
      guard TemplateText.hasSuffix(text, part) else { return .string(text) }
      return .string(String(decoding: Array(text.utf8.dropLast(part.utf8.count)), as: UTF8.self))
    case "partition", "rpartition":
      let separator = try strings(call, 1...1, name)[0]
      guard !separator.isEmpty else { throw TemplateFault("\(name) by nothing") }
      let parts =
        name == "partition"
        ? TemplateText.split(text, by: separator, limit: 1)
        : TemplateText.splitFromEnd(text, by: separator, limit: 1)
      let all =
        parts.count == 2
        ? [parts[0], separator, parts[1]]
        : name == "partition" ? [text, "", ""] : ["", "", text]
      return try .tuple(all.map { .string($0) })
    case "zfill", "ljust", "rjust", "center": return try pad(name, text, call)
    case "format": return try renderer.checked(try format(text, call))
    default: return .bool(holds(name, text))
    }
  }

  private static func limit(parts: Int) throws(TemplateFault) {
    guard parts <= TemplateValue.maximumParts else {
      throw TemplateFault("a text in more than \(TemplateValue.maximumParts) parts")
    }
  }

  private static func split(
    _ name: String, _ text: String, _ values: [TemplateValue?], _ renderer: inout TemplateRenderer
  ) throws(TemplateFault) -> TemplateValue {
    let limit = try values[1].integer(-1, name)
    let separator = values[0] == TemplateValue.none ? nil : values[0]
    var parts: [String]
    if let separator {
      guard let by = separator.string, let first = by.utf8.first else {
        throw TemplateFault("\(name) by \(separator.kind)")
      }
      try self.limit(parts: text.utf8.count { $0 == first } / by.utf8.count)
      parts =
        name == "split"
        ? TemplateText.split(text, by: by, limit: limit)
        : TemplateText.splitFromEnd(text, by: by, limit: limit)
    } else if name == "split" {
      try self.limit(parts: text.utf8.count / 2)
      parts = TemplateText.words(text, limit: limit)
    } else {
      try self.limit(parts: text.utf8.count / 2)
      let mirrored = TemplateText.words(
        String(scalars: text.unicodeScalars.reversed()), limit: limit)
      parts = mirrored.reversed().map { String(scalars: $0.unicodeScalars.reversed()) }
    }
    return try renderer.checked(parts.map { .string($0) })
  }

  private static func find(
    _ name: String, _ text: String, _ call: TemplateCall
  ) throws(TemplateFault) -> TemplateValue {
    let part = try strings(call, 1...1, name)[0]
    if name == "count" {
      if part.isEmpty { return .integer(text.unicodeScalars.count + 1) }
      return .integer(TemplateText.split(text, by: part, limit: -1).count - 1)
    }
    var before: String?
    if name == "rfind" {
      if TemplateText.find(part, in: text) != nil {
        before = TemplateText.splitFromEnd(text, by: part, limit: 1).first
      }
      if part.isEmpty { before = text }
    } else if let place = TemplateText.find(part, in: text) {
      before = String(decoding: Array(text.utf8.prefix(place)), as: UTF8.self)
    }
    if let before { return .integer(before.unicodeScalars.count) }
    guard name != "index" else { throw TemplateFault("index of a text that is not there") }
    return .integer(-1)
  }

  private static func pad(
    _ name: String, _ text: String, _ call: TemplateCall
  ) throws(TemplateFault) -> TemplateValue {
    let values = try call.values(1...2, of: name)
    guard let width = values[0].integer else { throw TemplateFault("\(name) to \(values[0].kind)") }
    if name == "zfill" {
      let hasSign = TemplateText.hasPrefix(text, "-") || TemplateText.hasPrefix(text, "+")
      let sign = hasSign ? String(scalars: text.unicodeScalars.prefix(1)) : ""
      let body = String(scalars: text.unicodeScalars.dropFirst(hasSign ? 1 : 0))
      return .string(
        sign
          + TemplateText.padded(
            body, to: width - sign.count, with: "0", left: true, right: false))
    }
    let fill = values.count > 1 ? values[1].string?.unicodeScalars.first ?? " " : " "
    return .string(
      TemplateText.padded(
        text, to: width, with: fill, left: name != "ljust", right: name != "rjust"))
  }

  /// `{}`, `{0}` and `{name}`, without further instructions.
  private static func format(_ text: String, _ call: TemplateCall) throws(TemplateFault) -> String {
    var result = ""
    var next = 0
    var rest = Array(text.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      if scalar == "{" || scalar == "}", rest.first == scalar {
        rest.removeFirst()
        result.unicodeScalars.append(scalar)
        continue
      }
      guard scalar == "{" else {
        guard scalar != "}" else { throw TemplateFault("a lone } in a format") }
        result.unicodeScalars.append(scalar)
        continue
      }
      let field = String(scalars: rest.prefix { $0 != "}" })
      rest = rest.dropFirst(field.unicodeScalars.count + 1)
      var value = call.named.first { $0.name == field }?.value
      if field.isEmpty, next < call.positional.count {
        value = call.positional[next]
        next += 1
      } else if let index = Int(field), call.positional.indices.contains(index) {
        value = call.positional[index]
      }
      guard let value else { throw TemplateFault("the format {\(field)}") }
      result += value.text
    }
    return result
  }

  static func holds(_ name: String, _ text: String) -> Bool {
    let scalars = text.unicodeScalars
    func all(_ condition: (Unicode.Scalar.Properties) -> Bool) -> Bool {
      !scalars.isEmpty && scalars.allSatisfy { condition($0.properties) }
    }
    switch name {
    case "isspace": return !scalars.isEmpty && scalars.allSatisfy(isBlank)
    case "isdigit": return all { $0.numericType == .decimal || $0.numericType == .digit }
    case "isdecimal": return all { $0.numericType == .decimal }
    case "isnumeric": return all { $0.numericType != nil }
    case "isalpha": return all(isLetter)
    case "isalnum": return all { isLetter($0) || $0.numericType != nil }
    case "isupper":
      return scalars.contains { $0.properties.isUppercase }
        && !scalars.contains { $0.properties.isLowercase }
    default:
      return scalars.contains { $0.properties.isLowercase }
        && !scalars.contains { $0.properties.isUppercase }
    }
  }

  private static func isLetter(_ properties: Unicode.Scalar.Properties) -> Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }
}

extension TemplateRenderer {
  /// Refuses a replacement whose result could be too long, before it is made.
  func limit(
    replacing text: String, _ old: String, with new: String
  ) throws(TemplateFault) {
    let places = old.isEmpty ? text.utf8.count + 1 : text.utf8.count / old.utf8.count
    guard (places + 1) * (new.utf8.count + 1) <= Self.maximumOutput * 4 else {
      throw TemplateFault("a replacement that could give more than \(Self.maximumOutput) bytes")
    }
  }
}
