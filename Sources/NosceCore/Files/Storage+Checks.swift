import Foundation

extension Storage {
  /// Refuses a folder that cannot be made, or that no file can be made in, before any time is spent
  /// on what is to be written there. Leaves nothing behind.
  ///
  /// It is tried out, for permissions do not tell of disks that are read-only. What is made for the
  /// trial has a name of its own, so that others who look at the same place do not meet it.
  ///
  /// - Parameter named: what the error names, where it is another place.
  package static func checkFolder(_ url: URL, for named: URL? = nil) throws(LabError) {
    let folder = url.standardizedFileURL
    let named = named ?? folder
    var missing: [URL] = []
    var place = folder
    while access(place.path, F_OK) != 0, errno == ENOENT, place.path != "/" {
      missing.append(place)
      place.deleteLastPathComponent()
    }
    let trial = place.appendingPathComponent(".\(UUID().uuidString).partial").path
    if let first = missing.last {
      var link = stat()
      // A link to nowhere is in the way of a folder.
      if lstat(first.path, &link) == 0 { throw failure(named, "made", code: EEXIST) }
      guard mkdir(trial, 0o777) == 0 else { throw failure(named, "made", code: errno) }
      rmdir(trial)
      let longest = pathconf(place.path, Int32(_PC_NAME_MAX))
      for folder in missing where longest > 0 && folder.lastPathComponent.utf8.count > longest {
        throw failure(named, "made", code: ENAMETOOLONG)
      }
    } else {
      let descriptor = open(trial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      guard descriptor >= 0 else {
        // Below a file there is no place for a folder either.
        throw failure(named, errno == ENOTDIR ? "made" : "written to", code: errno)
      }
      close(descriptor)
      unlink(trial)
    }
  }

  /// Refuses a file that cannot be written, in the same way. Its folder must be there.
  package static func checkFile(_ url: URL) throws(LabError) {
    _ = try AtomicFile(replacing: url)
  }
}
