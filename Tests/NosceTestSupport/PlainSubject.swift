import NosceCore
import NoscePorts

/// A subject that answers one request after the other, at once.
package protocol PlainSubject: Subject {
  func complete(_ request: SampleRequest) throws -> Completion
  func score(_ request: ScoreRequest) throws -> [AnswerScore]
}

extension PlainSubject {
  package func answer(_ requests: [SubjectRequest]) -> AsyncThrowingStream<Reply, any Error> {
    AsyncThrowingStream { replies in
      do {
        for (index, request) in requests.enumerated() {
          try Task.checkCancellation()
          switch request {
          case .sample(let request): replies.yield(.sampled(index, try complete(request)))
          case .score(let request):
            replies.yield(
              Reply(index: index, content: .scores(try score(request)), evidence: .exact))
          }
        }
        replies.finish()
      } catch {
        replies.finish(throwing: error)
      }
    }
  }
}
