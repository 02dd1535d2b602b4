import Crypto
import Foundation
import NosceCore

/// Reads files that anybody may have put there: regular ones only, never through a link, and never more
/// than is expected.
package enum PlainFile {
  /// Bytes that are read at a time.
  private static let stretch = 1 << 20

  /// An open file. Its size is what the system said when it was opened.
  struct Opened: ~Copyable {
    let handle: FileHandle
    let size: Int
  }

  /// Opens a regular file, and refuses a link, a folder, a device and a pipe, which could wait for ever.
  static func open(_ url: URL) throws(LabError) -> Opened {
    let descriptor = Foundation.open(url.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      if code == ELOOP { throw refusal(url, "a link") }
      throw Storage.failure(url, "read", code: code)
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw Storage.failure(url, "read", code: errno) }
    guard facts.st_mode & S_IFMT == S_IFREG else { throw refusal(url, "what is no regular file") }
    return Opened(handle: handle, size: Int(facts.st_size))
  }

  private static func refusal(_ url: URL, _ found: String) -> LabError {
    LabError(.storage, "\(url.path): found \(found); allowed: a file in its folder")
  }

  /// Refuses a place that is reached through a link, from a folder on.
  ///
  /// - Parameters:
  ///   - path: the names below the folder.
  static func requireNoLinks(_ path: [String], in folder: URL) throws(LabError) {
    var place = folder
    for name in [""] + path {
      if !name.isEmpty { place.append(path: name) }
      var facts = stat()
      guard lstat(place.path, &facts) == 0 else {
        throw Storage.failure(place, "read", code: errno)
      }
      if facts.st_mode & S_IFMT == S_IFLNK { throw refusal(place, "a link") }
    }
  }

  static func data(_ url: URL, atMost limit: Int) throws -> Data {
    let file = try open(url)
    guard file.size <= limit else {
      throw LabError(
        .storage, "\(url.path): found \(file.size) bytes; allowed: at most \(limit)")
    }
    do {
      return try file.handle.read(upToCount: limit) ?? Data()
    } catch {
      throw LabError(
        .storage, "\(url.path): cannot be read: \(Storage.reason(for: error, at: url))",
        cause: error)
    }
  }

  /// A value of a file of JSON.
  ///
  /// - Parameter what: what it is, for the error.
  static func json<Value: Decodable>(_ url: URL, atMost limit: Int, what: String) throws -> Value {
    let data = try data(url, atMost: limit)
    do {
      return try JSONDecoder().decode(Value.self, from: data)
    } catch {
      throw LabError(
        .version, "\(url.path): found no note of \(what) that this version of Nosce wrote",
        cause: error)
    }
  }

  /// Hands over one stretch of bytes after another.
  private static func eachStretch(
    of url: URL, _ body: (Data) throws -> Bool
  ) throws {
    let file = try open(url)
    while true {
      let data: Data?
      do {
        data = try file.handle.read(upToCount: stretch)
      } catch {
        throw LabError(
          .storage, "\(url.path): cannot be read: \(Storage.reason(for: error, at: url))",
          cause: error)
      }
      guard let data, !data.isEmpty, try body(data) else { return }
    }
  }

  /// Hands over each line with its number, counted from 0, without its end. A last line without an end
  /// is a line, too; empty ones are counted and not handed over.
  ///
  /// - Parameters:
  ///   - limit: the most bytes of a line.
  ///   - body: returns whether it wants more.
  static func lines(
    of url: URL, atMost limit: Int, while body: (Data, Int) throws -> Bool
  ) throws {
    // What the line under way has had so far.
    var begun = Data()
    var number = 0
    var isOver = false
    func hand(_ line: Data) throws -> Bool {
      defer { number += 1 }
      guard line.count <= limit else { throw tooLong(url, number, limit) }
      return try line.isEmpty || body(line, number)
    }
    try eachStretch(of: url) { data in
      var start = data.startIndex
      while let end = lineEnd(in: data, from: start) {
        begun += data[start..<end]
        let line = begun
        begun = Data()
        if try !hand(line) {
          isOver = true
          return false
        }
        start = end + 1
      }
      begun += data[start...]
      if begun.count > limit { throw tooLong(url, number, limit) }
      return true
    }
    if !isOver, !begun.isEmpty { _ = try hand(begun) }
  }

  /// The next line break; `Data` would be gone through byte by byte.
  private static func lineEnd(in data: Data, from start: Int) -> Int? {
    data.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, start < data.endIndex else { return nil }
      let offset = start - data.startIndex
      guard let found = memchr(base + offset, 0x0A, bytes.count - offset) else { return nil }
      return data.startIndex + (UnsafeRawPointer(found) - base)
    }
  }

  static func eachLine(
    of url: URL, atMost limit: Int, _ body: (Data, Int) throws -> Void
  ) throws {
    try lines(of: url, atMost: limit) { data, number in
      try body(data, number)
      return true
    }
  }

  private static func tooLong(_ url: URL, _ number: Int, _ limit: Int) -> LabError {
    LabError(
      .storage,
      "\(url.path):\(number + 1): found a line of more than \(limit) bytes; allowed: lines of JSON")
  }

  /// The SHA-256 of a file, in hexadecimal.
  static func hash(of url: URL) throws -> String {
    var hash = SHA256()
    try eachStretch(of: url) {
      hash.update(data: $0)
      return true
    }
    return ContentHash.text(hash.finalize())
  }

  /// Copies a file, and returns the SHA-256 of what was copied.
  static func copy(_ url: URL, to target: URL) throws -> String {
    var hash = SHA256()
    var copy = try AtomicFile(replacing: target)
    let file = try open(url)
    while let data = try file.handle.read(upToCount: stretch), !data.isEmpty {
      hash.update(data: data)
      try copy.write(data)
    }
    try copy.commit()
    return ContentHash.text(hash.finalize())
  }

  /// The last lines of a text file, read from its end.
  package static func lastLines(of url: URL, _ count: Int, bytes: Int = 4096) -> [String] {
    guard let file = try? open(url) else { return [] }
    try? file.handle.seek(toOffset: UInt64(max(0, file.size - bytes)))
    let data = (try? file.handle.read(upToCount: bytes)) ?? Data()
    let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    return lines.suffix(count).map { line in
      String(
        line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(400).map(
          Character.init))
    }
  }
}
