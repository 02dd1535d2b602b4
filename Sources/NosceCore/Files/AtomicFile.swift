import Foundation

/// A file that appears at its place only when it is complete.
///
/// The bytes go to a temporary file in the same folder; ``commit()`` flushes it to the disk and
/// renames it. Without that the temporary file is removed. A file that was there passes its
/// permissions on. Errors are ``LabError`` with the code `storage`.
package struct AtomicFile: ~Copyable {
  private let destination: String
  private let temporary: String
  private var descriptor: Int32

  package init(replacing url: URL) throws(LabError) {
    destination = url.path
    // Short, so that whatever name the file may have, this one is not too long.
    let name = ".\(UUID().uuidString).partial"
    temporary = url.deletingLastPathComponent().appendingPathComponent(name).path
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Storage.failure(url, "written", code: errno) }
    var earlier = stat()
    if stat(destination, &earlier) == 0 {
      // What was private stays so; where the file system has no permissions, nothing is lost.
      _ = fchmod(descriptor, earlier.st_mode & 0o777)
    }
    // Said before anything is written; renaming would refuse it at the end.
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: destination, isDirectory: &isFolder),
      isFolder.boolValue
    {
      throw Storage.failure(url, "written", code: EISDIR)
    }
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unlink(temporary)
    }
  }

  package mutating func write(_ bytes: [UInt8]) throws(LabError) {
    let code = bytes.withUnsafeBytes { writeAll(descriptor, $0) }
    if let code { throw failure(code) }
  }

  package mutating func write(_ data: Data) throws(LabError) {
    let code = data.withUnsafeBytes { writeAll(descriptor, $0) }
    if let code { throw failure(code) }
  }

  package mutating func commit() throws(LabError) {
    guard fsync(descriptor) == 0 else { throw failure(errno) }
    guard rename(temporary, destination) == 0 else { throw failure(errno) }
    close(descriptor)
    descriptor = -1
  }

  private func failure(_ code: Int32) -> LabError {
    Storage.failure(URL(fileURLWithPath: destination), "written", code: code)
  }
}

/// Writes every byte, and returns the system's error number where it refuses.
private func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int32? {
  var rest = bytes[...]
  while !rest.isEmpty {
    let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
    if written < 0, errno == EINTR { continue }
    guard written > 0 else { return errno }
    rest = rest.dropFirst(written)
  }
  return nil
}
