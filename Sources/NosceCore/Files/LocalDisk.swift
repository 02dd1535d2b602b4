import Foundation

/// Tells disks of this machine from those that several machines or programs share.
package enum LocalDisk {
  /// File systems on which processes cannot share memory through a file.
  private static let remote: Set<String> = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "lustre", "ceph", "gpfs", "beegfs",
    "beegfs_nodev", "glusterfs", "orangefs", "virtiofs",
  ]

  /// Whether a file or folder is on a disk that only this machine writes to.
  package static func holds(_ url: URL) -> Bool {
    #if os(Linux)
    guard let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8),
      let type = type(of: url.resolvingSymlinksInPath().path, mounts: mounts)
    else { return true }
    return !isRemote(type)
    #else
    let values = try? url.resourceValues(forKeys: [.volumeIsLocalKey])
    return values?.volumeIsLocal ?? true
    #endif
  }

  package static func isRemote(_ type: String) -> Bool {
    remote.contains(type) || type.hasPrefix("fuse.")
  }

  /// The type of the file system that holds a path: that of the longest mount point above it, the last
  /// where two are the same.
  ///
  /// - Parameter mounts: the text of `/proc/self/mountinfo` (manual page proc_pid_mountinfo(5)).
  package static func type(of path: String, mounts: String) -> String? {
    var best: (length: Int, type: String)?
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard let dash = fields.firstIndex(of: "-"), dash + 1 < fields.endIndex, fields.count > 4
      else { continue }
      let point = unescaped(fields[4])
      let isAbove = point == "/" || path == point || path.hasPrefix(point + "/")
      if isAbove, point.utf8.count >= best?.length ?? 0 {
        best = (point.utf8.count, String(fields[dash + 1]))
      }
    }
    return best?.type
  }

  /// Blanks stand there as `\040`.
  private static func unescaped(_ text: Substring) -> String {
    String(text).replacing("\\040", with: " ").replacing("\\011", with: "\t")
      .replacing("\\134", with: "\\")
  }
}
