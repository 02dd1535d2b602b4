import NosceEngine
import Synchronization

/// Something that happens to one of the answers of a request.
enum AnswerEvent: Sendable {
  /// The prompt's own tokens, where they were asked for.
  case read(Int, [TokenReport])
  case drew(Int, Int32, TokenReport?)
  /// With the report of the token that ended it, where that was one.
  case ended(Int, SampledSequence.Finish, TokenReport?)
  case failed(EngineError)
  /// Nothing has happened for a while, and the connection is to be kept.
  case silence
  /// The time for the request is over.
  case late
}

/// The answers of one request that are being written.
struct OpenAnswers: Sendable {
  let events: AsyncStream<AnswerEvent>
  /// When the time for the request is over.
  let end: ContinuousClock.Instant
  private let listeners: [AnswerListener]
  private let feed: AsyncStream<AnswerEvent>.Continuation

  /// - Parameters:
  ///   - slots: gives back a place for each answer when the engine is done with it, or it is given up.
  ///   - silence: how long it may be silent before that is told.
  init(count: Int, slots: AnswerSlots, limit: Duration, silence: Duration = .seconds(15)) {
    let (events, feed) = AsyncStream.makeStream(of: AnswerEvent.self)
    self.events = events
    self.feed = feed
    let end = ContinuousClock.now + limit
    self.end = end
    let listeners = (0..<count).map { AnswerListener(index: $0, feed: feed, slots: slots) }
    self.listeners = listeners
    let timer = Task {
      while !Task.isCancelled {
        let left = end - .now
        if left <= .zero {
          // Whoever follows the answers may be waiting for a client that reads no longer.
          for listener in listeners { listener.leave() }
          feed.yield(.late)
          return
        }
        try? await Task.sleep(for: min(silence, left))
        if !Task.isCancelled, .now < end { feed.yield(.silence) }
      }
    }
    feed.onTermination = { _ in
      timer.cancel()
      for listener in listeners { listener.leave() }
    }
  }

  func listener(_ index: Int) -> any SamplingListener { listeners[index] }

  /// Gives up one answer.
  func leave(_ index: Int) { listeners[index].leave() }

  /// Gives up whatever still runs.
  func close() { feed.finish() }
}

/// How many answers a model may have under way.
final class AnswerSlots: Sendable {
  let limit: Int
  private let taken = Atomic<Int>(0)

  init(limit: Int) { self.limit = limit }

  var count: Int { taken.load(ordering: .relaxed) }

  /// Takes so many at once, or none.
  func take(_ count: Int) -> Bool {
    let before = taken.add(count, ordering: .relaxed).oldValue
    if before + count <= limit { return true }
    taken.subtract(count, ordering: .relaxed)
    return false
  }

  func giveBack() { taken.subtract(1, ordering: .relaxed) }
}

/// Passes what the engine says of one answer on. Its place is given back when the answer is given up, and
/// else when nobody holds it any longer, which is when the engine has dropped it.
private final class AnswerListener: SamplingListener {
  private let index: Int
  private let feed: AsyncStream<AnswerEvent>.Continuation
  private let slots: AnswerSlots
  private let hasLeft = Atomic<Bool>(false)

  init(index: Int, feed: AsyncStream<AnswerEvent>.Continuation, slots: AnswerSlots) {
    self.index = index
    self.feed = feed
    self.slots = slots
  }

  deinit {
    if !isGone { slots.giveBack() }
  }

  var isGone: Bool { hasLeft.load(ordering: .relaxed) }
  func leave() {
    if !hasLeft.exchange(true, ordering: .relaxed) { slots.giveBack() }
  }

  func read(_ reports: [TokenReport]) { feed.yield(.read(index, reports)) }
  func drew(_ token: Int32, _ report: TokenReport?) { feed.yield(.drew(index, token, report)) }
  func ended(_ finish: SampledSequence.Finish, _ stop: TokenReport?) {
    feed.yield(.ended(index, finish, stop))
  }
  func failed(_ error: EngineError) { feed.yield(.failed(error)) }
}
