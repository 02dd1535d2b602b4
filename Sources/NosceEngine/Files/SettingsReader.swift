import Foundation
import NosceFormats

/// Reads the settings of a JSON file one by one; a wrong type or range names file and key.
///
/// A key with the value null counts as absent, as it does in the reference libraries.
///
/// Remembers what it was asked for: what is left over says something that nobody has heard.
struct SettingsReader {
  let file: String
  let object: JSONObject
  private let read: ReadKeys

  init(contentsOf url: URL) throws(CheckpointError) {
    let bytes = try readSmallFile(url)
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsing: bytes)
    } catch {
      throw CheckpointError(file: url.path, found: "no JSON (\(error))", allowed: "a JSON object")
    }
    guard let object = json.object else {
      throw CheckpointError(file: url.path, found: json.kind, allowed: "a JSON object")
    }
    self.init(file: url.path, object: object)
  }

  init(file: String, object: JSONObject) {
    self.file = file
    self.object = object
    read = ReadKeys(object)
  }

  private init(file: String, _ read: ReadKeys) {
    self.file = file
    self.object = read.object
    self.read = read
  }

  /// The value of a key; nil where it is not there, or null.
  subscript(key: String) -> JSON? {
    read.insert(key)
    return object[key]
  }

  /// Says that every key of the object is looked at.
  func readAll() { for member in object.members { read.insert(member.key) } }

  /// The keys that nobody has asked for, those of objects inside by their path.
  var unreadKeys: [String] { read.left }

  func failure(_ found: String, allowed: String) -> CheckpointError {
    CheckpointError(file: file, found: found, allowed: allowed)
  }

  private func wrong(_ key: String, _ allowed: String) -> CheckpointError {
    failure("\(key) = \(self[key]?.text(indent: 0).prefix(80) ?? "missing")", allowed: allowed)
  }

  func integer(
    _ key: String, in range: ClosedRange<Int>, default standard: Int? = nil
  ) throws(CheckpointError) -> Int {
    guard let value = self[key] else {
      guard let standard else { throw wrong(key, "a whole number") }
      return standard
    }
    guard let integer = value.integer, range.contains(integer) else {
      throw wrong(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return integer
  }

  /// A positive, finite number.
  func positive(_ key: String, default standard: Double? = nil) throws(CheckpointError) -> Double {
    guard let value = self[key] else {
      guard let standard else { throw wrong(key, "a positive number") }
      return standard
    }
    guard let number = value.number, number > 0 else { throw wrong(key, "a positive number") }
    return number
  }

  /// A list of positive, finite numbers.
  func positives(_ key: String) throws(CheckpointError) -> [Double] {
    guard let values = self[key]?.array else { throw wrong(key, "a list of positive numbers") }
    var result: [Double] = []
    for value in values {
      guard let number = value.number, number > 0 else {
        throw wrong(key, "a list of positive numbers")
      }
      result.append(number)
    }
    return result
  }

  /// A positive number, or nil when the key is there with the value null.
  func optionalPositive(
    _ key: String, default standard: Double?
  ) throws(CheckpointError) -> Double? {
    guard has(key) else { return standard }
    return self[key] == nil ? nil : try positive(key)
  }

  /// A whole number from 1, or nil when the key is there with the value null.
  func optionalSize(_ key: String, default standard: Int?) throws(CheckpointError) -> Int? {
    guard has(key) else { return standard }
    return self[key] == nil ? nil : try integer(key, in: 1...Int(Int32.max))
  }

  /// The first of the keys that is there; the first of all when none is.
  func first(_ key: String, _ others: String...) -> String {
    ([key] + others).first { self[$0] != nil } ?? key
  }

  /// Whether the key is there, be it with the value null.
  private func has(_ key: String) -> Bool {
    read.insert(key)
    return object.keys.contains(key)
  }

  /// A number from 0.
  func nonNegative(_ key: String, default standard: Double) throws(CheckpointError) -> Double {
    guard let value = self[key] else { return standard }
    guard let number = value.number, number >= 0 else { throw wrong(key, "a number from 0") }
    return number
  }

  func bool(_ key: String, default standard: Bool) throws(CheckpointError) -> Bool {
    guard let value = self[key] else { return standard }
    guard let bool = value.bool else { throw wrong(key, "true or false") }
    return bool
  }

  /// The first of the keys that is there.
  func string(_ keys: String...) throws(CheckpointError) -> String? {
    for key in keys {
      guard let value = self[key] else { continue }
      guard let string = value.string else { throw wrong(key, "a string") }
      return string
    }
    return nil
  }

  func nested(_ key: String) throws(CheckpointError) -> SettingsReader? {
    guard let value = self[key] else { return nil }
    guard let nested = value.object else { throw wrong(key, "an object") }
    return SettingsReader(file: file, read.inside(key, nested))
  }

  /// A list of strings; one string alone counts as a list of one.
  func strings(_ key: String) throws(CheckpointError) -> [String] {
    guard let value = self[key] else { return [] }
    if let one = value.string { return [one] }
    guard let values = value.array else { throw wrong(key, "a list of strings") }
    var result: [String] = []
    for value in values {
      guard let string = value.string else { throw wrong(key, "a list of strings") }
      result.append(string)
    }
    return result
  }

  /// Whole numbers from 0; one number alone counts as a list of one.
  func indices(_ key: String) throws(CheckpointError) -> [Int]? {
    guard let value = self[key] else { return nil }
    var result: [Int] = []
    for value in value.array ?? [value] {
      guard let integer = value.integer, (0...Int(Int32.max)).contains(integer) else {
        throw wrong(key, "whole numbers from 0")
      }
      result.append(integer)
    }
    return result
  }
}

/// The keys of an object of settings that were asked for, and the objects inside that were opened.
private final class ReadKeys {
  let object: JSONObject
  private var keys: Set<String> = []
  private var inner: [String: ReadKeys] = [:]

  init(_ object: JSONObject) { self.object = object }

  func insert(_ key: String) { keys.insert(key) }

  /// What was read of an object that may be opened more than once.
  func inside(_ key: String, _ nested: JSONObject) -> ReadKeys {
    if let known = inner[key] { return known }
    let new = ReadKeys(nested)
    inner[key] = new
    return new
  }

  var left: [String] {
    object.members.flatMap { member -> [String] in
      if let inner = inner[member.key] { return inner.left.map { "\(member.key).\($0)" } }
      return keys.contains(member.key) || member.value.asksForNothing ? [] : [member.key]
    }
  }
}

extension JSON {
  /// Null, false, zero, or nothing inside.
  fileprivate var asksForNothing: Bool {
    switch self {
    case .null, .bool(false): true
    case .string(let text): text.isEmpty
    case .array(let values): values.isEmpty
    case .object(let object): object.members.isEmpty
    default: number == 0
    }
  }
}
