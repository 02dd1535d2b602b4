import NosceFormats

/// The tokens of a model and their numbers, compared byte by byte.
struct Vocabulary: Sendable {
  /// In byte-level vocabularies, the bytes that a token stands for; else its UTF-8.
  private var ids: [[UInt8]: Int32] = [:]
  /// Tokens of a byte-level vocabulary that are not written in its alphabet.
  private var others: [[UInt8]: Int32] = [:]
  private var contents: [Int32: String] = [:]
  let isByteLevel: Bool

  init(_ object: JSONObject, isByteLevel: Bool, file: String) throws(TokenizerError) {
    self.isByteLevel = isByteLevel
    ids.reserveCapacity(object.members.count)
    contents.reserveCapacity(object.members.count)
    for (content, value) in object.members {
      guard let id = ComponentReader.tokenID(value) else {
        throw TokenizerError(
          file: file, found: "the token \"\(content)\" with the id \(value.text(indent: 0))",
          allowed: "whole numbers from 0 to \(Int32.max)")
      }
      guard insert(content, id) else {
        throw TokenizerError(
          file: file, found: "the id \(id) twice, for \"\(content)\" and \"\(contents[id] ?? "")\"",
          allowed: "one token for each id")
      }
    }
  }

  /// False if the number is taken by another token.
  mutating func insert(_ content: String, _ id: Int32) -> Bool {
    guard contents.updateValue(content, forKey: id) == nil else { return false }
    if let bytes = key(content) {
      ids[bytes] = id
    } else {
      others[Array(content.utf8)] = id
    }
    return true
  }

  private func key(_ content: String) -> [UInt8]? {
    isByteLevel ? ByteAlphabet.decode(content) : Array(content.utf8)
  }

  var count: Int { contents.count }
  var highestID: Int32 { contents.keys.max() ?? -1 }

  func id(of content: String) -> Int32? {
    key(content).map { ids[$0] } ?? others[Array(content.utf8)]
  }

  /// The token that stands for these bytes (byte-level) or this UTF-8.
  func id(ofBytes bytes: [UInt8]) -> Int32? { ids[bytes] }

  /// The tokens of one character each.
  var singleCharacters: [UInt32: Int32] {
    var result: [UInt32: Int32] = [:]
    for (id, content) in contents {
      let scalars = content.unicodeScalars
      if let first = scalars.first, scalars.count == 1 { result[first.value] = id }
    }
    return result
  }

  func content(of id: Int32) -> String? { contents[id] }
}
