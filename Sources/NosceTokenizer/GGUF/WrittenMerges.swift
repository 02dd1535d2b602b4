import NosceFormats

/// Reads the merges of a byte-level vocabulary from a GGUF file, each written "a b".
enum WrittenMerges {
  static func list(
    _ tokens: GGUFTokens, _ metadata: GGUFMetadata
  ) throws(TokenizerError) -> MergeList {
    let key = GGUFTextKeys.merges
    let stored = try translated { () throws(CheckpointError) in
      guard let list = try metadata.strings(key) else {
        throw metadata.failure(key, allowed: "a list of merges, each \"a b\"")
      }
      return list
    }
    var list = MergeList(capacity: stored.count)
    var joined: [UInt8] = []
    for index in 0..<stored.count {
      joined.removeAll(keepingCapacity: true)
      let found = stored.withBytes(of: index) { bytes in
        // A first token may be a blank itself.
        bytes.dropFirst().firstIndex(of: 0x20).map { space in
          joined.append(contentsOf: bytes[..<space])
          joined.append(contentsOf: bytes[(space + 1)...])
          return space
        }
      }
      func failure(_ found: String, _ allowed: String) -> TokenizerError {
        TokenizerError(
          file: tokens.file, found: "\(key)[\(index)] = \"\(stored[index] ?? "no UTF-8")\"\(found)",
          allowed: allowed)
      }
      guard let space = found, space < joined.count else {
        throw failure("", "two tokens with a blank between")
      }
      let vocabulary = tokens.vocabulary
      let (left, right, result) = joined.withUnsafeBufferPointer { bytes in
        (
          vocabulary.id(ofUTF8: UnsafeBufferPointer(rebasing: bytes[..<space])),
          vocabulary.id(ofUTF8: UnsafeBufferPointer(rebasing: bytes[space...])),
          vocabulary.id(ofUTF8: bytes)
        )
      }
      guard let left, let right, let result else {
        throw failure("", "merges whose parts and result are tokens of \(GGUFTokens.listKey)")
      }
      guard list.table.merge(left, right) == nil else {
        throw failure(" a second time", "each merge once")
      }
      list.append(left, right, rank: Int32(index), result: result)
    }
    return list
  }
}
