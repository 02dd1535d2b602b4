import NosceFormats
import NosceTokenizer

/// A body of `/v1/chat/completions`.
struct ChatRequest: Sendable {
  var model: String
  var messages: [ChatTokenizer.Message]
  var options: AnswerOptions
  /// Whether the assistant's turn is begun behind the messages.
  var beginsTurn: Bool
  /// Whether the last message is gone on with.
  var continuesLast: Bool

  private static let mostMessages = 2_000

  static let neutral = AnswerOptions.neutral.merging([
    "tools": [.array([])], "tool_choice": [.string("none"), .string("auto")],
    "functions": [.array([])], "parallel_tool_calls": [.bool(true), .bool(false)],
    "response_format": [.object([("type", .string("text"))])],
    "modalities": [.array([.string("text")])], "chat_template_kwargs": [.object([])],
    "echo": [.bool(false)], "add_special_tokens": [.bool(false)],
  ]) { $1 }

  static let known = AnswerOptions.known.union([
    "messages", "max_completion_tokens", "top_logprobs", "add_generation_prompt",
    "continue_final_message",
  ])

  init(_ fields: Fields) throws(APIError) {
    try fields.check(known: Self.known, inert: AnswerOptions.inert, neutral: Self.neutral)
    model = try fields.requiredString("model")
    messages = try Self.messages(fields)
    options = try AnswerOptions(fields)
    if let most = try fields.integer("max_completion_tokens", in: 0...Int.max) {
      if let other = options.maximumTokens, other != most {
        throw .invalid(
          "max_tokens", found: "\(other) beside max_completion_tokens \(most)",
          allowed: "one of them")
      }
      options.maximumTokens = most
    }
    let tells = try fields.bool("logprobs") ?? false
    let top = try fields.integer("top_logprobs", in: 0...AnswerOptions.mostLikely)
    if !tells, let top, top > 0 {
      throw .invalid(
        "top_logprobs", found: "\(top) without log-probabilities",
        allowed: "only with logprobs: true")
    }
    options.likeliest = tells ? top ?? 0 : nil
    continuesLast = try fields.bool("continue_final_message") ?? false
    let begins = try fields.bool("add_generation_prompt")
    if continuesLast {
      if begins == true {
        throw .invalid(
          "add_generation_prompt", found: "true with continue_final_message",
          allowed: "one of them")
      }
      guard messages.last?.role == "assistant" else {
        throw .invalid(
          "continue_final_message",
          found: "a last message of the role \(messages.last?.role ?? "")",
          allowed: "an assistant's")
      }
    }
    beginsTurn = !continuesLast && (begins ?? true)
  }

  private static func messages(
    _ fields: Fields
  ) throws(APIError) -> [ChatTokenizer.Message] {
    guard let value = fields.object["messages"] else {
      throw fields.missing("messages", "a list of messages")
    }
    guard let list = value.array, !list.isEmpty, list.count <= mostMessages else {
      throw fields.wrong("messages", value, "a list of 1 to \(mostMessages) messages")
    }
    var messages: [ChatTokenizer.Message] = []
    for (index, element) in list.enumerated() {
      guard let object = element.object else {
        throw .invalid("messages[\(index)]", found: element.kind, allowed: "an object")
      }
      messages.append(try message(Fields(object, place: "messages[\(index)].")))
    }
    return messages
  }

  private static func message(_ fields: Fields) throws(APIError) -> ChatTokenizer.Message {
    try fields.check(
      known: ["role", "content"], inert: ["annotations"],
      neutral: ["tool_calls": [.array([])], "refusal": [.string("")]])
    let name = try fields.requiredString("role")
    let role = name == "developer" ? "system" : name
    guard ["system", "user", "assistant"].contains(role) else {
      throw .invalid(
        fields.path("role"), found: "'\(name.prefix(40))'",
        allowed: "system, developer, user, assistant")
    }
    return (role, try content(fields))
  }

  /// A text, or a list of parts that are texts.
  private static func content(_ fields: Fields) throws(APIError) -> String {
    guard let value = fields.object["content"] else {
      throw fields.missing("content", "a text")
    }
    if let text = value.string { return text }
    guard let parts = value.array else { throw fields.wrong("content", value, "a text") }
    var text = ""
    for (index, part) in parts.enumerated() {
      let place = fields.path("content[\(index)]")
      guard let object = part.object else {
        throw .invalid(place, found: part.kind, allowed: "an object")
      }
      let fields = Fields(object, place: place + ".")
      guard try fields.requiredString("type") == "text" else {
        throw .invalid(place + ".type", found: "another than text", allowed: "text")
      }
      try fields.check(known: ["type", "text"])
      text += try fields.requiredString("text")
    }
    return text
  }
}
