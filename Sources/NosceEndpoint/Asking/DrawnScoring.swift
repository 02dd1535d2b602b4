import Foundation
import NosceCore
import NosceFormats
import NoscePorts

/// The probabilities of given texts, estimated by how many drawn answers begin with each.
///
/// A text that none begins with is not impossible: what is said of each is the mean of what may be believed
/// of it after these answers, with half an answer of each kind believed beforehand (Jeffreys); of a scale,
/// whose numbers are many, with one answer shared out among them all. Of `n` answers, a share p is known
/// to about the root of p(1-p)/n.
struct DrawnScoring: Sendable {
  let reader: PromptReader
  /// Answers that are drawn.
  let count: Int

  /// A token has at least a byte; a few more show what follows.
  static let margin = 2
  /// Answers of one request, where the server takes so many.
  static let together = 10
  /// Servers draw the i-th answer of a request by its seed and i: seeds of requests stand so far apart that
  /// none is used twice. A power of two stays that far apart where a seed is folded into fewer bits.
  private static let seedStep: UInt64 = 16

  /// How many requests so many answers take.
  static func requests(_ count: Int, _ features: EndpointFeatures) -> Int {
    (count + features.choices - 1) / features.choices
  }

  func scores(_ request: ScoreRequest) async throws -> [AnswerScore] {
    let answers = try await answers(request)
    let kinds = Double(request.texts.count + 1)
    let each = request.ending == .number ? 1 / kinds : 0.5
    return request.texts.map { text in
      let hits = answers.count { Self.isAnswered($0, by: text, request.ending) }
      let share = (Double(hits) + each) / (Double(answers.count) + each * kinds)
      return AnswerScore(answer: text, logProbability: log(share), tokenCount: 0)
    }
  }

  /// Whether an answer says a text.
  static func isAnswered(_ answer: String, by text: String, _ ending: Ending) -> Bool {
    // Models write a blank before a word of their own accord.
    let answer = answer.drop { $0.isWhitespace }
    let text = text.drop { $0.isWhitespace }
    guard answer.hasPrefix(text) else { return false }
    let rest = answer.dropFirst(text.count)
    return switch ending {
    case .open: true
    case .turn: rest.allSatisfy(\.isWhitespace)
    case .number: rest.first?.isWholeNumber != true
    }
  }

  private func answers(_ request: ScoreRequest) async throws -> [String] {
    let prefill = request.prefill.flatMap { $0.isEmpty ? nil : $0 }
    let longest = request.texts.map(\.utf8.count).max() ?? 1
    let size = reader.features.choices
    let batches = (count + size - 1) / size
    let place = fnv1a("\(request.chat.map(\.content))\(prefill ?? "")") & ~(Self.seedStep - 1)
    return try await withThrowingTaskGroup(of: [String].self) { group in
      for batch in 0..<batches {
        var query = ChatQuery(
          model: reader.model, chat: request.chat,
          end: prefill.map(ChatQuery.End.going) ?? .answer, temperature: 1,
          maximumTokens: longest + Self.margin, seed: place &+ UInt64(batch) * Self.seedStep)
        query.choices = min(size, count - batch * size)
        // Where seeds do nothing, the same question is to be answered anew.
        var reader = reader
        reader.repetition = batch
        let (asked, own) = (query, reader)
        group.addTask { try await own.answer(to: asked).choices.map(\.text) }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }
}
