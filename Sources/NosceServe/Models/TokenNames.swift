import NosceEngine
import NosceFormats
import NosceTokenizer

/// What tokens are called in answers, and their log-probabilities in each of the three shapes.
struct TokenNames: Sendable {
  let tokenizer: Tokenizer
  /// Whether they are called by their numbers.
  let isByID: Bool

  /// The text that a token adds, blanks as blanks; what is no whole character has U+FFFD.
  func name(_ token: Int32) -> String {
    isByID ? "token_id:\(token)" : String(decoding: bytes(token), as: UTF8.self)
  }

  func bytes(_ token: Int32) -> [UInt8] {
    tokenizer.bytesInText(of: token) ?? tokenizer.bytes(of: token) ?? []
  }

  // MARK: Chat

  /// An entry of `logprobs.content`.
  func chat(_ read: ReadToken) -> JSON? {
    guard let report = read.report else { return nil }
    let likeliest = report.likeliest.map { JSON.object(entry($0.token, $0.logProbability)) }
    return .object(
      entry(report.token, report.logProbability) + [("top_logprobs", .array(likeliest))])
  }

  private func entry(_ token: Int32, _ logProbability: Float) -> [(key: String, value: JSON)] {
    [
      ("token", .string(name(token))), ("logprob", Self.number(logProbability)),
      ("bytes", .array(bytes(token).map { .integer(Int($0)) })),
    ]
  }

  // MARK: Completions

  /// The object of lists that `/v1/completions` has. A token without a report is the first of a prompt.
  func completion(_ tokens: [ReadToken], likeliest: Int) -> JSON {
    let top = tokens.map { token -> JSON in
      guard let report = token.report, likeliest > 0 else { return .null }
      var members: [(key: String, value: JSON)] = []
      func add(_ token: Int32, _ logProbability: Float) {
        let name = name(token)
        // Two tokens may have the same text; the likelier one is told of.
        if members.contains(where: { $0.key.utf8.elementsEqual(name.utf8) }) { return }
        members.append((name, Self.number(logProbability)))
      }
      for likely in report.likeliest { add(likely.token, likely.logProbability) }
      add(report.token, report.logProbability)
      return .object(members)
    }
    return .object([
      ("tokens", .array(tokens.map { .string(name($0.token)) })),
      (
        "token_logprobs",
        .array(tokens.map { $0.report.map { Self.number($0.logProbability) } ?? .null })
      ),
      ("top_logprobs", likeliest > 0 ? .array(top) : .null),
      ("text_offset", .array(tokens.map { .integer($0.offset) })),
    ])
  }

  // MARK: Prompts

  /// vLLM's list: null for the first token, then for each a map from token id to what is known of it.
  func prompt(_ reports: [TokenReport]) -> JSON {
    .array(
      [.null]
        + reports.map { report in
          var ranked = report.likeliest.enumerated().map {
            (token: $1.token, logProbability: $1.logProbability, rank: $0 + 1)
          }
          if !ranked.contains(where: { $0.token == report.token }) {
            ranked.append((report.token, report.logProbability, report.rank))
          }
          return .object(
            ranked.map { entry in
              (
                String(entry.token),
                .object([
                  ("logprob", Self.number(entry.logProbability)), ("rank", .integer(entry.rank)),
                  ("decoded_token", .string(name(entry.token))),
                ])
              )
            })
        })
  }

  /// The shortest notation that reads back as the same 32-bit number.
  static func number(_ value: Float) -> JSON {
    value.isFinite ? .number(Double("\(value)") ?? Double(value)) : .number(-9999)
  }
}
