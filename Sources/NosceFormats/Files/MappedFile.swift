import CNosceMapping
import Foundation

/// A file mapped into memory for reading, so that only the pages that are touched are loaded.
///
/// Of a file that another process shortens while it is mapped, what is gone reads as zeros: whoever
/// has read something asks ``checkWhole()`` before it counts.
///
/// `@unchecked Sendable`: the mapping is private and read-only, is made in `init` and removed in
/// `deinit`; nothing is mutable in between.
package final class MappedFile: @unchecked Sendable {
  package let url: URL
  private let base: UnsafeRawPointer?
  private let number: Int32
  package let count: Int

  package init(url: URL) throws(CheckpointError) {
    let path = url.path
    func failure(_ found: String) -> CheckpointError {
      CheckpointError(file: path, found: found, allowed: "a readable file")
    }
    // Opening a named pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(systemMessage(errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(systemMessage(errno)) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw failure("no regular file") }
    let count = Int(status.st_size)
    var number: Int32 = -1
    if count == 0 {
      base = nil
    } else {
      guard let mapping = nosce_map_file(descriptor, count, &number) else {
        throw failure(systemMessage(errno))
      }
      base = mapping
    }
    self.number = number
    self.count = count
    self.url = url
  }

  deinit {
    if base != nil { nosce_unmap_file(number) }
  }

  /// Lends the bytes to `body`; the pointer must not outlive the call.
  package func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// Refuses what was read if the file has become shorter meanwhile.
  package func checkWhole() throws(CheckpointError) {
    guard base == nil || !nosce_mapping_is_torn(number) else {
      throw CheckpointError(
        file: url.path, found: "a file that became shorter than \(count) bytes while it was read",
        allowed: "a file that stays as it is")
    }
  }

  /// Lets the system take back the memory of the pages that were read; they load again on use.
  package func releasePages() { releasePages(0..<count) }

  /// The same for the whole pages within a range of bytes.
  package func releasePages(_ range: Range<Int>) {
    guard let base else { return }
    let page = Int(getpagesize())
    let first = (range.lowerBound + page - 1) / page * page
    let end = range.upperBound == count ? count : range.upperBound / page * page
    if first < end {
      _ = madvise(
        UnsafeMutableRawPointer(mutating: base + first), end - first, Int32(MADV_DONTNEED))
    }
  }
}

/// The system's words for an error number.
func systemMessage(_ code: Int32) -> String {
  String(cString: strerror(code)).lowercased()
}

/// Reads a small file whole, refusing one that is larger than `limit` bytes.
package func readSmallFile(
  _ url: URL, limit: Int = 100_000_000
) throws(CheckpointError) -> [UInt8] {
  let file = try MappedFile(url: url)
  guard file.count <= limit else {
    throw CheckpointError(
      file: url.path, found: "\(file.count) bytes", allowed: "at most \(limit) bytes")
  }
  let bytes = file.withBytes { Array($0) }
  try file.checkWhole()
  return bytes
}
