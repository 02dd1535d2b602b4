import Foundation
import NosceCore

/// Holds a run folder for one process. The system lets go of it when the process ends, however
/// it ends.
package final class FolderLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock at once, or throws where another process has it.
  package init(_ folder: URL) throws {
    let path = folder.appending(path: "run.lock").path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0 {
      throw Storage.failure(folder, "written", code: errno)
    }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      close(descriptor)
      if code == EWOULDBLOCK {
        throw LabError(
          .locked,
          "\(folder.path): another process is running this folder; wait for it or stop it first")
      }
      throw Storage.failure(folder, "locked", code: code)
    }
  }

  deinit {
    // Closing alone would leave the lock with a child process that is just being started, which
    // has a copy of the descriptor until it executes its program.
    _ = flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
