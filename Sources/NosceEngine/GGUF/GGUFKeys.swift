import NosceFormats

/// The metadata keys of one architecture: `llama.block_count` is asked for as `block_count`.
struct GGUFKeys {
  private let metadata: GGUFMetadata
  private let prefix: String

  init(_ metadata: GGUFMetadata, architecture: String) {
    self.metadata = metadata
    prefix = architecture + "."
  }

  subscript(key: String) -> GGUFValue? { metadata[prefix + key] }

  func failure(_ key: String, allowed: String) -> CheckpointError {
    metadata.failure(prefix + key, allowed: allowed)
  }

  func integer(_ key: String) throws(CheckpointError) -> Int? {
    try metadata.integer(prefix + key)
  }

  func number(_ key: String) throws(CheckpointError) -> Double? {
    try metadata.number(prefix + key)
  }

  func bool(_ key: String) throws(CheckpointError) -> Bool? { try metadata.bool(prefix + key) }

  func bools(_ key: String) throws(CheckpointError) -> [Bool]? { try metadata.bools(prefix + key) }

  func string(_ key: String) throws(CheckpointError) -> String? {
    try metadata.string(prefix + key)
  }

  /// A whole number from 1 that must be there.
  func size(_ key: String) throws(CheckpointError) -> Int {
    guard let number = try integer(key), number > 0 else {
      throw failure(key, allowed: "a whole number from 1")
    }
    return number
  }

  /// A number from 0 that must be there: what norms add before the root.
  func epsilon(_ key: String) throws(CheckpointError) -> Double {
    guard let number = try number(key), number >= 0 else {
      throw failure(key, allowed: "a number from 0")
    }
    return number
  }

  /// A size that some files write once for each layer; the engine has the same in all.
  func optionalUniform(_ key: String) throws(CheckpointError) -> Int? {
    guard case .numbers = self[key] else { return self[key] == nil ? nil : try size(key) }
    guard let list = try metadata.integers(prefix + key), let first = list.first,
      first > 0, list.allSatisfy({ $0 == first })
    else { throw failure(key, allowed: "one whole number from 1, or the same for every layer") }
    return first
  }

  func uniform(_ key: String) throws(CheckpointError) -> Int {
    guard let number = try optionalUniform(key) else {
      throw failure(key, allowed: "a whole number from 1")
    }
    return number
  }
}
