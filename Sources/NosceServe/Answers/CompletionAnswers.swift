import NosceEngine
import NosceFormats
import NosceTokenizer

/// A request of `/v1/completions` to one model.
struct CompletionAnswers: Sendable {
  let request: CompletionRequest
  let model: ServedModel
  let plan: AnswerPlan
  private let names: TokenNames

  /// - Parameter seed: where the request has none.
  init(_ request: CompletionRequest, _ model: ServedModel, seed: UInt64) throws {
    self.request = request
    self.model = model
    names = TokenNames(
      tokenizer: model.base.tokenizer, isByID: request.options.namesTokensByID)
    let options = request.options
    let tokenizer = model.base.tokenizer
    let told = [options.promptLikeliest, request.echoes ? options.likeliest : nil]
      .compactMap(\.self).max()
    let prompts = try request.prompts.map { given -> AnswerPlan.Asked in
      let tokens: [Int32] =
        switch given {
        case .tokens(let ids): ids
        case .text(let text):
          tokenizer.encode(text, addSpecialTokens: request.addsSpecialTokens)
        }
      return AnswerPlan.Asked(
        tokens: tokens, stops: options.stops, context: tokens,
        maximumTokens: try AnswerPlan.room(
          behind: tokens, wanted: options.maximumTokens, context: model.base.context,
          parameter: "prompt"),
        promptLikeliest: told)
    }
    plan = AnswerPlan(prompts: prompts, options: options, seed: options.seed ?? seed)
  }

  private struct Choice {
    var text = ""
    var tokens: [ReadToken] = []
    var reason = ""
  }

  /// The text that stands before each answer, and its tokens with what is known of them.
  private func echo(_ answer: Int) -> PromptEcho {
    let prompt = answer / plan.options.count
    return PromptEcho(
      request.prompts[prompt], plan.prompts[prompt].tokens, names.tokenizer)
  }

  private func logProbabilities(_ tokens: [ReadToken]) -> JSON {
    guard let likeliest = plan.options.likeliest else { return .null }
    return names.completion(
      tokens.map { token in
        var token = token
        if let all = token.report?.likeliest, all.count > likeliest {
          token.report?.likeliest = Array(all.prefix(likeliest))
        }
        return token
      }, likeliest: likeliest)
  }

  private func choice(
    _ answer: Int, _ text: String, _ tokens: [ReadToken], reason: String?,
    _ more: [(key: String, value: JSON)] = []
  ) -> JSON {
    .object(
      [
        ("index", .integer(answer)), ("text", .string(text)),
        ("logprobs", logProbabilities(tokens)),
        ("finish_reason", reason.map { .string($0) } ?? .null),
      ] + more)
  }

  /// The tokens of an answer where they stand behind the prompt's text.
  private static func moved(_ tokens: [ReadToken], by offset: Int) -> [ReadToken] {
    tokens.map { ReadToken(token: $0.token, offset: $0.offset + offset, report: $0.report) }
  }

  // MARK: Whole

  func whole(_ answers: OpenAnswers) async throws -> (JSON, TokenUsage) {
    var choices = [Choice](repeating: Choice(), count: plan.answerCount)
    var read = [[ReadToken]](repeating: [], count: plan.prompts.count)
    let written = try await AnswerFollowing.follow(answers, of: plan, names.tokenizer) { told in
      switch told {
      case .prompt(let answer, let tokens): read[answer / plan.options.count] = tokens
      case .part(let answer, let part):
        choices[answer].text += part.text
        choices[answer].tokens += part.tokens
      case .ended(let answer, let reason): choices[answer].reason = reason
      case .silence: break
      }
    }
    var list: [JSON] = []
    for prompt in plan.prompts.indices {
      let echo = request.echoes ? echo(prompt * plan.options.count) : nil
      let offset = echo?.text.unicodeScalars.count ?? 0
      let before = echo?.tokens(read[prompt]) ?? []
      let more: [(key: String, value: JSON)] =
        plan.options.promptLikeliest == nil
        ? [] : [("prompt_logprobs", promptLogProbabilities(read[prompt]))]
      for answer in prompt * plan.options.count..<(prompt + 1) * plan.options.count {
        list.append(
          choice(
            answer, (echo?.text ?? "") + choices[answer].text,
            before + Self.moved(choices[answer].tokens, by: offset),
            reason: choices[answer].reason, more))
      }
    }
    let usage = TokenUsage(prompt: plan.promptTokens, completion: written)
    let envelope = Envelope("cmpl", object: "text_completion", model)
    return (envelope.json(list, usage: usage.json), usage)
  }

  private func promptLogProbabilities(_ read: [ReadToken]) -> JSON {
    names.prompt(
      read.compactMap(\.report).map { report in
        var report = report
        report.likeliest = Array(report.likeliest.prefix(plan.options.promptLikeliest ?? 0))
        return report
      })
  }

  // MARK: Stream

  func stream(_ answers: OpenAnswers, _ send: StreamSender) async throws -> TokenUsage {
    let envelope = Envelope("cmpl", object: "text_completion", model)
    let none: JSON? = plan.options.streamsUsage ? .null : nil
    var offsets = [Int](repeating: 0, count: plan.answerCount)
    let tellsOfPrompt = plan.options.likeliest != nil
    if request.echoes {
      for answer in 0..<plan.answerCount {
        let echo = echo(answer)
        offsets[answer] = echo.text.unicodeScalars.count
        // Where log-probabilities are asked for, the prompt comes with its own.
        if !tellsOfPrompt {
          try await send(
            envelope.event([choice(answer, echo.text, [], reason: nil)], usage: none))
        }
      }
    }
    let written = try await AnswerFollowing.follow(answers, of: plan, names.tokenizer) { told in
      switch told {
      case .prompt(let answer, let tokens):
        guard request.echoes, tellsOfPrompt else { return }
        let echo = echo(answer)
        try await send(
          envelope.event(
            [choice(answer, echo.text, echo.tokens(tokens), reason: nil)], usage: none))
      case .part(let answer, let part):
        let tokens = Self.moved(part.tokens, by: offsets[answer])
        try await send(
          envelope.event([choice(answer, part.text, tokens, reason: nil)], usage: none))
      case .ended(let answer, let reason):
        try await send(envelope.event([choice(answer, "", [], reason: reason)], usage: none))
      case .silence: try await send(EventStream.silence)
      }
    }
    let usage = TokenUsage(prompt: plan.promptTokens, completion: written)
    if plan.options.streamsUsage { try await send(envelope.event([], usage: usage.json)) }
    try await send(EventStream.end)
    return usage
  }
}
