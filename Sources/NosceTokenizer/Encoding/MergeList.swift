import NosceFormats

/// The merges of a model, in the order in which they are made.
struct MergeList {
  private(set) var table: MergeTable
  /// The tokens that are joined, in the same order.
  private(set) var pairs: [(left: Int32, right: Int32)] = []

  /// For so many merges at most.
  init(capacity: Int) {
    table = MergeTable(capacity: capacity)
    pairs.reserveCapacity(capacity)
  }

  mutating func append(_ left: Int32, _ right: Int32, rank: Int32, result: Int32) {
    table.insert(left, right, rank: rank, result: result)
    pairs.append((left, right))
  }

  /// Those of a `tokenizer.json`, in their two spellings: "a b" or ["a", "b"].
  init(_ reader: ComponentReader, _ vocabulary: Vocabulary) throws(TokenizerError) {
    guard let list = reader.object["merges"]?.array else {
      throw reader.failure("no merges", allowed: "a list of pairs")
    }
    self.init(capacity: list.count)
    var rank: Int32 = 0
    var result: [UInt8] = []
    for entry in list {
      if let line = entry.string, line.hasPrefix("#version") { continue }
      guard let (left, right) = Self.pair(entry) else {
        throw reader.failure(
          "the merge \(entry.text(indent: 0).prefix(80))", allowed: "two tokens: \"a b\" or [a, b]")
      }
      result.removeAll(keepingCapacity: true)
      result.append(contentsOf: left.utf8)
      result.append(contentsOf: right.utf8)
      let (first, second, both) = result.withUnsafeBufferPointer { bytes in
        (
          vocabulary.id(ofUTF8: UnsafeBufferPointer(rebasing: bytes[..<left.utf8.count])),
          vocabulary.id(ofUTF8: UnsafeBufferPointer(rebasing: bytes[left.utf8.count...])),
          vocabulary.id(ofUTF8: bytes)
        )
      }
      guard let first, let second, let both else {
        throw reader.failure(
          "the merge of \"\(left)\" and \"\(right)\"",
          allowed: "merges whose parts and result are tokens of the vocabulary")
      }
      append(first, second, rank: rank, result: both)
      rank += 1
    }
  }

  private static func pair(_ entry: JSON) -> (Substring, Substring)? {
    switch entry {
    case .string(let line):
      guard let space = line.utf8.firstIndex(of: 0x20) else { return nil }
      let right = line[line.utf8.index(after: space)...]
      return right.utf8.contains(0x20) ? nil : (line[..<space], right)
    case .array(let pair):
      guard pair.count == 2, let left = pair[0].string, let right = pair[1].string else {
        return nil
      }
      return (left[...], right[...])
    default: return nil
    }
  }
}
