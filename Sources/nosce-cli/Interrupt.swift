import Dispatch
import Foundation

/// Ctrl-C (or SIGTERM) from the moment on at which this is made.
///
/// A signal that arrives before there is anything to stop stops what begins next, so that nothing
/// that was already written down is lost to it.
struct Interrupt {
  private let sources: [any DispatchSourceSignal]
  private let arrivals: AsyncStream<Void>

  init() {
    let (arrivals, feed) = AsyncStream.makeStream(of: Void.self)
    self.arrivals = arrivals
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { feed.yield() }
      source.resume()
      return source
    }
  }

  /// Runs work that the signals stop cleanly, by cancelling its task. Serves once.
  func stopping<T: Sendable>(
    _ work: @escaping @Sendable () async throws -> T
  ) async throws -> T {
    let task = Task { try await work() }
    let arrivals = arrivals
    let watch = Task { for await _ in arrivals { task.cancel() } }
    defer {
      watch.cancel()
      for source in sources { source.cancel() }
    }
    return try await task.value
  }
}

/// Runs work that Ctrl-C (or SIGTERM) stops cleanly, by cancelling its task.
func stoppable<T: Sendable>(_ work: @escaping @Sendable () async throws -> T) async throws -> T {
  try await Interrupt().stopping(work)
}
