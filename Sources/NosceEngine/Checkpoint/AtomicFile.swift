import Foundation

/// A file that appears at its place only when it is complete.
///
/// The bytes go to a temporary file in the same folder; `commit` flushes it to the disk and renames
/// it. Without `commit` the temporary file is removed.
struct AtomicFile: ~Copyable {
  private let destination: String
  private let temporary: String
  private var descriptor: Int32

  init(replacing url: URL) throws(CheckpointError) {
    destination = url.path
    let name = ".\(url.lastPathComponent).\(UUID().uuidString).partial"
    temporary = url.deletingLastPathComponent().appendingPathComponent(name).path
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw CheckpointError(
        file: url.path, found: systemMessage(errno), allowed: "a folder that can be written to",
        isWriteFailure: true)
    }
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unlink(temporary)
    }
  }

  mutating func write(_ bytes: [UInt8]) throws(CheckpointError) {
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes { buffer in
        unistdWrite(descriptor, UnsafeRawBufferPointer(rebasing: buffer[done...]))
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw failure() }
      done += written
    }
  }

  mutating func commit() throws(CheckpointError) {
    guard fsync(descriptor) == 0 else { throw failure() }
    guard rename(temporary, destination) == 0 else { throw failure() }
    close(descriptor)
    descriptor = -1
  }

  private func failure() -> CheckpointError {
    CheckpointError(
      file: destination, found: systemMessage(errno), allowed: "a disk with room for the file",
      isWriteFailure: true)
  }
}

private func unistdWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}

/// Writes a small text file in one step.
func writeAtomically(_ text: String, to url: URL) throws(CheckpointError) {
  var file = try AtomicFile(replacing: url)
  try file.write(Array(text.utf8))
  try file.commit()
}
