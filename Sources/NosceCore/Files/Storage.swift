import Foundation

/// Reads and writes whole files, and turns the errors of the system into words.
package enum Storage {
  /// Why the system refused, in a few words.
  package static func reason(for error: any Error, at url: URL? = nil) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    for candidate in [error as NSError, underlying].compactMap({ $0 }) {
      if candidate.domain == NSPOSIXErrorDomain, let reason = reason(code: Int32(candidate.code)) {
        return reason
      }
    }
    switch (error as? CocoaError)?.code {
    case .fileNoSuchFile, .fileReadNoSuchFile: return "there is no such file or folder"
    case .fileWriteNoPermission, .fileReadNoPermission: return "there is no permission"
    case .fileWriteOutOfSpace: return "the disk is full"
    case .fileWriteVolumeReadOnly: return "the disk is read-only"
    case .fileWriteFileExists: return "there is a file of that name"
    default: return url.flatMap(obstacle) ?? error.localizedDescription
    }
  }

  /// What stands where a file or a folder was to be, which errors do not always say.
  private static func obstacle(at url: URL) -> String? {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) {
      return isFolder.boolValue ? reason(code: EISDIR) : nil
    }
    var parent = url.standardizedFileURL.deletingLastPathComponent()
    while parent.path != "/" {
      if FileManager.default.fileExists(atPath: parent.path, isDirectory: &isFolder) {
        return isFolder.boolValue ? nil : reason(code: ENOTDIR)
      }
      parent = parent.deletingLastPathComponent()
    }
    return nil
  }

  /// The words for any error number of the system.
  package static func words(code: Int32) -> String {
    reason(code: code) ?? String(cString: strerror(code))
  }

  /// The words for an error number of the system, for those that users meet.
  package static func reason(code: Int32) -> String? {
    switch code {
    case ENOSPC: "the disk is full"
    case EDQUOT: "the disk quota is used up"
    case EACCES, EPERM: "there is no permission"
    case EROFS: "the disk is read-only"
    case ENOENT: "there is no such file or folder"
    case ENOTDIR: "part of the path is no folder"
    case EISDIR: "it is a folder"
    case EEXIST: "there is a file of that name"
    default: nil
    }
  }

  /// What a file or a folder is refused with where the system gives an error number.
  package static func failure(
    _ url: URL, _ deed: String, code: Int32, file: String = #fileID, line: Int = #line
  ) -> LabError {
    LabError(
      .storage, "\(url.path): cannot be \(deed): \(words(code: code))",
      cause: POSIXErrorCode(rawValue: code).map { POSIXError($0) }, file: file, line: line)
  }

  /// Writes a whole file or nothing.
  package static func write(_ data: Data, to url: URL) throws(LabError) {
    var file = try AtomicFile(replacing: url)
    try file.write(data)
    try file.commit()
  }

  package static func write(_ text: String, to url: URL) throws(LabError) {
    try write(Data(text.utf8), to: url)
  }

  package static func read(_ url: URL) throws(LabError) -> Data {
    do {
      return try Data(contentsOf: url)
    } catch {
      throw LabError(
        .storage, "\(url.path): cannot be read: \(reason(for: error, at: url))", cause: error)
    }
  }

  /// Removes a file, or a folder with all that is in it.
  package static func remove(_ url: URL) throws(LabError) {
    do {
      try FileManager.default.removeItem(at: url)
    } catch {
      throw LabError(
        .storage, "\(url.path): cannot be removed: \(reason(for: error))", cause: error)
    }
  }

  /// Gives a file or a folder another name, which nothing has yet.
  package static func move(_ url: URL, to target: URL) throws(LabError) {
    do {
      try FileManager.default.moveItem(at: url, to: target)
    } catch {
      throw LabError(
        .storage, "\(url.path): cannot be moved to \(target.path): \(reason(for: error))",
        cause: error)
    }
  }

  package static func copy(_ url: URL, to target: URL) throws(LabError) {
    do {
      try FileManager.default.copyItem(at: url, to: target)
    } catch {
      throw LabError(
        .storage, "\(url.path): cannot be copied to \(target.path): \(reason(for: error))",
        cause: error)
    }
  }

  /// The names in a folder, sorted; those that begin with a dot are left out.
  package static func names(in url: URL) throws(LabError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: url.path)
        .filter { !$0.hasPrefix(".") }.sorted()
    } catch {
      throw LabError(
        .storage, "\(url.path): cannot be listed: \(reason(for: error, at: url))", cause: error)
    }
  }

  package static func makeFolder(_ url: URL) throws(LabError) {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw LabError(
        .storage, "\(url.path): cannot be made: \(reason(for: error, at: url))", cause: error)
    }
  }
}
