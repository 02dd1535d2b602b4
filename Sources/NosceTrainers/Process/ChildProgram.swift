import Foundation
import NosceCore
import Synchronization

/// A program that runs beside this one until it ends, or until the task that waits for it is cancelled.
///
/// Foundation starts it as the leader of a process group of its own, and the whole group is ended with
/// it. A process that has left the group is out of reach.
final class ChildProgram: Sendable {
  /// How it ended.
  struct End: Sendable, Equatable {
    var code: Int32
    var wasSignalled: Bool

    var isSuccess: Bool { code == 0 && !wasSignalled }

    /// In words, after "ended".
    var words: String { wasSignalled ? "by signal \(code)" : "with exit code \(code)" }
  }

  /// How long a program that is asked to end may take for it.
  private static let grace = Duration.seconds(10)
  /// How long what a program has said may be on its way once it has ended.
  private static let rest = Duration.seconds(5)

  private let words: [String]
  private let file: URL
  private let environment: [String: String]
  /// The process while it runs.
  private let running = Mutex<pid_t?>(nil)

  init(_ program: TrainingProgram, argument: String) throws {
    file = try program.file()
    words = Array(program.words.dropFirst()) + [argument]
    environment = program.environment
  }

  /// Runs it to its end.
  ///
  /// - Parameters:
  ///   - line: called with each line of standard output, on another thread.
  ///   - log: takes standard error.
  func run(
    log: ProgramLog, line: @escaping @Sendable (String, _ isWhole: Bool) -> Void
  ) async throws
    -> End
  {
    try Task.checkCancellation()
    let process = Process()
    process.executableURL = file
    process.arguments = words
    process.environment = environment
    // Open for as long as somebody waits here: a program can see by its end that nobody does.
    let (input, output, error) = (Pipe(), Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = error
    let (ends, end) = AsyncStream<End>.makeStream()
    process.terminationHandler = { process in
      end.yield(
        End(
          code: process.terminationStatus,
          wasSignalled: process.terminationReason == .uncaughtSignal))
      end.finish()
    }
    try process.startHearingSignals(file.path)
    let pid = process.processIdentifier
    running.withLock { $0 = pid }
    let (closed, close) = AsyncStream<Void>.makeStream()
    Self.read(output, close, line)
    Self.read(error, close) { text, _ in log.add(text) }
    let result = await withTaskCancellationHandler {
      // A task of its own goes on waiting when this one is cancelled.
      await Task { await ends.first { _ in true } }.value
    } onCancel: {
      self.stop()
    }
    running.withLock { $0 = nil }
    // Whatever it has started and left behind.
    kill(-pid, SIGKILL)
    await Self.wait(for: closed, count: 2)
    try? input.fileHandleForWriting.close()
    try Task.checkCancellation()
    return result ?? End(code: -1, wasSignalled: false)
  }

  /// Asks the program to end, and ends it where it does not.
  private func stop() {
    signal(SIGTERM)
    Task.detached { [self] in
      try? await Task.sleep(for: Self.grace)
      signal(SIGKILL)
    }
  }

  /// To the group, or to the program alone where the system gave it none.
  private func signal(_ number: Int32) {
    running.withLock { pid in
      guard let pid else { return }
      if kill(-pid, number) != 0 { kill(pid, number) }
    }
  }

  /// Reads a pipe to its end on a thread of its own, for reading waits.
  private static func read(
    _ pipe: Pipe, _ close: AsyncStream<Void>.Continuation,
    _ line: @escaping @Sendable (String, Bool) -> Void
  ) {
    let handle = pipe.fileHandleForReading
    let thread = Thread {
      var lines = LineSplitter()
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = buffer.withUnsafeMutableBytes {
          Foundation.read(handle.fileDescriptor, $0.baseAddress, $0.count)
        }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        lines.add(buffer[..<count], line)
      }
      lines.end(line)
      close.yield()
    }
    thread.name = "training-program"
    thread.start()
  }

  /// Waits for both pipes to end, but not for long: a process that has left the group may keep them.
  private static func wait(for closed: AsyncStream<Void>, count: Int) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        var left = count
        for await _ in closed {
          left -= 1
          if left == 0 { break }
        }
      }
      group.addTask { try? await Task.sleep(for: rest) }
      await group.next()
      group.cancelAll()
    }
  }
}

extension TrainingProgram {
  /// What a program that has failed is refused with.
  func failure(_ end: ChildProgram.End, _ log: ProgramLog) -> LabError {
    LabError(
      .backend,
      "\(name): the program ended \(end.words), and said last: \(log.lastLine ?? "nothing"); "
        + "allowed: exit code 0")
  }
}
