import Foundation

/// The parts of a `multipart/form-data` body (RFC 7578).
struct Multipart {
  struct Part {
    var name: String
    /// Nil for a plain field.
    var fileName: String?
    var content: ArraySlice<UInt8>

    var text: String? { String(validating: content, as: UTF8.self) }
  }

  private static let mostParts = 32
  private static let mostHeaderBytes = 8_192

  let parts: [Part]

  init(_ body: [UInt8], contentType: String) throws(APIError) {
    guard let boundary = Self.parameter("boundary", of: contentType),
      (1...70).contains(boundary.utf8.count)
    else {
      throw APIError(
        400, "Content-Type: found no boundary; allowed: multipart/form-data; boundary=…",
        code: "invalid_multipart")
    }
    func failure(_ found: String) -> APIError {
      APIError(
        400, "the body: found \(found); allowed: multipart/form-data", code: "invalid_multipart")
    }
    let mark = Array("--\(boundary)".utf8)
    let lineMark = Array("\r\n".utf8) + mark
    guard body.starts(with: mark) else { throw failure("another beginning than the boundary") }
    var parts: [Part] = []
    var place = mark.count
    while true {
      if body[place...].starts(with: "--".utf8) { break }
      guard body[place...].starts(with: "\r\n".utf8) else {
        throw failure("a boundary that goes on")
      }
      place += 2
      guard
        let headerEnd = Self.find(
          Array("\r\n\r\n".utf8), in: body, from: place,
          to: min(body.count, place + Self.mostHeaderBytes))
      else { throw failure("a part without a head") }
      let head = String(decoding: body[place..<headerEnd], as: UTF8.self)
      let start = headerEnd + 4
      guard let end = Self.find(lineMark, in: body, from: start, to: body.count) else {
        throw failure("a part without an end")
      }
      guard parts.count < Self.mostParts else { throw failure("too many parts") }
      guard let name = Self.disposition("name", head) else {
        throw failure("a part without a name")
      }
      parts.append(
        Part(
          name: name, fileName: Self.disposition("filename", head), content: body[start..<end]))
      place = end + lineMark.count
    }
    self.parts = parts
  }

  private static func disposition(_ key: String, _ head: String) -> String? {
    for line in head.split(whereSeparator: \.isNewline) {
      guard let colon = line.firstIndex(of: ":"),
        line[..<colon].lowercased() == "content-disposition"
      else { continue }
      return parameter(key, of: String(line[line.index(after: colon)...]))
    }
    return nil
  }

  /// A parameter of a header, in quotes or not.
  static func parameter(_ key: String, of header: String) -> String? {
    var rest = header[...]
    while let semicolon = rest.firstIndex(of: ";") {
      rest = rest[rest.index(after: semicolon)...].drop { $0 == " " || $0 == "\t" }
      guard let equals = rest.firstIndex(of: "=") else { return nil }
      let name = rest[..<equals].lowercased()
      rest = rest[rest.index(after: equals)...]
      var value = ""
      if rest.first == "\"" {
        rest = rest.dropFirst()
        while let character = rest.first, character != "\"" {
          rest = rest.dropFirst()
          if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
            value.append(next)
            rest = rest.dropFirst()
          } else {
            value.append(character)
          }
        }
      } else {
        value = String(rest.prefix { $0 != ";" }).trimmingCharacters(in: .whitespaces)
      }
      if name == key { return value }
    }
    return nil
  }

  /// The first place of some bytes.
  private static func find(
    _ wanted: [UInt8], in bytes: [UInt8], from start: Int, to end: Int
  ) -> Int? {
    guard end - start >= wanted.count else { return nil }
    return bytes.withUnsafeBufferPointer { bytes -> Int? in
      let last = end - wanted.count
      var place = start
      while place <= last {
        if bytes[place] == wanted[0] {
          var length = 1
          while length < wanted.count, bytes[place + length] == wanted[length] { length += 1 }
          if length == wanted.count { return place }
        }
        place += 1
      }
      return nil
    }
  }
}
