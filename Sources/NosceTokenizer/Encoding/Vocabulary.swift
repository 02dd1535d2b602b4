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

  /// The tokens of a list, whose places are their numbers.
  ///
  /// An empty one is called `[EMPTY_7]`, as in llama.cpp: it stands in no text.
  init(_ list: GGUFStrings, key: String, file: String) throws(TokenizerError) {
    tokens = ByteStringTable(capacity: list.count)
    places = Array(0..<Int32(list.count))
    highestID = Int32(list.count) - 1
    var table = tokens
    for index in 0..<list.count {
      let (isText, isNew) = list.withBytes(of: index) { bytes in
        if bytes.isEmpty {
          var name = "[EMPTY_\(index)]"
          return (true, name.withUTF8 { table.insert($0, Int32(index)) })
        }
        return (
          String(validating: bytes, as: UTF8.self) != nil, table.insert(bytes, Int32(index))
        )
      }
      func failure(_ found: String, _ allowed: String) -> TokenizerError {
        TokenizerError(file: file, found: "\(key)[\(index)] \(found)", allowed: allowed)
      }
      guard isText else { throw failure("with bytes that are no UTF-8", "text in UTF-8") }
      guard isNew else {
        throw failure("= \"\(list[index] ?? "")\", which stands there before", "each token once")
      }
    }
    tokens = table
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
