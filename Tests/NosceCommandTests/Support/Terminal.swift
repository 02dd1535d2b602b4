import Foundation
import Synchronization

/// A terminal that a command can be given for its output, and that remembers what was shown.
final class Terminal: Sendable {
  struct Failure: Error { var code: Int32 }

  private let main: Int32
  private let shown = Mutex(Data())
  private let isOpen = Mutex(true)
  /// The end that the command writes to.
  let handle: FileHandle

  /// - Parameter columns: how wide it says that it is; nil for one that does not say.
  init(columns: UInt16? = nil) throws {
    var (main, other): (Int32, Int32) = (-1, -1)
    guard openpty(&main, &other, nil, nil, nil) == 0 else { throw Failure(code: errno) }
    if let columns {
      var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
      guard ioctl(other, UInt(TIOCSWINSZ), &size) == 0 else { throw Failure(code: errno) }
    }
    self.main = main
    handle = FileHandle(fileDescriptor: other, closeOnDealloc: true)
    // A terminal holds only a few kilobytes that nobody has read.
    Thread.detachNewThread { [main] in
      var buffer = [UInt8](repeating: 0, count: 4096)
      while case let count = read(main, &buffer, buffer.count), count > 0 {
        self.shown.withLock { $0.append(contentsOf: buffer[..<count]) }
      }
    }
  }

  deinit { hangUp() }

  /// Takes the terminal away, as closing its window does.
  func hangUp() {
    let isFirst = isOpen.withLock { open in
      defer { open = false }
      return open
    }
    if isFirst { close(main) }
  }

  /// What was shown until now.
  var shownSoFar: String { shown.withLock { String(decoding: $0, as: UTF8.self) } }

  /// A command to whom this is the terminal that it was started from: what is typed reaches it, and
  /// Ctrl-C is a signal.
  func run(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:]
  ) throws -> RunningCommand {
    try RunningCommand(
      ["--ctty", "--wait", try Binary.url().path] + arguments,
      program: URL(fileURLWithPath: "/usr/bin/setsid"), in: folder, typing: handle,
      environment: environment, output: handle, errors: handle)
  }

  /// Types text as a person does at the terminal.
  func type(_ text: String) throws {
    let bytes = Array(text.utf8)
    guard write(main, bytes, bytes.count) == bytes.count else { throw Failure(code: errno) }
  }

  /// What was shown, once nobody has the terminal open for writing any more.
  func text() async throws -> String {
    try handle.close()
    // The reader may be a moment behind.
    var size = -1
    for _ in 0..<100 {
      let now = shown.withLock(\.count)
      if now > 0, now == size { break }
      size = now
      try await Task.sleep(for: .milliseconds(50))
    }
    return shown.withLock { String(decoding: $0, as: UTF8.self) }
  }
}
