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

  /// `{"String": ...}` or `{"Regex": ...}` under the key "pattern".
  func pattern() throws(TokenizerError) -> TextPattern {
    guard let pattern = try nested("pattern") else { throw wrong("pattern", "a pattern") }
    if let text = try pattern.string("String") { return .text(Array(text.utf8)) }
    guard let source = try pattern.string("Regex") else {
      throw wrong("pattern", "{\"String\": ...} or {\"Regex\": ...}")
    }
    return try expression(source)
  }

  func expression(_ source: String) throws(TokenizerError) -> TextPattern {
    try expression { () throws(RegexError) in try RegularExpression(source) }
  }

  func expression(
    _ make: () throws(RegexError) -> RegularExpression
  ) throws(TokenizerError) -> TextPattern {
    do throws(RegexError) {
      return .expression(try make())
    } catch {
      throw failure("\(error)", allowed: "a regular expression")
    }
  }

  /// A text of one character, as UTF-8.
  func character(_ key: String) throws(TokenizerError) -> [UInt8] {
    let text = try requiredString(key)
    guard text.unicodeScalars.count == 1 else { throw wrong(key, "one character") }
    return Array(text.utf8)
  }
}
