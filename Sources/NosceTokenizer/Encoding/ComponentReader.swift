import Foundation
import NosceFormats

/// Reads one part of a tokenizer file; errors name the file and the place in it.
struct ComponentReader {
  let file: String
  let place: String
  let object: JSONObject

  func failure(_ found: String, allowed: String) -> TokenizerError {
    TokenizerError(
      file: file, found: place.isEmpty ? found : "\(place) with \(found)", allowed: allowed)
  }

  private func wrong(_ key: String, _ allowed: String) -> TokenizerError {
    failure("\(key) = \(object[key]?.text(indent: 0).prefix(80) ?? "missing")", allowed: allowed)
  }

  func type() throws(TokenizerError) -> String {
    guard let type = object["type"]?.string else { throw wrong("type", "the name of a component") }
    return type
  }

  func bool(_ key: String, default standard: Bool) throws(TokenizerError) -> Bool {
    guard let value = object[key] else { return standard }
    guard let bool = value.bool else { throw wrong(key, "true or false") }
    return bool
  }

  func string(_ key: String) throws(TokenizerError) -> String? {
    guard let value = object[key] else { return nil }
    guard let string = value.string else { throw wrong(key, "a string") }
    return string
  }

  func requiredString(_ key: String) throws(TokenizerError) -> String {
    guard let string = try string(key) else { throw wrong(key, "a string") }
    return string
  }

  func count(_ key: String) throws(TokenizerError) -> Int {
    guard let value = object[key]?.integer, (0...1_000_000).contains(value) else {
      throw wrong(key, "a whole number from 0")
    }
    return value
  }

  /// A token's number.
  static func tokenID(_ value: JSON) -> Int32? {
    value.integer.flatMap { $0 >= 0 ? Int32(exactly: $0) : nil }
  }

  func nested(_ key: String) throws(TokenizerError) -> ComponentReader? {
    guard let value = object[key] else { return nil }
    guard let nested = value.object else { throw wrong(key, "an object") }
    return ComponentReader(
      file: file, place: place.isEmpty ? key : "\(place).\(key)", object: nested)
  }

  func list(_ key: String) throws(TokenizerError) -> [ComponentReader] {
    guard let values = object[key]?.array else { throw wrong(key, "a list") }
    var readers: [ComponentReader] = []
    for (index, value) in values.enumerated() {
      guard let object = value.object else { throw wrong(key, "a list of objects") }
      readers.append(
        ComponentReader(
          file: file, place: "\(place.isEmpty ? "" : place + ".")\(key)[\(index)]", object: object))
    }
    return readers
  }

  /// Replacements one behind the other make a text longer by the product of what each does, without
  /// limit if there were none. Published tokenizers replace one character by another.
  func checkGrowth(_ growth: Int) throws(TokenizerError) {
    guard growth <= 64 else {
      throw failure(
        "replacements that make a text \(growth) times as long", allowed: "at most 64 times")
    }
  }

  /// `{"String": ...}` or `{"Regex": ...}` under the key "pattern".
  func pattern() throws(TokenizerError) -> TextPattern {
    guard let pattern = try nested("pattern") else { throw wrong("pattern", "a pattern") }
    if let text = try pattern.string("String") { return .text(Array(text.unicodeScalars)) }
    guard let source = try pattern.string("Regex") else {
      throw wrong("pattern", "{\"String\": ...} or {\"Regex\": ...}")
    }
    do throws(RegexError) {
      return .expression(try RegularExpression(source))
    } catch {
      throw failure("\(error)", allowed: "a regular expression")
    }
  }
}

/// A piece of text or a regular expression to look for.
enum TextPattern: Sendable {
  case text([Unicode.Scalar])
  case expression(RegularExpression)

  func matches(in scalars: [Unicode.Scalar]) -> [Range<Int>] {
    switch self {
    case .expression(let expression): return expression.matches(in: scalars)
    case .text(let text):
      guard let first = text.first else { return [] }
      var result: [Range<Int>] = []
      var index = 0
      while index + text.count <= scalars.count {
        if scalars[index] == first, scalars[index..<index + text.count].elementsEqual(text) {
          result.append(index..<index + text.count)
          index += text.count
        } else {
          index += 1
        }
      }
      return result
    }
  }

  /// How many times as long a text can become when matches are replaced by `content`.
  func growth(replacingBy content: [Unicode.Scalar]) -> Int {
    let shortest =
      switch self {
      case .text(let text): text.count
      case .expression(let expression): expression.shortestMatch
      }
    // An expression may match nothing, between any two characters.
    if shortest == 0 { return content.count + 1 }
    return max(1, (content.count + shortest - 1) / shortest)
  }

  func replacingMatches(
    in scalars: [Unicode.Scalar], with content: [Unicode.Scalar]
  )
    -> [Unicode.Scalar]
  {
    var result: [Unicode.Scalar] = []
    var end = 0
    for match in matches(in: scalars) {
      result += scalars[end..<match.lowerBound]
      result += content
      end = match.upperBound
    }
    return result + scalars[end...]
  }
}
