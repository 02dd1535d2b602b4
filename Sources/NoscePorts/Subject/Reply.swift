import NosceCore

/// Why a completion ended.
package enum FinishReason: String, Codable, Sendable {
  case stop, length, refusal
}

/// What a subject wrote in answer to a request, without the prefill.
///
/// A zero byte is no text, and SQLite ends a text at one, so that what follows would be graded and not
/// kept: it becomes U+FFFD, as other bytes that are no text.
package struct Completion: Sendable, Hashable {
  package var text: String
  package var tokenCount: Int
  package var finish: FinishReason

  package init(text: String, tokenCount: Int, finish: FinishReason) {
    self.text = text.utf8.contains(0) ? Self.withoutZeros(text) : text
    self.tokenCount = tokenCount
    self.finish = finish
  }

  private static func withoutZeros(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: text.unicodeScalars.lazy.map { $0 == "\0" ? "\u{FFFD}" : $0 })
    return String(scalars)
  }
}

/// How likely a subject finds one given answer.
package struct AnswerScore: Sendable, Hashable {
  package var answer: String
  /// The sum over the answer's tokens, in nats; nil where it is not known, as for a text outside
  /// the likeliest that an endpoint names. Not known is not zero.
  package var logProbability: Double?
  package var tokenCount: Int

  package init(answer: String, logProbability: Double?, tokenCount: Int) {
    self.answer = answer
    self.logProbability = logProbability
    self.tokenCount = tokenCount
  }
}

/// What a reply rests on.
package enum Evidence: Sendable, Hashable {
  /// The log-probabilities of the given texts themselves.
  case exact
  /// The so many likeliest tokens, as endpoints name them.
  case top(Int)
  /// Answers that were drawn.
  case sampled

  /// As it is stored and shown.
  package var text: String {
    switch self {
    case .exact: "exact"
    case .top(let count): "top-\(count)"
    case .sampled: "sampled"
    }
  }

  package init?(text: String) {
    switch text {
    case "exact": self = .exact
    case "sampled": self = .sampled
    default:
      guard text.hasPrefix("top-"), let count = Int(text.dropFirst(4)), count > 0 else {
        return nil
      }
      self = .top(count)
    }
  }
}

/// What came back for one request of a batch.
package struct Reply: Sendable, Hashable {
  package enum Content: Sendable, Hashable {
    case completion(Completion)
    /// In the order of the request's texts.
    case scores([AnswerScore])
  }

  /// The place of the request in its batch.
  package var index: Int
  package var content: Content
  package var evidence: Evidence

  package init(index: Int, content: Content, evidence: Evidence) {
    self.index = index
    self.content = content
    self.evidence = evidence
  }

  package static func sampled(_ index: Int, _ completion: Completion) -> Reply {
    Reply(index: index, content: .completion(completion), evidence: .sampled)
  }
}
