import Foundation
import NosceCore

/// A file that grows by whole lines.
package final class RowOutput {
  private let descriptor: Int32
  private let url: URL

  /// - Parameter length: where the whole lines end; what is behind them is dropped.
  package init(_ url: URL, length: Int) throws {
    self.url = url
    descriptor = open(url.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw Storage.failure(url, "written", code: errno) }
    if ftruncate(descriptor, off_t(length)) != 0 || lseek(descriptor, 0, SEEK_END) < 0 {
      // `deinit` closes the file.
      throw Storage.failure(url, "written", code: errno)
    }
  }

  deinit { close(descriptor) }

  package func append(_ data: Data) throws {
    let code = data.withUnsafeBytes { bytes -> Int32? in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return errno }
        rest = rest.dropFirst(count)
      }
      return fsync(descriptor) == 0 ? nil : errno
    }
    if let code { throw Storage.failure(url, "written", code: code) }
  }
}
