import NosceFormats

/// A body of `/v1/completions`.
struct CompletionRequest: Sendable {
  enum Given: Sendable, Equatable {
    case text(String)
    case tokens([Int32])
  }

  var model: String
  var prompts: [Given]
  var options: AnswerOptions
  /// Whether the prompt is part of the answer.
  var echoes: Bool
  /// Whether what the tokenizer puts around a text is put there.
  var addsSpecialTokens: Bool

  private static let mostPrompts = 2_048
  private static let usualTokens = 16

  static let neutral = AnswerOptions.neutral.merging([
    "suffix": [.string("")], "response_format": [.object([("type", .string("text"))])],
  ]) { $1 }

  static let known = AnswerOptions.known.union(["prompt", "echo", "add_special_tokens"])

  init(_ fields: Fields) throws(APIError) {
    try fields.check(known: Self.known, inert: AnswerOptions.inert, neutral: Self.neutral)
    model = try fields.requiredString("model")
    prompts = try Self.prompts(fields)
    options = try AnswerOptions(fields)
    options.maximumTokens = options.maximumTokens ?? Self.usualTokens
    options.likeliest = try fields.integer("logprobs", in: 0...AnswerOptions.mostLikely)
    echoes = try fields.bool("echo") ?? false
    addsSpecialTokens = try fields.bool("add_special_tokens") ?? true
    let answers = prompts.count * options.count
    guard answers <= Self.mostPrompts else {
      throw .invalid(
        "n", found: "\(answers) answers to all prompts", allowed: "at most \(Self.mostPrompts)")
    }
  }

  private static func prompts(_ fields: Fields) throws(APIError) -> [Given] {
    guard let value = fields.object["prompt"] else {
      throw fields.missing("prompt", "a text, token ids, or a list of them")
    }
    if let text = value.string { return [.text(text)] }
    let allowed = "a text, token ids, or a list of up to \(mostPrompts) of them"
    guard let list = value.array, let first = list.first else {
      throw fields.wrong("prompt", value, allowed)
    }
    if first.integer != nil { return [.tokens(try ids(list, "prompt"))] }
    guard list.count <= mostPrompts else {
      throw .invalid("prompt", found: "\(list.count) prompts", allowed: allowed)
    }
    var prompts: [Given] = []
    for (index, element) in list.enumerated() {
      switch element {
      case .string(let text): prompts.append(.text(text))
      case .array(let list): prompts.append(.tokens(try ids(list, "prompt[\(index)]")))
      default:
        throw .invalid("prompt[\(index)]", found: element.kind, allowed: "a text, or token ids")
      }
    }
    return prompts
  }

  private static func ids(_ list: [JSON], _ place: String) throws(APIError) -> [Int32] {
    let ids = list.compactMap { $0.integer.flatMap { Int32(exactly: $0) } }
    guard ids.count == list.count, !ids.isEmpty else {
      throw .invalid(
        place, found: ids.isEmpty ? "no tokens" : "something that is no token id",
        allowed: "one token id or more")
    }
    return ids
  }
}
