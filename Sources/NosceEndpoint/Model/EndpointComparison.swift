import Foundation
import NosceCore
import NosceFormats
import NoscePorts

/// How far what an endpoint says of given texts, or of the likeliest next tokens where it says no more, is
/// from what a model of the same files says here.
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

  /// Refuses a model here that does not say how likely any text is. Of an endpoint that says nothing of
  /// probabilities nothing is compared.
  package init(of endpoint: EndpointModel, with local: any ModelProvider) async throws {
    guard local.capabilities.scoring == .exact else {
      throw LabError(
        .backend,
        "\(local.identity.summary): found no exact log-probabilities to compare with; allowed: a model "
          + "with them")
    }
    let here = try await local.open(nil)
    differences =
      switch endpoint.capabilities.scoring {
      case .exact: try await Self.texts(try await endpoint.open(nil), here)
      case .top: try await Self.likeliest(endpoint, here)
      case .drawn, .none: []
      }
  }

  private static func texts(
    _ there: any Subject, _ here: any Subject
  ) async throws -> [Difference] {
    var differences: [Difference] = []
    for asked in asked {
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
    return differences
  }

  /// The first tokens of answers that are not begun: those that are whole texts, and one token here as
  /// well. A token that means something else to either side differs by far.
  private static func likeliest(
    _ endpoint: EndpointModel, _ here: any Subject
  ) async throws -> [Difference] {
    let reader = PromptReader(
      client: endpoint.client, model: endpoint.client.endpoint.model,
      features: endpoint.probed.features, isKept: false)
    var differences: [Difference] = []
    for asked in asked where asked.prefill == nil {
      var query = ChatQuery(model: reader.model, chat: asked.chat, end: .answer)
      query.top = reader.features.top
      let tokens = (try await reader.answer(to: query).choices.first?.top?.first ?? [])
        .filter { token in
          token.text.contains { $0.isLetter || $0.isNumber } && !token.text.contains("\u{FFFD}")
        }
      let texts = tokens.map(\.text)
      guard !texts.isEmpty,
        case .scores(let scores)? = try await here.replies(
          to: [.score(ScoreRequest(chat: asked.chat, texts: texts))]
        ).first?.content
      else { continue }
      for (token, score) in zip(tokens, scores) where score.tokenCount == 1 {
        guard let value = score.logProbability else { continue }
        differences.append(Difference(text: token.text, here: value, there: token.logProbability))
      }
    }
    return differences
  }

  /// The largest difference; nil where nothing is known.
  package var largest: Double? { differences.compactMap(\.nats).max() }
}
