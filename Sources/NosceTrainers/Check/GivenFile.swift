import Foundation
import NosceCore

/// A file or folder that a program has left: no link, and no larger than it may be.
enum GivenFile {
  /// Refuses anything but a folder.
  static func checkFolder(_ url: URL) throws(LabError) {
    try check(url, S_IFDIR, "a folder")
  }

  /// Refuses anything but a file of at most so many bytes.
  static func checkFile(_ url: URL, atMost bytes: Int) throws(LabError) {
    let size = try check(url, S_IFREG, "a file")
    guard size <= bytes else {
      throw LabError(
        .backend, "\(url.path): found \(size) bytes; allowed: at most \(bytes)")
    }
  }

  @discardableResult
  private static func check(
    _ url: URL, _ kind: mode_t, _ name: String
  ) throws(LabError) -> Int {
    var found = stat()
    guard lstat(url.path, &found) == 0 else {
      throw LabError(
        .backend, "\(url.path): found none; allowed: \(name), as the training program leaves it")
    }
    let type = found.st_mode & S_IFMT
    guard type == kind else {
      let words =
        switch type {
        case S_IFLNK: "a symbolic link"
        case S_IFDIR: "a folder"
        case S_IFREG: "a file"
        default: "neither file nor folder"
        }
      throw LabError(.backend, "\(url.path): found \(words); allowed: \(name) itself")
    }
    return Int(found.st_size)
  }
}
