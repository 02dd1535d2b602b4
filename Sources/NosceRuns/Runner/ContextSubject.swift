import NosceCore
import NosceExperiment
import NoscePorts

/// A subject that has other conversations in its context before each that it is asked in.
struct ContextSubject: Subject {
  let subject: any Subject
  let shown: [Chat]

  func answer(_ requests: [SubjectRequest]) -> AsyncThrowingStream<Reply, any Error> {
    subject.answer(requests.map { $0.behind(shown) })
  }
}

extension SubjectRequest {
  /// The same request behind other conversations.
  func behind(_ shown: [Chat]) -> SubjectRequest {
    switch self {
    case .sample(var request):
      request.chat = request.chat.behind(shown)
      return .sample(request)
    case .score(var request):
      request.chat = request.chat.behind(shown)
      return .score(request)
    }
  }
}

extension Chat {
  /// Behind other conversations, whose own system lines are left out.
  func behind(_ shown: [Chat]) -> Chat {
    var chat = self
    chat.insert(
      contentsOf: shown.joined().filter { $0.role != .system },
      at: first?.role == .system ? 1 : 0)
    return chat
  }
}
