import Foundation
import NosceCore
import NoscePorts
import NosceRows

/// Whether an adapter that is served changes anything at all: servers were seen to ignore them.
///
/// The log-probability of a token cannot change by more than twice what the most changed logit does. So
/// half of the largest change that is seen is a lower bound of the change that the gate asks for. By how
/// much base is apart from itself, asked twice, is no change, and is taken away.
struct AdapterLiveness {
  let client: EndpointClient
  let features: EndpointFeatures

  private static let mostRows = 4

  /// Nil where the server says nothing by which it could be seen.
  func change(of adapter: String, rows: [TrainingRow]) async throws -> Double? {
    guard features.exact != nil || features.top > 0 else { return nil }
    var largest: Double?
    var noise = 0.0
    for row in rows.filter({ $0.chat != nil }).prefix(Self.mostRows) {
      guard let chat = row.chat, let last = chat.lastIndex(where: { $0.role == .assistant }) else {
        continue
      }
      let prompt = Array(chat[..<last])
      let own = try await values(adapter, prompt, chat[last].content)
      let base = try await values(client.endpoint.model, prompt, chat[last].content)
      let again = try await values(client.endpoint.model, prompt, chat[last].content, repetition: 1)
      noise = max(noise, Self.apart(base, again) ?? 0)
      largest = Self.apart(own, base).map { max(largest ?? 0, $0) } ?? largest
    }
    return largest.map { max(0, $0 - noise) }
  }

  /// Half of the largest difference, of what both name; nil where they name nothing in common.
  private static func apart(_ one: [String: Double], _ other: [String: Double]) -> Double? {
    one.compactMap { token, value in other[token].map { abs(value - $0) / 2 } }.max()
  }

  /// Log-probabilities by what they are of: the place and the token.
  private func values(
    _ model: String, _ chat: Chat, _ answer: String, repetition: Int = 0
  ) async throws -> [String: Double] {
    var reader = PromptReader(client: client, model: model, features: features)
    reader.repetition = repetition
    var values: [String: Double] = [:]
    if features.exact != nil {
      let prompt = try await reader.reading(chat, .going(on: answer)).prompt
      for (place, (id, value)) in zip(prompt.ids, prompt.logProbabilities).enumerated() {
        values["\(place) \(id)"] = value
      }
    } else {
      var query = ChatQuery(model: model, chat: chat)
      query.top = features.top
      for token in try await reader.answer(to: query).choices.first?.top?.first ?? [] {
        values[token.text] = token.logProbability
      }
    }
    return values
  }
}
