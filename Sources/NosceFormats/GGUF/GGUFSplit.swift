import Foundation

/// A model that is split into several GGUF files: `NAME-00001-of-00003.gguf` and so on.
enum GGUFSplit {
  static let numberKey = "split.no"
  static let countKey = "split.count"
  static let tensorsKey = "split.tensors.count"

  /// Opens all files of the model that one of them belongs to, and checks that each is the one that
  /// its name says, and that together they are whole.
  static func open(
    _ url: URL, count: Int
  ) throws(CheckpointError) -> (files: [MappedFile], headers: [GGUFHeader]) {
    guard count <= 10_000 else {
      throw CheckpointError(
        file: url.path, found: "\(countKey) = \(count)", allowed: "at most 10000")
    }
    let stem = try stem(url, count: count)
    var files: [MappedFile] = []
    var headers: [GGUFHeader] = []
    for part in 0..<count {
      let name = stem + ending(part, of: count)
      let place = url.deletingLastPathComponent().appendingPathComponent(name)
      guard FileManager.default.fileExists(atPath: place.path) else {
        throw CheckpointError(
          file: place.path, found: "no such file, part \(part + 1) of \(count) of the model",
          allowed: "all parts in one folder")
      }
      let file = try MappedFile(url: place)
      let header = try GGUFHeader(file, part: part)
      try check(header.metadata, numberKey, is: part)
      try check(header.metadata, countKey, is: count)
      if let total = try headers.first?.metadata.integer(tensorsKey) {
        try check(header.metadata, tensorsKey, is: total)
      }
      files.append(file)
      headers.append(header)
    }
    let found = headers.reduce(0) { $0 + $1.tensors.count }
    try check(headers[0].metadata, tensorsKey, is: found)
    return (files, headers)
  }

  private static func check(
    _ metadata: GGUFMetadata, _ key: String, is wanted: Int
  ) throws(CheckpointError) {
    guard try metadata.integer(key) == wanted else {
      throw metadata.failure(
        key, allowed: "\(wanted): every part of one and the same model, by its own name")
    }
  }

  private static func ending(_ part: Int, of count: Int) -> String {
    func digits(_ number: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, 5 - text.count)) + text
    }
    return "-\(digits(part + 1))-of-\(digits(count)).gguf"
  }

  /// What the names of all parts begin with.
  private static func stem(_ url: URL, count: Int) throws(CheckpointError) -> String {
    let name = url.lastPathComponent
    for part in 0..<count where name.hasSuffix(ending(part, of: count)) {
      return String(name.dropLast(ending(part, of: count).count))
    }
    throw CheckpointError(
      file: url.path, found: "one of \(count) parts under another name than its own",
      allowed: "NAME\(ending(0, of: count)) and so on, which name the others")
  }
}
