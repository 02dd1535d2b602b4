import Foundation
import NosceCore
import NoscePorts

/// The log-probabilities of given texts, as far as they can be read off the likeliest next tokens.
///
/// Where the beginning of a text is among them, the rest is asked for behind it, if answers can be
/// begun. What is not among them is unknown, and not zero; ``EndpointSubject`` asks again then.
struct TopScoring: Sendable {
  let reader: PromptReader

  /// Pieces that a text may have.
  private static let mostPieces = 40

  func scores(_ request: ScoreRequest) async throws -> [AnswerScore] {
    let lists = NextTokens(reader: reader, chat: request.chat, prefill: request.prefill ?? "")
    var scores: [AnswerScore] = []
    for text in request.texts {
      scores.append(try await score(text, request.ending, lists))
    }
    return scores
  }

  /// A number as one token, where the tokenizer has one for each of up to three digits, as is seen by one
  /// of two among the likeliest; nil where numbers may be written digit by digit.
  private func whole(_ number: String, _ lists: NextTokens) async throws -> AnswerScore? {
    guard number.count <= 3, let list = try await lists.behind("") else { return nil }
    let numbers = list.map { (text: $0.text.drop { $0.isWhitespace }, token: $0) }
      .filter { !$0.text.isEmpty && $0.text.allSatisfy(\.isWholeNumber) }
    guard numbers.contains(where: { $0.text.count > 1 }) else { return nil }
    let parts = numbers.filter { $0.text == number }.compactMap(\.token.logProbability)
    let value = parts.isEmpty ? nil : log(parts.reduce(0) { $0 + exp($1) })
    return AnswerScore(answer: number, logProbability: value, tokenCount: 1)
  }

  private func score(
    _ text: String, _ ending: Ending, _ lists: NextTokens
  ) async throws -> AnswerScore {
    let isNumber = text.allSatisfy(\.isWholeNumber)
    if ending == .number, isNumber, let score = try await whole(text, lists) { return score }
    var said = ""
    var rest = text[...]
    var sum = 0.0
    var count = 0
    let unknown = AnswerScore(answer: text, logProbability: nil, tokenCount: 0)
    while !rest.isEmpty {
      guard count < Self.mostPieces, let list = try await lists.behind(said) else { return unknown }
      // The longest piece is the one that a tokenizer makes.
      let found = list.filter { !$0.text.isEmpty && rest.hasPrefix($0.text) }
        .max { $0.text.count < $1.text.count }
      guard let found, let value = found.logProbability else { return unknown }
      said += found.text
      rest = rest.dropFirst(found.text.count)
      sum += value
      count += 1
    }
    switch ending {
    case .open: return AnswerScore(answer: text, logProbability: sum, tokenCount: count)
    case .turn: return unknown
    case .number:
      // Behind a word no digit makes it another one.
      if count == 1, !isNumber {
        return AnswerScore(answer: text, logProbability: sum, tokenCount: count)
      }
      let next = try await lists.behind(said)
      return AnswerScore(
        answer: text, logProbability: ExactScoring.barred(sum, next), tokenCount: count)
    }
  }
}

/// The likeliest tokens behind the beginnings of one answer, each asked for once.
private actor NextTokens {
  private let reader: PromptReader
  private let chat: Chat
  private let prefill: String
  private var known: [String: [TokenScore]] = [:]

  init(reader: PromptReader, chat: Chat, prefill: String) {
    self.reader = reader
    self.chat = chat
    self.prefill = prefill
  }

  /// Nil where answers cannot be begun.
  func behind(_ said: String) async throws -> [TokenScore]? {
    if let list = known[said] { return list }
    let words = prefill + said
    guard words.isEmpty || reader.features.goesOn else { return nil }
    var query = ChatQuery(
      model: reader.model, chat: chat, end: words.isEmpty ? .answer : .going(on: words))
    query.top = reader.features.top
    let list = try await reader.answer(to: query).choices.first?.top?.first ?? []
    known[said] = list
    return list
  }
}
