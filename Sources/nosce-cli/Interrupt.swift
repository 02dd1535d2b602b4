import Dispatch
import Foundation

/// Runs work that Ctrl-C (or SIGTERM) stops cleanly, by cancelling its task.
func stoppable<T: Sendable>(_ work: @escaping @Sendable () async throws -> T) async throws -> T {
  let task = Task { try await work() }
  let sources = [SIGINT, SIGTERM].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler { task.cancel() }
    source.resume()
    return source
  }
  defer { for source in sources { source.cancel() } }
  return try await task.value
}
