import NosceCore
import NoscePorts
import NosceTestSupport
import Synchronization
import Testing

@Suite("A subject that remembers its scores")
struct RememberingSubjectTests {
  /// Counts what it is asked for.
  private final class Counting: Subject {
    private let evidence: Evidence
    let asked = Mutex<[SubjectRequest]>([])

    init(_ evidence: Evidence = .exact) { self.evidence = evidence }

    func answer(_ requests: [SubjectRequest]) -> AsyncThrowingStream<Reply, any Error> {
      let first = asked.withLock { asked in
        asked += requests
        return asked.count
      }
      return AsyncThrowingStream { stream in
        for (index, request) in requests.enumerated().reversed() {
          switch request {
          case .sample(let request):
            let text = "\(request.seed) \(first)"
            stream.yield(
              .sampled(index, Completion(text: text, tokenCount: 1, finish: .stop)))
          case .score(let request):
            let scores = request.texts.map {
              AnswerScore(answer: $0, logProbability: -Double($0.utf8.count), tokenCount: 1)
            }
            stream.yield(Reply(index: index, content: .scores(scores), evidence: evidence))
          }
        }
        stream.finish()
      }
    }
  }

  private static func score(_ texts: String...) -> SubjectRequest {
    .score(ScoreRequest(chat: [ChatMessage(.user, "Which?")], texts: texts))
  }

  private static func sample(_ seed: UInt64) -> SubjectRequest {
    .sample(
      SampleRequest(
        chat: [ChatMessage(.user, "Say.")], temperature: 1, maximumTokens: 3, seed: seed))
  }

  @Test("The same texts behind the same words are asked once, and replies keep their places")
  func once() async throws {
    let subject = Counting()
    let remembering = RememberingSubject(subject)
    let first = try await remembering.replies(to: [Self.score("a"), Self.score("bb", "c")])
    let again = try await remembering.replies(
      to: [Self.score("ccc"), Self.score("bb", "c"), Self.sample(1), Self.score("a")])
    #expect(again[1].content == first[1].content && again[3].content == first[0].content)
    #expect(again.map(\.index) == [0, 1, 2, 3])
    #expect(subject.asked.withLock { $0.count } == 4)
    // Nothing is left to be asked for.
    let known = try await remembering.replies(to: [Self.score("a"), Self.score("a")])
    #expect(known.map(\.content) == [first[0].content, first[0].content])
    #expect(subject.asked.withLock { $0.count } == 4)
  }

  @Test("Samples and what is not exact are asked for as ever")
  func others() async throws {
    let subject = Counting(.top(20))
    let remembering = RememberingSubject(subject)
    for _ in 0..<2 {
      _ = try await remembering.replies(to: [Self.sample(1), Self.score("a")])
    }
    #expect(subject.asked.withLock { $0.count } == 4)
  }

  @Test("The oldest are forgotten first")
  func limit() async throws {
    let subject = Counting()
    let remembering = RememberingSubject(subject, limit: 2)
    for text in ["a", "b", "c", "b", "c", "a", "a", "c", "b"] {
      _ = try await remembering.replies(to: [Self.score(text)])
    }
    // a b c, a in the place of b, b in the place of c
    #expect(subject.asked.withLock { $0 } == ["a", "b", "c", "a", "b"].map { Self.score($0) })
  }

  @Test("A reply that nobody waits for is an error")
  func stray() async throws {
    struct Stray: Subject {
      func answer(_ requests: [SubjectRequest]) -> AsyncThrowingStream<Reply, any Error> {
        AsyncThrowingStream { stream in
          stream.yield(Reply(index: 7, content: .scores([]), evidence: .exact))
          stream.finish()
        }
      }
    }
    await #expect(throws: LabError.self) {
      try await RememberingSubject(Stray()).replies(to: [Self.score("a")])
    }
  }
}
