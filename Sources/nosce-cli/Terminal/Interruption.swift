import CNosceProcess
import Foundation
import Synchronization

/// Ctrl-C, SIGTERM and SIGHUP, for every verb in one place.
///
/// The first signal stops cleanly what asks for that (see ``cleanly(_:)``), by cancelling the task in
/// which the verb runs, and everything under it; a second one ends the program at once. A verb that
/// has nothing to keep is ended by the first.
final class Interruption: Sendable {
  private struct State {
    /// How many scopes that stop cleanly are open, one inside the other.
    var scopes = 0
    var isStopping = false
    var cancel: (@Sendable () -> Void)?
  }

  /// The one that the running verb belongs to.
  @TaskLocal private static var current: Interruption?

  private let state = Mutex(State())

  private init() {}

  /// Runs the work of the whole program, which the signals can stop.
  static func watching(_ work: @escaping @Sendable () async throws -> Void) async throws {
    let interruption = Interruption()
    try interruption.watch()
    let task = $current.withValue(interruption) { Task { try await work() } }
    interruption.state.withLock { $0.cancel = { task.cancel() } }
    try await task.value
  }

  /// Runs work that the first signal stops cleanly: it is cancelled, and ends with what it had.
  static func cleanly<Value: Sendable>(
    _ work: () async throws -> Value
  ) async throws -> Value {
    guard let current else { return try await work() }
    current.state.withLock { $0.scopes += 1 }
    defer { current.state.withLock { $0.scopes -= 1 } }
    return try await work()
  }

  /// Listens from the moment that this returns: a signal source of Dispatch is registered later, on
  /// another thread, and a signal that came before was lost on a busy machine.
  private func watch() throws {
    // Whoever started the program under nohup wants it to outlive its terminal.
    var hangUp = sigaction()
    sigaction(SIGHUP, nil, &hangUp)
    let isDeaf = hangUp.isIgnored
    guard nosce_signals_open() == 0 else { throw NoSignals(code: errno) }
    for number in [SIGINT, SIGTERM] + (isDeaf ? [] : [SIGHUP]) {
      guard nosce_signals_listen(number) == 0 else { throw NoSignals(code: errno) }
    }
    // A thread of its own, so that no work of the program keeps it waiting. It inherits that these
    // signals are not blocked.
    Thread.detachNewThread { while nosce_signals_wait() == 0 { self.arrived() } }
  }

  /// The system would not let the program hear Ctrl-C.
  private struct NoSignals: Error, CustomStringConvertible {
    var code: Int32
    var description: String { "Ctrl-C cannot be heard: \(String(cString: strerror(code)))" }
  }

  private func arrived() {
    let cancel: (@Sendable () -> Void)? = state.withLock { state in
      guard state.scopes > 0, !state.isStopping else { return nil }
      state.isStopping = true
      return state.cancel
    }
    guard let cancel else {
      // Nothing of the program is waited for: what is on the disk is whole.
      _exit(Ending.Code.interrupted.rawValue)
    }
    Console.complain("\nStopping after the step under way; once more ends at once.")
    cancel()
  }
}

extension sigaction {
  fileprivate var isIgnored: Bool {
    #if canImport(Glibc)
    unsafeBitCast(__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
    #else
    unsafeBitCast(__sigaction_u.__sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    #endif
  }
}
