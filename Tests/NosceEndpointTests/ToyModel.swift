import Foundation
import NosceCore
import NosceFormats

/// A language model that is small enough for a test to know what it must say: the next token's
/// distribution is drawn by a hash of everything before it and of the model's name.
struct ToyModel: Sendable {
  static let roles = ["system": 0, "user": 1, "assistant": 2]
  static let end = 3
  private static let words = [
    "Yes", "No", "Risk", " Yes", " No", "The", " the", " colours", " are", " red", "HELLO",
    " HELLO",
    "10", "15", "20", " not",
  ]
  /// The texts of the tokens; those of roles and of the end are special.
  static let pieces: [String] =
    ["<system>", "<user>", "<assistant>", "<end>", "\n", "\u{FFFD}"]
    + (32...126).map { String(UnicodeScalar(UInt8($0))) } + words
  private static let ids = Dictionary(
    pieces.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })

  let name: String

  static func tokens(_ text: String) -> [Int] {
    var rest = text[...]
    var tokens: [Int] = []
    while let first = rest.first {
      if let word = words.filter({ rest.hasPrefix($0) }).max(by: { $0.count < $1.count }) {
        tokens.append(ids[word] ?? 5)
        rest = rest.dropFirst(word.count)
      } else {
        tokens.append(ids[String(first)] ?? 5)
        rest = rest.dropFirst()
      }
    }
    return tokens
  }

  /// A conversation in tokens.
  ///
  /// - Parameters:
  ///   - goesOn: whether the last turn is left open.
  ///   - invites: whether an answer is invited.
  static func render(_ chat: Chat, goesOn: Bool, invites: Bool) -> [Int] {
    var tokens: [Int] = []
    for (index, message) in chat.enumerated() {
      tokens.append(roles[message.role.rawValue] ?? 1)
      tokens += Self.tokens(message.content)
      if !(goesOn && index == chat.count - 1) { tokens.append(end) }
    }
    return invites ? tokens + [2] : tokens
  }

  /// The log-probabilities of all next tokens.
  func next(_ context: [Int]) -> [Double] {
    var hash = fnv1a(name)
    for token in context { hash = (hash ^ UInt64(token)) &* 0x0000_0100_0000_01B3 }
    var draws = SeededGenerator(seed: hash)
    var logits = Self.pieces.indices.map { _ in draws.uniform() * 8 }
    // Nobody says what is special but the end.
    for special in [0, 1, 2, 5] { logits[special] = -20 }
    let most = logits.max() ?? 0
    let sum = logits.reduce(0) { $0 + exp($1 - most) }
    return logits.map { $0 - most - log(sum) }
  }

  /// The log-probability of each token behind those before it; nil of the first.
  func scores(_ tokens: [Int]) -> [Double?] {
    tokens.indices.map { $0 == 0 ? nil : next(Array(tokens[..<$0]))[tokens[$0]] }
  }

  /// The log-probability of a text behind a conversation, as a lab that computes itself has it.
  func logProbability(_ text: String, behind chat: Chat, prefill: String? = nil) -> Double {
    let open =
      prefill.map { Self.render(chat + [.init(.assistant, $0)], goesOn: true, invites: false) }
      ?? Self.render(chat, goesOn: false, invites: true)
    let all = Self.render(
      chat + [ChatMessage(.assistant, (prefill ?? "") + text)], goesOn: true, invites: false)
    let shared = zip(open, all).prefix { $0 == $1 }.count
    return scores(all)[shared...].reduce(0) { $0 + ($1 ?? 0) }
  }

  /// An answer, drawn.
  func answer(
    to context: [Int], temperature: Double, limit: Int, seed: UInt64
  ) -> (tokens: [Int], isEnded: Bool) {
    var draws = SeededGenerator(seed: seed)
    var tokens: [Int] = []
    while tokens.count < limit {
      let list = next(context + tokens)
      var token = 0
      if temperature == 0 {
        token = list.indices.max { list[$0] < list[$1] } ?? 0
      } else {
        var place = draws.uniform()
        for (index, value) in list.enumerated() {
          token = index
          place -= exp(value)
          if place < 0 { break }
        }
      }
      if token == Self.end { return (tokens, true) }
      tokens.append(token)
    }
    return (tokens, false)
  }

  static func text(_ tokens: [Int]) -> String { tokens.map { pieces[$0] }.joined() }
}
