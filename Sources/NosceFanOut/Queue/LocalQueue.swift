import Foundation
import NosceCore
import Synchronization

/// Carries out lines on this machine, so many at a time, by the same script that a queue starts.
package struct LocalQueue: Sendable {
  package let fanOut: FanOutFolder
  package let lanes: Int

  package init(_ fanOut: FanOutFolder, lanes: Int) {
    self.fanOut = fanOut
    self.lanes = max(1, lanes)
  }

  /// Starts each line and waits for it. Cancelling the task tells those under way to end what they do.
  ///
  /// - Parameter ended: called with each line and its exit code.
  package func run(
    _ lines: [Int], ended: @escaping @Sendable (Int, Int32) -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      var waiting = lines.makeIterator()
      func startNext() {
        guard let line = waiting.next() else { return }
        group.addTask { ended(line, try await carryOut(line)) }
      }
      for _ in 0..<lanes { startNext() }
      while try await group.next() != nil {
        try Task.checkCancellation()
        startNext()
      }
    }
    try Task.checkCancellation()
  }

  private func carryOut(_ line: Int) async throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["bash", fanOut.script.path, "\(line)"]
    process.standardInput = FileHandle.nullDevice
    let running = Running(process)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        running.start(continuation)
      }
    } onCancel: {
      running.stop()
    }
  }
}

/// A started program that can be told to end from anywhere.
///
/// `@unchecked Sendable`: the process is touched under the lock alone, but for its own callback, which
/// reads the status of a process that has ended.
private final class Running: @unchecked Sendable {
  private let process: Process
  private let isStopped = Mutex(false)

  init(_ process: Process) { self.process = process }

  func start(_ continuation: CheckedContinuation<Int32, any Error>) {
    isStopped.withLock { isStopped in
      if isStopped { return continuation.resume(throwing: CancellationError()) }
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do {
        try process.startHearingSignals("bash")
      } catch {
        process.terminationHandler = nil
        continuation.resume(throwing: error)
      }
    }
  }

  func stop() {
    isStopped.withLock { isStopped in
      isStopped = true
      if process.isRunning { process.terminate() }
    }
  }
}
