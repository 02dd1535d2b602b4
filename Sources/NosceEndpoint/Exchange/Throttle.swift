import Synchronization

/// How many requests may be under way at a time, found out as one goes: one more for each round that
/// goes well, half as many where the server has too much to do.
package final class Throttle: Sendable {
  private struct State {
    var limit: Double
    var underWay = 0
    /// Counts the halvings: what was sent before the last one says nothing new.
    var era = 0
    var nextNumber = 0
    var waiting: [(number: Int, continuation: CheckedContinuation<Int?, Never>)] = []
    var most = 0
  }

  private let least: Double
  private let most: Double
  private let state: Mutex<State>

  package init(_ concurrency: EndpointSettings.Concurrency) {
    least = Double(concurrency.least)
    most = Double(concurrency.most)
    state = Mutex(State(limit: min(most, max(least, 8))))
  }

  /// What may be under way now.
  package var limit: Int { state.withLock { Int($0.limit) } }
  /// The most that ever was.
  package var peak: Int { state.withLock(\.most) }

  /// Waits for a place, and returns what ``leave(_:_:)`` wants to know.
  func enter() async throws(ExchangeFault) -> Int {
    let number = state.withLock { state in
      state.nextNumber += 1
      return state.nextNumber
    }
    let era = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Int?, Never>) in
        let now: Int?? = state.withLock { state in
          if Task.isCancelled { return .some(nil) }
          if Double(state.underWay) < state.limit.rounded(.down), state.waiting.isEmpty {
            Self.admit(&state)
            return state.era
          }
          state.waiting.append((number, continuation))
          return nil
        }
        if let now { continuation.resume(returning: now) }
      }
    } onCancel: {
      let continuation = state.withLock { state in
        state.waiting.firstIndex { $0.number == number }
          .map { state.waiting.remove(at: $0).continuation }
      }
      continuation?.resume(returning: nil)
    }
    guard let era else { throw ExchangeFault(.cancelled, "a stop") }
    return era
  }

  /// Gives the place back.
  ///
  /// - Parameters:
  ///   - era: from ``enter()``.
  ///   - isOverload: whether the server had too much to do; nil where that is not known.
  func leave(_ era: Int, isOverload: Bool?) {
    let admitted = state.withLock { state in
      state.underWay -= 1
      switch isOverload {
      case true? where era == state.era:
        state.limit = max(least, state.limit / 2)
        state.era += 1
      case false?: state.limit = min(most, state.limit + 1 / state.limit)
      default: break
      }
      var admitted: [(CheckedContinuation<Int?, Never>, Int)] = []
      while !state.waiting.isEmpty, Double(state.underWay) < state.limit.rounded(.down) {
        Self.admit(&state)
        admitted.append((state.waiting.removeFirst().continuation, state.era))
      }
      return admitted
    }
    for (continuation, era) in admitted { continuation.resume(returning: era) }
  }

  private static func admit(_ state: inout State) {
    state.underWay += 1
    state.most = max(state.most, state.underWay)
  }
}
