import Synchronization

/// What one call of `encode` works with: the memory of pieces, and arrays that are used again.
struct EncodingState: Sendable {
  var cache = PieceCache()
  var symbols: [Int32] = []
  var ranks: [Int32] = []
  var results: [Int32] = []
}

/// States that no call is using, so that several threads can encode without waiting.
final class EncodingStates: Sendable {
  private let idle = Mutex<[EncodingState]>([])

  /// Lends a state to a call.
  func with<Result>(_ body: (inout EncodingState) -> Result) -> Result {
    var state = idle.withLock { $0.popLast() } ?? EncodingState()
    let result = body(&state)
    idle.withLock { $0.append(state) }
    return result
  }
}
