import Foundation
import NosceCore
import NoscePorts

/// The log-probabilities of given texts, by what a server says of the tokens of a prompt that ends with
/// them.
///
/// The server makes the tokens, of prompt and text together. What a text is worth are the tokens in
/// which the prompt with it differs from the prompt alone: where its first word joins the blank before
/// it to one token, that token is its.
struct ExactScoring: Sendable {
  let reader: PromptReader

  /// A token may join what ends the prompt and what begins the text; more than so many cannot.
  private static let mostJoined = 3
  /// How far what is not known of the next token's digits may matter, in nats.
  static let mostUnknown = 0.01

  func scores(_ request: ScoreRequest) async throws -> [AnswerScore] {
    let prefill = request.prefill.flatMap { $0.isEmpty ? nil : $0 }
    let open = try await reader.ids(
      request.chat, prefill.map(ChatQuery.End.going) ?? .answer)
    let closing =
      request.ending == .turn ? try await closing(request, prefill ?? "") : 0
    return try await withThrowingTaskGroup(of: (Int, AnswerScore).self) { group in
      for (place, text) in request.texts.enumerated() {
        group.addTask {
          (place, try await score(text, request, prefill ?? "", open, closing))
        }
      }
      var scores = [AnswerScore?](repeating: nil, count: request.texts.count)
      for try await (place, score) in group { scores[place] = score }
      return scores.compactMap(\.self)
    }
  }

  /// How many tokens the template writes behind an answer that is over, of which the first ends it.
  private func closing(_ request: ScoreRequest, _ prefill: String) async throws -> Int {
    guard let text = request.texts.first else { return 0 }
    let going = try await reader.ids(request.chat, .going(on: prefill + text))
    let closed = try await reader.ids(request.chat, .closed(prefill + text))
    guard closed.count > going.count, closed.starts(with: going) else {
      throw failure(
        text, "an ended answer that does not begin as the same one going on",
        "a chat template that writes what ends an answer behind it")
    }
    return closed.count - going.count
  }

  private func score(
    _ text: String, _ request: ScoreRequest, _ prefill: String, _ open: [Int], _ closing: Int
  ) async throws -> AnswerScore {
    let words = prefill + text
    let end: ChatQuery.End = request.ending == .turn ? .closed(words) : .going(on: words)
    // Behind a word no digit makes it another one.
    let barsDigits = request.ending == .number && text.last?.isNumber == true
    let reading = try await reader.reading(request.chat, end, wantsNext: barsDigits)
    let ids = reading.prompt.ids
    let shared = zip(open, ids).prefix { $0 == $1 }.count
    let last = ids.count - closing
    guard shared >= open.count - Self.mostJoined, shared <= last else {
      throw failure(
        text, "a prompt of \(open.count) tokens of which \(shared) stay with an answer behind it",
        "a prompt that an answer goes on from")
    }
    guard shared < last else { throw failure(text, "no tokens", "at least one") }
    try check(text, reading.prompt, shared..<last, prefill)
    let own = shared..<(closing > 0 ? last + 1 : last)
    var sum = reading.prompt.sum(of: own)
    if !reading.prompt.unsaid.isDisjoint(with: own) {
      // A server that says nothing of a token once may say it the next time.
      var again = reader
      again.repetition += 1
      let prompt = try await again.reading(request.chat, end).prompt
      if prompt.ids == ids { sum = prompt.sum(of: own) }
    }
    if barsDigits, let known = sum {
      if let barred = Self.barred(known, reading.next) {
        sum = barred
      } else {
        sum = known + log(max(1e-9, 1 - (try await digits(behind: words, reading, request.chat))))
      }
    }
    return AnswerScore(answer: text, logProbability: sum, tokenCount: own.count)
  }

  /// The log-probability of what was scored without a digit behind it, as far as the likeliest tokens
  /// tell; nil where those that are not named could matter.
  static func barred(
    _ sum: Double, _ next: [TokenScore]?, within most: Double = mostUnknown
  ) -> Double? {
    guard let next, !next.isEmpty else { return nil }
    var (digits, all) = (0.0, 0.0)
    for token in next {
      guard let value = token.logProbability else { continue }
      all += exp(value)
      if token.text.first?.isWholeNumber == true { digits += exp(value) }
    }
    let rest = max(0, 1 - all)
    let (high, low) = (1 - digits, 1 - digits - rest)
    guard low > 0, log(high / low) <= most else { return nil }
    return sum + log((high + low) / 2)
  }

  /// The probability that a digit follows, asked for digit by digit; of longer numbers that are one token,
  /// what the likeliest tokens tell. A digit that joins the number before it to another token is no digit
  /// behind it.
  private func digits(
    behind words: String, _ reading: PromptReader.Reading, _ chat: Chat
  ) async throws -> Double {
    let ids = reading.prompt.ids
    let single = try await withThrowingTaskGroup(of: Double.self) { group in
      for digit in 0...9 {
        group.addTask {
          let prompt = try await reader.reading(chat, .going(on: words + "\(digit)")).prompt
          guard prompt.ids.count == ids.count + 1, prompt.ids.starts(with: ids) else { return 0 }
          return prompt.logProbabilities.last.flatMap(\.self).map { exp($0) } ?? 0
        }
      }
      return try await group.reduce(0, +)
    }
    let longer = (reading.next ?? []).filter { token in
      token.text.count > 1 && token.text.first?.isWholeNumber == true
    }
    return longer.reduce(single) { $0 + exp($1.logProbability ?? -.infinity) }
  }

  /// The tokens' own texts, where the server says them, must be the answer and what it was joined to.
  private func check(
    _ text: String, _ prompt: PromptScores, _ own: Range<Int>, _ prefill: String
  ) throws {
    guard !prompt.texts.isEmpty else { return }
    let written = prompt.texts[own].joined()
    guard !written.contains("\u{FFFD}"), !text.contains("\u{FFFD}") else { return }
    let wanted = text.trimmingCharacters(in: .whitespaces)
    guard written.trimmingCharacters(in: .whitespaces).hasSuffix(wanted),
      written.count <= text.count + 24
    else {
      throw failure(
        text, "'\(written.suffix(60))' in its place",
        "the answer as it was given; does the template write something before it?")
    }
  }

  private func failure(_ text: String, _ found: String, _ allowed: String) -> LabError {
    LabError(
      .backend,
      "\(reader.url): the answer '\(text.prefix(60))': found \(found); allowed: \(allowed)")
  }
}
