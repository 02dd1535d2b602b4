import NosceCore
import Synchronization

/// A subject that is not asked twice for the same exact log-probabilities.
///
/// Every subject of a run is held against what base gives the same texts behind the same words, which is
/// the same each time. Samples, and log-probabilities that were not exact, are asked for as ever.
package struct RememberingSubject: Subject {
  private let subject: any Subject
  private let memory: Memory

  /// - Parameter limit: how many requests are remembered; the oldest are forgotten first.
  package init(_ subject: any Subject, limit: Int = 4096) {
    self.subject = subject
    memory = Memory(limit: limit)
  }

  package func answer(_ requests: [SubjectRequest]) -> AsyncThrowingStream<Reply, any Error> {
    guard requests.contains(where: { if case .score = $0 { true } else { false } }) else {
      return subject.answer(requests)
    }
    let known = requests.indices.compactMap { index in memory.reply(to: requests[index], index) }
    let places = Set(requests.indices).subtracting(known.map(\.index)).sorted()
    let (stream, continuation) = AsyncThrowingStream<Reply, any Error>.makeStream()
    for reply in known { continuation.yield(reply) }
    if places.isEmpty {
      continuation.finish()
      return stream
    }
    let task = Task {
      do {
        for try await var reply in subject.answer(places.map { requests[$0] }) {
          guard places.indices.contains(reply.index) else {
            throw LabError(
              .backend,
              "the model's reply: found one to request \(reply.index + 1); allowed: one for each of "
                + "\(places.count) requests")
          }
          reply.index = places[reply.index]
          memory.keep(reply, to: requests[reply.index])
          continuation.yield(reply)
        }
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
      }
    }
    continuation.onTermination = { _ in task.cancel() }
    return stream
  }

  /// What was given before.
  private final class Memory: Sendable {
    private struct Kept {
      var replies: [ScoreRequest: Reply] = [:]
      /// In the order in which they came, from the place on that is forgotten next.
      var order: [ScoreRequest] = []
      var next = 0
    }

    private let limit: Int
    private let kept = Mutex(Kept())

    init(limit: Int) { self.limit = limit }

    func reply(to request: SubjectRequest, _ index: Int) -> Reply? {
      guard case .score(let request) = request,
        var reply = kept.withLock({ $0.replies[request] })
      else { return nil }
      reply.index = index
      return reply
    }

    func keep(_ reply: Reply, to request: SubjectRequest) {
      guard case .score(let request) = request, case .scores = reply.content,
        reply.evidence == .exact
      else { return }
      kept.withLock { kept in
        guard kept.replies.updateValue(reply, forKey: request) == nil else { return }
        if kept.order.count < limit {
          kept.order.append(request)
        } else {
          kept.replies[kept.order[kept.next]] = nil
          kept.order[kept.next] = request
          kept.next = (kept.next + 1) % limit
        }
      }
    }
  }
}
