import NosceFormats

/// The members of a JSON object of a request, each read by its kind and within its bounds. A member that is
/// null counts as one that is not there.
struct Fields {
  let object: JSONObject
  /// Where the object stands in the request, with a point behind it.
  let place: String

  init(_ object: JSONObject, place: String = "") {
    self.object = object
    self.place = place
  }

  /// Reads a whole body.
  init(body: [UInt8]) throws(APIError) {
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsing: body)
    } catch {
      throw APIError(400, "the body is no JSON: \(error)", code: "invalid_json")
    }
    guard let object = json.object else {
      throw APIError(400, "the body: found \(json.kind); allowed: an object", code: "invalid_json")
    }
    self.init(object)
  }

  func path(_ key: String) -> String { place + key }

  func wrong(_ key: String, _ value: JSON, _ allowed: String) -> APIError {
    .invalid(path(key), found: Self.shown(value), allowed: allowed)
  }

  static func shown(_ value: JSON) -> String {
    switch value {
    case .integer, .number, .bool, .string:
      String(value.text(indent: 0).unicodeScalars.prefix(80).map(Character.init))
    default: value.kind
    }
  }

  func missing(_ key: String, _ allowed: String) -> APIError {
    .invalid(path(key), found: "nothing", allowed: allowed, code: "missing_required_parameter")
  }

  func string(_ key: String) throws(APIError) -> String? {
    guard let value = object[key] else { return nil }
    guard let string = value.string else { throw wrong(key, value, "a string") }
    return string
  }

  func requiredString(_ key: String) throws(APIError) -> String {
    guard let string = try string(key) else { throw missing(key, "a string") }
    return string
  }

  func bool(_ key: String) throws(APIError) -> Bool? {
    guard let value = object[key] else { return nil }
    guard let bool = value.bool else { throw wrong(key, value, "true or false") }
    return bool
  }

  func integer(_ key: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
    guard let value = object[key] else { return nil }
    guard let integer = value.integer, range.contains(integer) else {
      let most = range.upperBound == .max ? " or more" : " to \(range.upperBound)"
      throw wrong(key, value, "a whole number from \(range.lowerBound)\(most)")
    }
    return integer
  }

  func number(
    _ key: String, in range: ClosedRange<Double>, isOpen: Bool = false
  ) throws(APIError) -> Double? {
    guard let value = object[key] else { return nil }
    guard let number = value.number, range.contains(number), !isOpen || number > range.lowerBound
    else {
      throw wrong(
        key, value,
        "a number \(isOpen ? "above" : "from") \(range.lowerBound) \(isOpen ? "and up " : "")"
          + "to \(range.upperBound)")
    }
    return number
  }

  func fields(_ key: String) throws(APIError) -> Fields? {
    guard let value = object[key] else { return nil }
    guard let object = value.object else { throw wrong(key, value, "an object") }
    return Fields(object, place: path(key) + ".")
  }

  func strings(_ key: String, most: Int) throws(APIError) -> [String]? {
    guard let value = object[key] else { return nil }
    let list = value.array ?? [value]
    let strings = list.compactMap(\.string)
    guard strings.count == list.count, strings.count <= most else {
      throw wrong(key, value, "a string, or a list of at most \(most) strings")
    }
    return strings
  }

  /// Refuses what is not known: a key that is passed over in silence would change what was asked.
  ///
  /// - Parameters:
  ///   - inert: keys that change no answer, whatever their values.
  ///   - neutral: keys that may be given as long as they ask for nothing.
  func check(
    known: Set<String>, inert: Set<String> = [], neutral: [String: [JSON]] = [:]
  ) throws(APIError) {
    for (key, value) in object.members where !known.contains(key) && !inert.contains(key) {
      if case .null = value { continue }
      guard let allowed = neutral[key] else {
        throw .invalid(
          path(String(key.prefix(80))), found: "a key that is not supported here",
          allowed: known.sorted().joined(separator: ", "), code: "unsupported_parameter")
      }
      let isNeutral = allowed.contains { value == $0 || Self.isSameNumber(value, $0) }
      if !isNeutral {
        let texts = allowed.map { $0.text(indent: 0) }.joined(separator: ", ")
        throw .invalid(
          path(key), found: "\(Self.shown(value)), which is not supported",
          allowed: "\(texts), or nothing", code: "unsupported_value")
      }
    }
  }

  private static func isSameNumber(_ one: JSON, _ other: JSON) -> Bool {
    guard let one = one.number, let other = other.number else { return false }
    return one == other
  }
}
