import Dispatch
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
    let sources = interruption.watch()
    defer { for source in sources { source.cancel() } }
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

  private func watch() -> [any DispatchSourceSignal] {
    // Whoever started the program under nohup wants it to outlive its terminal.
    var hangUp = sigaction()
    sigaction(SIGHUP, nil, &hangUp)
    let isDeaf = hangUp.isIgnored
    // Of its own, so that no work of the program keeps it waiting.
    let queue = DispatchQueue(label: "nosce.signals", qos: .userInteractive)
    return ([SIGINT, SIGTERM] + (isDeaf ? [] : [SIGHUP])).map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { self.arrived() }
      source.resume()
      return source
    }
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
