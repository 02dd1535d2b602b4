/// The metadata of a GGUF file, key by key; a wrong type or range names file and key.
package struct GGUFMetadata: Sendable {
  package let file: String
  /// In the order of the file.
  package let keys: [String]
  private let values: [String: GGUFValue]

  init(file: String, members: [(key: String, value: GGUFValue)]) throws(CheckpointError) {
    self.file = file
    keys = members.map(\.key)
    var values: [String: GGUFValue] = [:]
    for (key, value) in members {
      guard values.updateValue(value, forKey: key) == nil else {
        throw CheckpointError(
          file: file, found: "the metadata key \(key) twice", allowed: "each key once")
      }
    }
    self.values = values
  }

  package subscript(key: String) -> GGUFValue? { values[key] }

  package func failure(_ key: String, allowed: String) -> CheckpointError {
    CheckpointError(
      file: file, found: "\(key) = \(values[key]?.kind ?? "missing")", allowed: allowed)
  }

  package func integer(
    _ key: String, in range: ClosedRange<Int> = 0...Int(Int32.max)
  ) throws(CheckpointError) -> Int? {
    guard let value = values[key] else { return nil }
    guard case .integer(let number) = value, range.contains(number) else {
      throw failure(key, allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A finite number.
  package func number(_ key: String) throws(CheckpointError) -> Double? {
    switch values[key] {
    case nil: return nil
    case .integer(let number): return Double(number)
    case .number(let number) where number.isFinite: return number
    default: throw failure(key, allowed: "a finite number")
    }
  }

  package func bool(_ key: String) throws(CheckpointError) -> Bool? {
    switch values[key] {
    case nil: return nil
    case .bool(let bool): return bool
    default: throw failure(key, allowed: "true or false")
    }
  }

  package func string(_ key: String) throws(CheckpointError) -> String? {
    switch values[key] {
    case nil: return nil
    case .string(let text): return text
    default: throw failure(key, allowed: "a text")
    }
  }

  package func strings(_ key: String) throws(CheckpointError) -> GGUFStrings? {
    switch values[key] {
    case nil: return nil
    case .strings(let list): return list
    default: throw failure(key, allowed: "a list of texts")
    }
  }

  package func integers(_ key: String) throws(CheckpointError) -> [Int]? {
    guard let value = values[key] else { return nil }
    guard case .numbers(let list) = value, let numbers = list.integers else {
      throw failure(key, allowed: "a list of whole numbers")
    }
    return numbers
  }

  package func numbers(_ key: String) throws(CheckpointError) -> [Double]? {
    guard let value = values[key] else { return nil }
    guard case .numbers(let list) = value, let numbers = list.doubles else {
      throw failure(key, allowed: "a list of numbers")
    }
    return numbers
  }

  package func bools(_ key: String) throws(CheckpointError) -> [Bool]? {
    guard let value = values[key] else { return nil }
    guard case .numbers(let list) = value, let bools = list.bools else {
      throw failure(key, allowed: "a list of true and false")
    }
    return bools
  }

  /// `general.architecture`, which stands before every key of the model's shape.
  package func architecture() throws(CheckpointError) -> String {
    guard let name = try string("general.architecture") else {
      throw failure("general.architecture", allowed: "the name of an architecture")
    }
    return name
  }
}
