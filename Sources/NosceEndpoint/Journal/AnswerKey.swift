import Foundation
import NosceCore

/// What an answer is kept under: the hash of exactly what was sent, and to which version of a server.
package struct AnswerKey: Sendable, Hashable {
  package let text: String

  /// - Parameters:
  ///   - generation: what the server says of its own version, and whose books it is on; two servers at
  ///     one place that are not the same never share an answer.
  ///   - repetition: tells apart requests that are the same and are to be answered anew.
  package init(
    method: String, url: String, generation: String, repetition: Int = 0, body: Data
  ) {
    var bytes = Data("\(method) \(url)\n\(generation)\n\(repetition)\n".utf8)
    bytes.append(body)
    text = ContentHash.of(bytes)
  }
}

/// An answer as it is kept.
package struct KeptAnswer: Sendable, Hashable {
  package var key: AnswerKey
  /// The model that was asked for.
  package var model: String
  /// The bytes of the reply.
  package var body: Data
  package var usage: TokenUsage
  /// What the server calls the configuration that answered.
  package var fingerprint: String?
}
