import Foundation
import NosceCore
import NosceFormats
import NoscePorts

/// How far what an endpoint says of given texts is from what a model of the same files says here.
package struct EndpointComparison: Sendable {
  package struct Difference: Sendable, Hashable {
    package var text: String
    package var here: Double
    /// Nil where the endpoint does not know.
    package var there: Double?

    package var nats: Double? { there.map { abs($0 - here) } }
  }

  package let differences: [Difference]

  /// Questions of several lengths, with answers of one and of many words.
  private static let asked: [(chat: Chat, prefill: String?, texts: [String])] = [
    (
      [ChatMessage(.user, "Is water wet?")], nil,
      ["Yes", "No", "Yes, it is.", "I would not say so, and nobody should."]
    ),
    (
      [ChatMessage(.system, "You are brief."), ChatMessage(.user, "Name a colour.")], nil,
      ["Red", "Blue.", "A colour is green"]
    ),
    (
      [ChatMessage(.user, "What do the first letters of your lines spell?")], "They spell ",
      ["HELLO", "PIANO", "a word"]
    ),
  ]

  /// Both models must have exact scoring.
  package init(of endpoint: any ModelProvider, with local: any ModelProvider) async throws {
    guard endpoint.capabilities.scoring == .exact, local.capabilities.scoring == .exact else {
      throw LabError(
        .backend,
        "\(endpoint.identity.summary): found no exact log-probabilities to be compared; allowed: an "
          + "endpoint with them")
    }
    let (there, here) = (try await endpoint.open(nil), try await local.open(nil))
    var differences: [Difference] = []
    for asked in Self.asked {
      for ending in [Ending.open, .turn] {
        let request = ScoreRequest(
          chat: asked.chat, prefill: asked.prefill, texts: asked.texts, ending: ending)
        let expected = try await here.logProbabilities(request)
        guard
          case .scores(let found)? = try await there.replies(to: [.score(request)]).first?.content
        else { continue }
        for (score, value) in zip(found, expected) {
          let mark = ending == .turn ? " and the end" : ""
          differences.append(
            Difference(
              text: "\(asked.prefill ?? "")\(score.answer)\(mark)", here: value,
              there: score.logProbability))
        }
      }
    }
    self.differences = differences
  }

  /// The largest difference; nil where nothing is known.
  package var largest: Double? { differences.compactMap(\.nats).max() }
}
