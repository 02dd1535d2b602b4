/// A JSON value that keeps the order of an object's keys and tells integers from other numbers.
///
/// Keys are compared by their UTF-8 bytes. Swift's own `String` equality holds two spellings of
/// "é" for the same key, which a tokenizer's vocabulary does not.
package enum JSON: Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object(JSONObject)
}

/// The members of a JSON object, in the order of the file.
package struct JSONObject: Sendable {
  package var members: [(key: String, value: JSON)]

  package init(_ members: [(key: String, value: JSON)] = []) {
    self.members = members
  }

  package var keys: [String] { members.map(\.key) }

  /// The value of a key, or nil when it is absent or null.
  ///
  /// - Complexity: O(*n*) in the number of members: for looking up settings, not vocabularies.
  package subscript(key: String) -> JSON? {
    for member in members where member.key.utf8.elementsEqual(key.utf8) {
      if case .null = member.value { return nil }
      return member.value
    }
    return nil
  }
}

extension JSON {
  package static func object(_ members: [(key: String, value: JSON)]) -> JSON {
    .object(JSONObject(members))
  }

  package var object: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }

  package var array: [JSON]? {
    if case .array(let array) = self { array } else { nil }
  }

  package var string: String? {
    if case .string(let string) = self { string } else { nil }
  }

  package var bool: Bool? {
    if case .bool(let bool) = self { bool } else { nil }
  }

  package var integer: Int? {
    if case .integer(let integer) = self { integer } else { nil }
  }

  /// Any number, whole or not.
  package var number: Double? {
    switch self {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    default: nil
    }
  }

  /// What kind of value this is, in words for an error message.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer: "an integer"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

extension JSON: Equatable {
  package static func == (left: JSON, right: JSON) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)):
      a.members.count == b.members.count
        && zip(a.members, b.members).allSatisfy {
          $0.key.utf8.elementsEqual($1.key.utf8) && $0.value == $1.value
        }
    default: false
    }
  }
}
