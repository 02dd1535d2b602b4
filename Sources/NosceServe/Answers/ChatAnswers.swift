import NosceFormats
import NosceLocal
import NosceTemplates
import NosceTokenizer

/// A request of `/v1/chat/completions` to one model.
struct ChatAnswers: Sendable {
  let request: ChatRequest
  let model: ServedModel
  let plan: AnswerPlan
  private let names: TokenNames

  /// - Parameter seed: where the request has none.
  init(_ request: ChatRequest, _ model: ServedModel, seed: UInt64) throws {
    self.request = request
    self.model = model
    names = TokenNames(
      tokenizer: model.base.tokenizer, isByID: request.options.namesTokensByID)
    plan = try Self.plan(request, model, seed: request.options.seed ?? seed)
  }

  private static func plan(
    _ request: ChatRequest, _ model: ServedModel, seed: UInt64
  ) throws -> AnswerPlan {
    let chat: ChatTokenizer
    let tokens: [Int32]
    do {
      chat = try model.base.local.text.requireChat()
      tokens = try Self.tokens(request, chat)
    } catch let error as TemplateError {
      throw APIError(400, "\(error)", parameter: "messages", code: "invalid_messages")
    } catch let error as TokenizerError {
      throw APIError(400, "\(error)", parameter: "messages", code: "invalid_messages")
    }
    let options = request.options
    let asked = AnswerPlan.Asked(
      tokens: tokens, stops: options.stops + (chat.endOfAnswer.map { [$0] } ?? []),
      dropsBlank: chat.followsBlank && !request.continuesLast,
      maximumTokens: try AnswerPlan.room(
        behind: tokens, wanted: options.maximumTokens, context: model.base.context,
        parameter: "messages"),
      promptLikeliest: options.promptLikeliest)
    return AnswerPlan(prompts: [asked], options: options, seed: seed)
  }

  /// The conversation as the model reads it.
  static func tokens(_ request: ChatRequest, _ chat: ChatTokenizer) throws -> [Int32] {
    if request.continuesLast {
      return try chat.prompt(
        messages: request.messages.dropLast(), prefill: request.messages.last?.content)
    }
    if request.beginsTurn { return try chat.prompt(messages: request.messages) }
    let messages = request.messages.map { message in
      JSON.object([("role", .string(message.role)), ("content", .string(message.content))])
    }
    return try chat.row(messages).tokens
  }

  // MARK: Whole

  private struct Choice {
    var text = ""
    var entries: [JSON] = []
    var reason = ""
  }

  func whole(_ answers: OpenAnswers) async throws -> (JSON, TokenUsage) {
    var choices = [Choice](repeating: Choice(), count: plan.options.count)
    var read: JSON?
    let written = try await AnswerFollowing.follow(answers, of: plan, names.tokenizer) { told in
      switch told {
      case .prompt(_, let tokens): read = names.prompt(tokens.compactMap(\.report))
      case .part(let answer, let part):
        choices[answer].text += part.text
        choices[answer].entries += part.tokens.compactMap { names.chat($0) }
      case .ended(let answer, let reason): choices[answer].reason = reason
      case .silence: break
      }
    }
    let usage = TokenUsage(prompt: plan.promptTokens, completion: written)
    let list = choices.enumerated().map { index, choice in
      JSON.object([
        ("index", .integer(index)),
        (
          "message",
          .object([
            ("role", .string("assistant")), ("content", .string(choice.text)),
            ("refusal", .null),
          ])
        ),
        ("logprobs", logProbabilities(choice.entries)), ("finish_reason", .string(choice.reason)),
      ])
    }
    let envelope = Envelope("chatcmpl", object: "chat.completion", model)
    let document = envelope.json(
      list, usage: usage.json, read.map { [("prompt_logprobs", $0)] } ?? [])
    return (document, usage)
  }

  private func logProbabilities(_ entries: [JSON]) -> JSON {
    plan.options.likeliest == nil
      ? .null : .object([("content", .array(entries)), ("refusal", .null)])
  }

  // MARK: Stream

  func stream(_ answers: OpenAnswers, _ send: StreamSender) async throws -> TokenUsage {
    let envelope = Envelope("chatcmpl", object: "chat.completion.chunk", model)
    // With usage asked for, every other event says that it has none.
    let none: JSON? = plan.options.streamsUsage ? .null : nil
    func event(
      _ answer: Int, _ delta: [(key: String, value: JSON)], entries: [JSON] = [],
      reason: String? = nil
    ) -> String {
      let choice = JSON.object([
        ("index", .integer(answer)), ("delta", .object(delta)),
        ("logprobs", entries.isEmpty ? .null : logProbabilities(entries)),
        ("finish_reason", reason.map { .string($0) } ?? .null),
      ])
      return envelope.event([choice], usage: none)
    }
    for answer in 0..<plan.options.count {
      try await send(event(answer, [("role", .string("assistant")), ("content", .string(""))]))
    }
    let written = try await AnswerFollowing.follow(answers, of: plan, names.tokenizer) { told in
      switch told {
      case .prompt: break
      case .part(let answer, let part):
        let entries = part.tokens.compactMap { names.chat($0) }
        try await send(event(answer, [("content", .string(part.text))], entries: entries))
      case .ended(let answer, let reason): try await send(event(answer, [], reason: reason))
      case .silence: try await send(EventStream.silence)
      }
    }
    let usage = TokenUsage(prompt: plan.promptTokens, completion: written)
    if plan.options.streamsUsage { try await send(envelope.event([], usage: usage.json)) }
    try await send(EventStream.end)
    return usage
  }
}
