import Foundation
import NosceFormats

/// Work on strings as Python does it: by Unicode scalars, and equal only if the scalars are.
package enum TemplateText {
  /// The byte offset of the first place, from `start` on, where the part stands.
  package static func find(_ part: String, in text: String, from start: Int = 0) -> Int? {
    let haystack = Array(text.utf8)
    let needle = Array(part.utf8)
    return find(needle, in: haystack, from: start)
  }

  private static func find(_ needle: [UInt8], in haystack: [UInt8], from start: Int) -> Int? {
    guard let first = needle.first else { return start <= haystack.count ? start : nil }
    var index = start
    while index + needle.count <= haystack.count {
      if haystack[index] == first, haystack[index..<index + needle.count].elementsEqual(needle) {
        return index
      }
      index += 1
    }
    return nil
  }

  private static func text(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: Array(bytes), as: UTF8.self)
  }

  static func split(_ text: String, by separator: String, limit: Int) -> [String] {
    let bytes = Array(text.utf8)
    let needle = Array(separator.utf8)
    var result: [String] = []
    var start = 0
    while limit < 0 || result.count < limit, let place = find(needle, in: bytes, from: start) {
      result.append(self.text(bytes[start..<place]))
      start = place + needle.count
    }
    return result + [self.text(bytes[start...])]
  }

  package static func splitFromEnd(_ text: String, by separator: String, limit: Int) -> [String] {
    let mirrored = split(
      String(scalars: text.unicodeScalars.reversed()),
      by: String(scalars: separator.unicodeScalars.reversed()), limit: limit)
    return mirrored.reversed().map { String(scalars: $0.unicodeScalars.reversed()) }
  }

  /// The words between blanks; the last keeps the rest when there are more than `limit` splits.
  static func words(_ text: String, limit: Int) -> [String] {
    var result: [String] = []
    var rest = Array(text.unicodeScalars)[...]
    while true {
      rest = rest.drop(while: isBlank)
      guard !rest.isEmpty else { return result }
      if limit >= 0, result.count == limit {
        return result + [strip(String(scalars: rest), nil, left: false)]
      }
      let word = rest.prefix { !isBlank($0) }
      result.append(String(scalars: word))
      rest = rest.dropFirst(word.count)
    }
  }

  /// Runs of letters, digits and underscores.
  static func wordCount(_ text: String) -> Int {
    var count = 0
    var isInside = false
    for scalar in text.unicodeScalars {
      let isPart =
        scalar == "_" || scalar.properties.numericType != nil
        || TemplateMethods.holds("isalpha", String(scalar))
      if isPart, !isInside { count += 1 }
      isInside = isPart
    }
    return count
  }

  static func lines(_ text: String) -> [String] {
    var result: [String] = []
    var line: [Unicode.Scalar] = []
    var last: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      defer { last = scalar }
      if scalar == "\n", last == "\r" { continue }
      switch scalar.value {
      case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029:
        result.append(String(scalars: line))
        line = []
      default: line.append(scalar)
      }
    }
    if !line.isEmpty { result.append(String(scalars: line)) }
    return result
  }

  /// Without the given characters at its ends, or without blanks.
  package static func strip(
    _ text: String, _ characters: String?, left: Bool = true, right: Bool = true
  ) -> String {
    let set = characters.map { Set($0.unicodeScalars) }
    func isDropped(_ scalar: Unicode.Scalar) -> Bool { set?.contains(scalar) ?? isBlank(scalar) }
    var slice = Array(text.unicodeScalars)[...]
    if left { slice = slice.drop(while: isDropped) }
    while right, let last = slice.last, isDropped(last) { slice.removeLast() }
    return String(scalars: slice)
  }

  static func replace(_ text: String, _ old: String, with new: String, limit: Int) -> String {
    if old.isEmpty {
      var result = ""
      var count = 0
      for scalar in text.unicodeScalars {
        if limit < 0 || count < limit {
          result += new
          count += 1
        }
        result.unicodeScalars.append(scalar)
      }
      return limit < 0 || count < limit ? result + new : result
    }
    return split(text, by: old, limit: limit).joined(separator: new)
  }

  package static func hasPrefix(_ text: String, _ prefix: String) -> Bool {
    text.utf8.starts(with: prefix.utf8)
  }

  package static func hasSuffix(_ text: String, _ suffix: String) -> Bool {
    text.utf8.count >= suffix.utf8.count
      && text.utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  static func upper(_ text: String) -> String {
    String(scalars: text.unicodeScalars.flatMap { $0.properties.uppercaseMapping.unicodeScalars })
  }

  static func lower(_ text: String) -> String {
    String(scalars: text.unicodeScalars.flatMap { $0.properties.lowercaseMapping.unicodeScalars })
  }

  /// Every run of letters with a capital first.
  static func title(_ text: String) -> String {
    var result = ""
    var isInside = false
    for scalar in text.unicodeScalars {
      let isLetter = scalar.properties.isCased
      let mapped =
        isInside
        ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
      result += isLetter ? mapped : String(scalar)
      isInside = isLetter
    }
    return result
  }

  static func capitalized(_ text: String) -> String {
    guard let first = text.unicodeScalars.first else { return text }
    let rest = String(scalars: text.unicodeScalars.dropFirst())
    return first.properties.titlecaseMapping + lower(rest)
  }

  static func padded(
    _ text: String, to width: Int, with fill: Unicode.Scalar = " ", left: Bool, right: Bool
  ) -> String {
    let missing = min(width, 1_000_000) - text.unicodeScalars.count
    guard missing > 0 else { return text }
    let count = text.unicodeScalars.count
    let before =
      left && right ? missing / 2 + (missing & (width & 1) & (count & 1 ^ 1)) : left ? missing : 0
    return String(repeating: String(fill), count: before) + text
      + String(repeating: String(fill), count: missing - before)
  }

  /// `format % arguments`
  static func formatted(
    _ format: String, _ arguments: TemplateValue
  ) throws(TemplateFault)
    -> String
  {
    var values: [TemplateValue] = [arguments]
    if case .tuple(let items) = arguments { values = items.values }
    var next = values.makeIterator()
    var result = ""
    var rest = Array(format.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      guard scalar == "%" else {
        result.unicodeScalars.append(scalar)
        continue
      }
      var directive = FormatDirective(&rest)
      if directive.type == "%" {
        result += "%"
        continue
      }
      var value: TemplateValue?
      if let key = directive.key {
        guard case .mapping(let mapping) = arguments else {
          throw TemplateFault("the format %(\(key)) without a mapping")
        }
        value = mapping[.string(key)]
      } else {
        value = next.next()
      }
      guard let value else { throw TemplateFault("too few values for the format") }
      result += try directive.text(of: value)
    }
    switch arguments {
    case .mapping, .list: return result
    default: break
    }
    guard next.next() == nil else { throw TemplateFault("too many values for the format") }
    return result
  }
}

