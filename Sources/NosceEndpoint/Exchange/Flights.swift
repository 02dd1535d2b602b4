import Synchronization

/// What is being asked at the moment, so that the same is not asked twice at a time.
final class Flights<Key: Hashable & Sendable>: Sendable {
  private let waiting = Mutex<[Key: [CheckedContinuation<Void, Never>]]>([:])

  /// Whether it is this caller who asks. Otherwise another one did, and is done when this returns.
  func begin(_ key: Key) async -> Bool {
    let isFirst = waiting.withLock { waiting in
      if waiting[key] != nil { return false }
      waiting[key] = []
      return true
    }
    if isFirst { return true }
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      let isOver = waiting.withLock { waiting in
        guard waiting[key] != nil else { return true }
        waiting[key]?.append(continuation)
        return false
      }
      if isOver { continuation.resume() }
    }
    return false
  }

  func end(_ key: Key) {
    let continuations = waiting.withLock { $0.removeValue(forKey: key) ?? [] }
    for continuation in continuations { continuation.resume() }
  }
}
