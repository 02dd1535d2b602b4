import Foundation
import NosceApp
import NosceCore
import NosceLocal
import NoscePorts
import NosceReport
import NosceText

/// What the command knows about where its output goes.
enum Console {
  static var errorIsTerminal: Bool { isatty(FileHandle.standardError.fileDescriptor) == 1 }
  static var outputIsTerminal: Bool { isatty(FileHandle.standardOutput.fileDescriptor) == 1 }

  /// Colour where a terminal reads it and nobody has set NO_COLOR (https://no-color.org).
  static func style(terminal: Bool) -> TerminalStyle {
    let environment = ProcessInfo.processInfo.environment
    let refused = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
    return terminal && !refused ? .color : .plain
  }

  /// Columns of a line: as COLUMNS says, as wide as the terminal is, or 80.
  static var width: Int { statedWidth ?? terminalWidth ?? 80 }

  /// Somebody's wish comes before what the terminal says of itself.
  private static var statedWidth: Int? {
    ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  private static var terminalWidth: Int? {
    let ends = [FileHandle.standardOutput, .standardError].map(\.fileDescriptor)
    return ends.lazy.compactMap { descriptor -> Int? in
      var size = winsize()
      guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
      return Int(size.ws_col)
    }.first
  }

  /// A text as somebody reads it: broken at blanks for a terminal, or where COLUMNS is set; else as
  /// it is, for whatever reads it.
  static func shown(_ text: String) -> String {
    outputIsTerminal || statedWidth != nil ? ColumnText.wrapLines(text, width) : text
  }

  /// Results go to standard output, which may be a file on a full disk.
  static func say(_ text: String) throws { try write(text + "\n") }

  /// The same without a line break.
  static func write(_ text: some StringProtocol) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
      throw LabError(
        .storage, "standard output: cannot be written: \(Storage.reason(for: error))", cause: error)
    }
  }

  static func complain(_ text: String) { mutter(text + "\n") }

  /// Says so where an adapter was trained through another chat template than the model is asked
  /// through.
  static func warn(ofTemplate template: GivenTemplate?, adapter: URL) throws {
    if let text = try TrainingNote.difference(ofAdapter: adapter, asked: template) {
      complain(text)
    }
  }

  /// The messages of a use-case that is over in a moment.
  @Sendable static func complain(_ event: AppEvent) {
    if case .message(let text) = event { complain(text) }
  }

  /// Nobody is left to be told when standard error cannot be written.
  static func mutter(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Shows what work reports while it goes on, in order and from whatever thread, until it ends.
  static func following<Value: Sendable>(
    _ work: (@escaping AppEvents) async throws -> Value
  ) async throws -> Value {
    let progress = progress()
    let (events, feed) = AsyncStream.makeStream(of: AppEvent.self)
    let shown = Task {
      for await event in events {
        switch event {
        case .progress(let label, let done, let total, let note, let fraction, let secondsLeft):
          await progress.update(
            label, done: done, total: total, note: note, fraction: fraction,
            secondsLeft: secondsLeft)
        case .ended: await progress.finish()
        case .message(let text): await progress.message(text)
        }
      }
      await progress.finish()
    }
    let result: Value
    do {
      result = try await work { feed.yield($0) }
    } catch {
      feed.finish()
      await shown.value
      throw error
    }
    feed.finish()
    await shown.value
    return result
  }

  /// Progress goes to standard error, so that results can be piped.
  private static func progress() -> ProgressWriter {
    let target: ProgressWriter.Target =
      errorIsTerminal ? .terminal(width: width, style: style(terminal: true)) : .lines
    return ProgressWriter(
      target: target, now: { ProcessInfo.processInfo.systemUptime },
      write: { mutter($0) })
  }
}