/// One `%...` of a format.
private struct FormatDirective {
  var key: String?
  var flags: Set<Unicode.Scalar> = []
  var width = 0
  var precision: Int?
  var type: Unicode.Scalar = " "

  init(_ rest: inout ArraySlice<Unicode.Scalar>) {
    if rest.first == "(" {
      rest.removeFirst()
      let name = rest.prefix { $0 != ")" }
      key = String(scalars: name)
      rest = rest.dropFirst(name.count + 1)
    }
    while let flag = rest.first, "-+ 0#".unicodeScalars.contains(flag) {
      flags.insert(flag)
      rest.removeFirst()
    }
    func number() -> Int {
      let digits = rest.prefix { ("0"..."9").contains($0) }
      rest = rest.dropFirst(digits.count)
      return min(Int(String(scalars: digits)) ?? 0, 1000)
    }
    width = number()
    if rest.first == "." {
      rest.removeFirst()
      precision = min(number(), 100)
    }
    type = rest.popFirst() ?? " "
  }

  mutating func text(of value: TemplateValue) throws(TemplateFault) -> String {
    var body: String
    var sign = ""
    switch type {
    case "s", "r":
      body = type == "s" ? value.text : value.literal
      if let precision { body = String(scalars: body.unicodeScalars.prefix(precision)) }
      flags.remove("0")
    case "d", "i", "u", "x", "X", "o":
      let whole = value.integer ?? value.number.flatMap { Int(exactly: $0.rounded(.towardZero)) }
      guard let whole, type != "x" || value.integer != nil else {
        throw TemplateFault("the format %\(type) of \(value.kind)")
      }
      let radix = type == "o" ? 8 : type == "x" || type == "X" ? 16 : 10
      body = String(whole.magnitude, radix: radix, uppercase: type == "X")
      if let precision, body.count < precision {
        body = String(repeating: "0", count: precision - body.count) + body
      }
      sign = whole < 0 ? "-" : flags.contains("+") ? "+" : flags.contains(" ") ? " " : ""
    case "f", "F", "e", "g":
      guard let number = value.number else {
        throw TemplateFault("the format %\(type) of \(value.kind)")
      }
      body = String(format: "%.\(precision ?? 6)\(type)", abs(number))
      sign = number < 0 ? "-" : flags.contains("+") ? "+" : flags.contains(" ") ? " " : ""
    default: throw TemplateFault("the format %\(type)")
    }
    let missing = width - body.unicodeScalars.count - sign.count
    if missing <= 0 { return sign + body }
    if flags.contains("-") { return sign + body + String(repeating: " ", count: missing) }
    if flags.contains("0") { return sign + String(repeating: "0", count: missing) + body }
    return String(repeating: " ", count: missing) + sign + body
  }
}
