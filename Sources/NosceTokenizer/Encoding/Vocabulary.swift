import NosceFormats

/// The tokens of a model and their numbers, compared byte by byte.
struct Vocabulary: Sendable {
  private var tokens: ByteStringTable
  /// The place in `tokens` of each number, -1 where there is none; empty if the numbers lie too far
  /// apart, and then `scattered` holds them.
  private var places: [Int32] = []
  private var scattered: [Int32: Int32] = [:]
  private(set) var highestID: Int32 = -1

  init(_ object: JSONObject, file: String) throws(TokenizerError) {
    tokens = ByteStringTable(capacity: object.members.count)
    for (content, value) in object.members {
      guard let id = ComponentReader.tokenID(value) else {
        throw TokenizerError(
          file: file, found: "the token \"\(content)\" with the id \(value.text(indent: 0))",
          allowed: "whole numbers from 0 to \(Int32.max)")
      }
      var content = content
      guard content.withUTF8({ tokens.insert($0, id) }) else {
        throw TokenizerError(
          file: file, found: "the token \"\(content)\" twice", allowed: "each token once")
      }
      highestID = max(highestID, id)
    }
    let isDense = Int(highestID) < 4 * tokens.count + 1024
    if isDense { places = [Int32](repeating: -1, count: Int(highestID) + 1) }
    for place in 0..<tokens.count {
      let id = tokens.value(at: place)
      guard self.place(of: id) == nil else {
        throw TokenizerError(
          file: file,
          found: "the id \(id) twice, for \"\(text(at: place))\" and \"\(content(of: id) ?? "")\"",
          allowed: "one token for each id")
      }
      if isDense {
        places[Int(id)] = Int32(place)
      } else {
        scattered[id] = Int32(place)
      }
    }
  }

  var count: Int { tokens.count }

  func id(of content: String) -> Int32? { tokens.value(of: content) }
  func id(ofUTF8 content: UnsafeBufferPointer<UInt8>) -> Int32? { tokens.value(of: content) }

  private func place(of id: Int32) -> Int? {
    if places.isEmpty { return scattered[id].map { Int($0) } }
    guard places.indices.contains(Int(id)), places[Int(id)] >= 0 else { return nil }
    return Int(places[Int(id)])
  }

  private func text(at place: Int) -> String {
    String(decoding: tokens.key(at: place), as: UTF8.self)
  }

  func content(of id: Int32) -> String? { place(of: id).map { text(at: $0) } }

  /// The content of a token, as UTF-8.
  func bytes(of id: Int32) -> ArraySlice<UInt8>? { place(of: id).map { tokens.key(at: $0) } }

  /// Appends the content of a token; false if there is no such token.
  func append(_ id: Int32, to texts: inout TokenTexts) -> Bool {
    guard let place = place(of: id) else { return false }
    tokens.withKey(at: place) { texts.append($0) }
    return true
  }

  /// All tokens, in the order of the file.
  func forEach(_ body: (Int32, UnsafeBufferPointer<UInt8>) -> Void) {
    for place in 0..<tokens.count {
      tokens.key(at: place).withUnsafeBufferPointer { body(tokens.value(at: place), $0) }
    }
  }
}
