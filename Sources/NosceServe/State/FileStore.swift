import Foundation
import NosceCore
import NosceFormats

/// A file that was uploaded.
struct UploadedFile: Codable, Sendable {
  var id: String
  var name: String
  var purpose: String
  var byteCount: Int
  var created: Int

  var json: JSON {
    .object([
      ("id", .string(id)), ("object", .string("file")), ("bytes", .integer(byteCount)),
      ("created_at", .integer(created)), ("filename", .string(name)),
      ("purpose", .string(purpose)), ("status", .string("processed")), ("status_details", .null),
    ])
  }
}

/// The files that were uploaded, each in a folder of its own that is there whole or not at all.
actor FileStore {
  private let folder: URL
  private var files: [String: UploadedFile] = [:]

  private static let prefix = "file-"
  private static let mostFiles = 10_000

  /// - Parameter folder: is made where it is missing.
  init(_ folder: URL) throws {
    self.folder = folder
    try Storage.makeFolder(folder)
    for name in try Storage.names(in: folder) where Identifier.isOne(name, Self.prefix) {
      let data = try Storage.read(folder.appending(path: name).appending(path: "file.json"))
      do {
        files[name] = try JSONDecoder().decode(UploadedFile.self, from: data)
      } catch {
        throw LabError(
          .storage,
          "\(folder.path)/\(name)/file.json: found no record of a file; allowed: what nosce serve "
            + "wrote", cause: error)
      }
    }
  }

  func add(_ name: String, purpose: String, _ content: Data) throws -> UploadedFile {
    guard files.count < Self.mostFiles else {
      throw APIError(
        400, "found \(files.count) files; allowed: at most \(Self.mostFiles); delete some",
        code: "too_many_files")
    }
    let file = UploadedFile(
      id: Identifier.make(Self.prefix), name: name, purpose: purpose, byteCount: content.count,
      created: Int(Date().timeIntervalSince1970))
    let record = try JSONEncoder().encode(file)
    try AtomicFolder.write(folder.appending(path: file.id)) { folder in
      try Storage.write(content, to: folder.appending(path: "content"))
      try Storage.write(record, to: folder.appending(path: "file.json"))
    }
    files[file.id] = file
    return file
  }

  /// From the newest on.
  func all(purpose: String?) -> [UploadedFile] {
    files.values.filter { purpose == nil || $0.purpose == purpose }
      .sorted { ($0.created, $0.id) > ($1.created, $1.id) }
  }

  func file(_ id: String) throws(APIError) -> UploadedFile {
    guard let file = files[id] else { throw .nothing("file", id, parameter: "file_id") }
    return file
  }

  func content(_ id: String) throws -> Data {
    try Storage.read(folder.appending(path: try file(id).id).appending(path: "content"))
  }

  func remove(_ id: String) throws {
    try Storage.remove(folder.appending(path: try file(id).id))
    files[id] = nil
  }
}
