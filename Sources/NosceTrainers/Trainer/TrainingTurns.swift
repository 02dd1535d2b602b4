import Foundation

/// Lets so many through at a time; the others wait in the order in which they came.
actor TrainingTurns {
  private typealias Waiter = CheckedContinuation<Void, any Error>

  private var free: Int
  private var waiting: [(id: UUID, waiter: Waiter)] = []

  init(count: Int) { free = max(1, count) }

  /// Returns when it is the caller's turn, who then calls ``give()`` once.
  ///
  /// - Throws: `CancellationError` where the task is cancelled while it waits.
  func take() async throws {
    try Task.checkCancellation()
    if free > 0 {
      free -= 1
      return
    }
    let id = UUID()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (waiter: Waiter) in
        if Task.isCancelled {
          waiter.resume(throwing: CancellationError())
        } else {
          waiting.append((id, waiter))
        }
      }
    } onCancel: {
      Task { await self.leave(id) }
    }
  }

  func give() {
    if waiting.isEmpty {
      free += 1
    } else {
      waiting.removeFirst().waiter.resume()
    }
  }

  private func leave(_ id: UUID) {
    guard let place = waiting.firstIndex(where: { $0.id == id }) else { return }
    waiting.remove(at: place).waiter.resume(throwing: CancellationError())
  }
}
