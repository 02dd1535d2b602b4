import Foundation

/// Holds a run folder, or a file that grows, for one process. The system lets go of it when the process
/// ends, however it ends.
package final class FolderLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock at once, or throws where another process has it.
  package convenience init(_ folder: URL) throws {
    try self.init(
      file: folder.appending(path: "run.lock"), of: folder, deed: "running this folder")
  }

  /// The same for anything else that one process writes at a time.
  ///
  /// - Parameters:
  ///   - file: what is locked; it stays behind.
  ///   - place: what errors name.
  ///   - deed: what another process that has the lock is doing.
  package init(file: URL, of place: URL, deed: String) throws {
    descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0 {
      throw Storage.failure(place, "written", code: errno)
    }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      // `deinit` closes the file.
      let code = errno
      if code == EWOULDBLOCK {
        throw LabError(
          .locked,
          "\(place.path): another process is \(deed); wait for it or stop it first")
      }
      throw Storage.failure(place, "locked", code: code)
    }
  }

  deinit {
    // Closing alone would leave the lock with a child process that is just being started, which
    // has a copy of the descriptor until it executes its program.
    _ = flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
