import Foundation
import NosceCore
import NoscePorts

/// A subject that says what it is told to say.
package struct Puppet: PlainSubject {
  /// What it writes, given the request.
  package var writes: @Sendable (SampleRequest) -> String
  /// The probability of a text, given the chat.
  package var probability: @Sendable (String, Chat) -> Double

  package init(
    writes: @escaping @Sendable (SampleRequest) -> String = { _ in "words" },
    probability: @escaping @Sendable (String, Chat) -> Double = { _, _ in 0.1 }
  ) {
    self.writes = writes
    self.probability = probability
  }

  package func complete(_ request: SampleRequest) throws -> Completion {
    Completion(text: writes(request), tokenCount: 1, finish: .stop)
  }

  package func score(_ request: ScoreRequest) throws -> [AnswerScore] {
    request.texts.map {
      AnswerScore(
        answer: $0, logProbability: log(probability($0, request.chat)), tokenCount: 1)
    }
  }
}
