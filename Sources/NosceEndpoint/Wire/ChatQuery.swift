import NosceCore
import NosceFormats

/// A question to `/v1/chat/completions`, as it is written. The same question is always the same bytes.
struct ChatQuery {
  /// How the conversation ends.
  enum End {
    /// The model answers.
    case answer
    /// The model goes on with words that are given.
    case going(on: String)
    /// The last turn is given and over; nothing is wanted but what it is worth.
    case closed(String)
  }

  var model: String
  var chat: Chat
  var end = End.answer
  var temperature = 1.0
  var maximumTokens = 1
  var seed: UInt64?
  /// How many of the likeliest tokens are wanted.
  var top: Int?
  var wantsPromptScores = false
  var choices = 1
  /// The key under which the rendered prompt's tokens are asked for.
  var tokenIDs: String?

  /// Servers take seeds of very different widths; all take 31 bits.
  static func seed(_ seed: UInt64) -> Int { Int((seed ^ (seed >> 32)) & 0x7FFF_FFFF) }

  func json(_ features: EndpointFeatures) -> JSON {
    var messages = chat
    switch end {
    case .answer: break
    case .going(let words), .closed(let words): messages.append(ChatMessage(.assistant, words))
    }
    var members: [(key: String, value: JSON)] = [
      ("model", .string(model)),
      ("messages", .array(messages.map(Self.json))),
      ("temperature", .number(temperature)),
      ("top_p", .integer(1)),
      (features.limitKey.rawValue, .integer(maximumTokens)),
    ]
    if let seed { members.append(("seed", .integer(Self.seed(seed)))) }
    if choices > 1 { members.append(("n", .integer(choices))) }
    members += features.samplers.members
    switch end {
    case .answer: break
    case .going:
      members.append(("continue_final_message", .bool(true)))
      members.append(("add_generation_prompt", .bool(false)))
    case .closed: members.append(("add_generation_prompt", .bool(false)))
    }
    if let top {
      members.append(("logprobs", .bool(true)))
      members.append(("top_logprobs", .integer(top)))
    }
    if wantsPromptScores { members.append(("prompt_logprobs", .integer(0))) }
    if let tokenIDs { members.append((tokenIDs, .bool(true))) }
    members += features.salt(of: model)
    return .object(members)
  }

  static func json(_ message: ChatMessage) -> JSON {
    .object([
      ("role", .string(message.role.rawValue)), ("content", .string(message.content)),
    ])
  }
}
