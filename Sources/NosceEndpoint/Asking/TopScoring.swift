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

  /// What is found and cannot be settled may hold so much of the probability of a scale, and what is not
  /// found at all may.
  private static let mostOpen = 0.01
  /// A number is known to so many nats where what follows it is not named whole.
  private static let mostUnknown = 0.05
  /// Behind a beginning of less probability nothing more is asked.
  private static let least = 5e-4

  /// What is known of one text.
  private struct Reading {
    var score: AnswerScore
    /// What a text that is not known has at most, together with the others that begin in the same way.
    var left: (behind: String, mass: Double)?
    /// What was found of it, where it cannot be settled.
    var open: Double?
  }

  func scores(_ request: ScoreRequest) async throws -> [AnswerScore] {
    let lists = NextTokens(reader: reader, chat: request.chat, prefill: request.prefill ?? "")
    // Longer numbers begin as shorter ones do.
    let isShort = request.texts.allSatisfy { !$0.allSatisfy(\.isWholeNumber) || $0.count <= 3 }
    var readings: [Reading] = []
    for text in request.texts {
      let whole =
        request.ending == .number && isShort ? try await whole(text, lists) : nil
      if let whole {
        readings.append(whole)
      } else {
        readings.append(try await reading(text, request.ending, lists))
      }
    }
    if request.ending == .number { settle(&readings, isRating: request.isRating) }
    return readings.map(\.score)
  }

  /// Decides what the numbers of a scale are worth that are not known.
  ///
  /// Of a number that was found and cannot be told from a longer one, nothing is known; where that holds
  /// much, nothing is known of any. What is not among the likeliest at all has no more than the likeliest
  /// leave, which is shared out where it is next to nothing; in a rating it may stay unknown.
  private func settle(_ readings: inout [Reading], isRating: Bool) {
    let open = readings.compactMap(\.open).reduce(0, +)
    if open > Self.mostOpen {
      for place in readings.indices { readings[place].score.logProbability = nil }
      return
    }
    for place in readings.indices {
      if let mass = readings[place].open { readings[place].score.logProbability = log(mass) }
    }
    if isRating { return }
    let unknown = Dictionary(
      grouping: readings.indices.filter { readings[$0].left != nil },
      by: { readings[$0].left?.behind ?? "" })
    let left = unknown.values.reduce(0) { sum, places in
      sum + (places.first.flatMap { readings[$0].left?.mass } ?? 0)
    }
    guard open + left <= Self.mostOpen else { return }
    for places in unknown.values {
      for place in places {
        let mass = max(1e-12, readings[place].left?.mass ?? 0) / Double(places.count)
        readings[place].score.logProbability = log(mass)
      }
    }
  }

  /// A number as one token, where the tokenizer has one for each of up to three digits, as is seen by one
  /// of two among the likeliest; nil where numbers may be written digit by digit.
  private func whole(_ number: String, _ lists: NextTokens) async throws -> Reading? {
    guard number.allSatisfy(\.isWholeNumber), let list = try await lists.behind("") else {
      return nil
    }
    // With a blank before it and without, a number is two tokens that mean the same; twice the same token
    // is one.
    let tokens = Dictionary(
      list.map { ($0.text, $0.logProbability) }, uniquingKeysWith: { first, _ in first })
    let numbers = tokens.map { (text: $0.key.drop { $0.isWhitespace }, value: $0.value) }
      .filter { !$0.text.isEmpty && $0.text.allSatisfy(\.isWholeNumber) }
    guard numbers.contains(where: { $0.text.count > 1 }) else { return nil }
    let parts = numbers.filter { $0.text == number }.compactMap(\.value).sorted()
    let value = parts.isEmpty ? nil : log(parts.reduce(0) { $0 + exp($1) })
    return Reading(
      score: AnswerScore(answer: number, logProbability: value, tokenCount: 1),
      left: parts.isEmpty ? ("", Self.rest(list)) : nil)
  }

  /// The probability of what a list does not name.
  private static func rest(_ list: [TokenScore]) -> Double {
    max(0, 1 - list.reduce(0) { $0 + ($1.logProbability.map { exp($0) } ?? 0) })
  }

  private func reading(
    _ text: String, _ ending: Ending, _ lists: NextTokens
  ) async throws -> Reading {
    var said = ""
    var rest = text[...]
    var sum = 0.0
    var count = 0
    let unknown = AnswerScore(answer: text, logProbability: nil, tokenCount: 0)
    while !rest.isEmpty {
      if ending == .number, !said.isEmpty, exp(sum) < Self.least {
        return Reading(score: unknown, left: (said, exp(sum)))
      }
      guard count < Self.mostPieces, let list = try await lists.behind(said) else {
        return Reading(score: unknown, open: exp(sum))
      }
      // The longest piece is the one that a tokenizer makes.
      let found = list.filter { !$0.text.isEmpty && rest.hasPrefix($0.text) }
        .max { $0.text.count < $1.text.count }
      guard let found, let value = found.logProbability else {
        return Reading(score: unknown, left: (said, exp(sum) * Self.rest(list)))
      }
      said += found.text
      rest = rest.dropFirst(found.text.count)
      sum += value
      count += 1
    }
    let known = AnswerScore(answer: text, logProbability: sum, tokenCount: count)
    switch ending {
    case .open: return Reading(score: known)
    case .turn: return Reading(score: unknown)
    case .number:
      // Behind a word no digit makes it another one.
      if text.last?.isNumber != true { return Reading(score: known) }
      // Whatever follows, it is no more than that.
      if exp(sum) < Self.least { return Reading(score: known) }
      let next = try await lists.behind(said)
      guard let barred = ExactScoring.barred(sum, next, within: Self.mostUnknown) else {
        return Reading(score: unknown, open: exp(sum))
      }
      return Reading(
        score: AnswerScore(answer: text, logProbability: barred, tokenCount: count))
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
