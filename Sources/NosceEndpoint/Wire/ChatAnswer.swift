import NosceCore
import NosceFormats
import NoscePorts

/// What `/v1/chat/completions` answers, of which only what is well formed is taken.
struct ChatAnswer: Sendable {
  struct Choice: Sendable {
    var text: String
    var finish: FinishReason
    /// The likeliest tokens at each place of the answer; nil where they were not asked for.
    var top: [[TokenScore]]?
    /// The tokens of the answer itself, in the same way.
    var tokens: [TokenScore]?
  }

  var choices: [Choice]
  /// Tokens of the answer, as the server counts them; 0 where it does not.
  var tokenCount: Int
  var promptCount: Int?
  /// The prompt's tokens with their log-probabilities; nil where they were not asked for.
  var prompt: PromptScores?
  var promptIDs: [Int]?

  /// - Parameter query: what was asked for: an answer without it is none.
  init(_ json: JSON, to query: ChatQuery) throws(ExchangeFault) {
    guard let object = json.object, let choices = object["choices"]?.array, !choices.isEmpty else {
      throw ExchangeFault(.malformed, "a reply without choices", allowed: "at least one")
    }
    self.choices = try choices.map { (choice) throws(ExchangeFault) in
      try Choice(choice, wantsTop: query.top != nil)
    }
    let usage = object["usage"]?.object
    tokenCount = max(0, usage?["completion_tokens"]?.integer ?? 0)
    promptCount = usage?["prompt_tokens"]?.integer
    if query.wantsPromptScores {
      guard let scores = object["prompt_logprobs"] ?? choices[0].object?["prompt_logprobs"] else {
        throw ExchangeFault(
          .lacking, "a reply without prompt_logprobs", allowed: "what was asked for")
      }
      prompt = try PromptScores(scores)
    }
    if query.tokenIDs != nil {
      let list =
        object["prompt_token_ids"]?.array ?? choices[0].object?["prompt_token_ids"]?.array
      promptIDs = list?.compactMap(\.integer)
      guard promptIDs?.count == list?.count else {
        throw ExchangeFault(
          .malformed, "prompt_token_ids that are no numbers", allowed: "token ids")
      }
    }
  }
}

extension ChatAnswer.Choice {
  init(_ json: JSON, wantsTop: Bool) throws(ExchangeFault) {
    guard let object = json.object, let message = object["message"]?.object else {
      throw ExchangeFault(.malformed, "a choice without a message", allowed: "one")
    }
    let reason = object["finish_reason"]?.string
    switch reason {
    case "stop"?, "eos"?, "eos_token"?, "stop_sequence"?: finish = .stop
    case "length"?: finish = .length
    case "content_filter"?: finish = .refusal
    default:
      throw ExchangeFault(
        .malformed, "an answer that ends by '\((reason ?? "nothing").prefix(40))'",
        allowed: "stop, length, content_filter")
    }
    if let refusal = message["refusal"]?.string, !refusal.isEmpty {
      text = refusal
      finish = .refusal
    } else if let content = message["content"] {
      guard let string = content.string else {
        throw ExchangeFault(.malformed, "a content that is \(content.kind)", allowed: "text")
      }
      text = string
    } else if finish == .length || finish == .refusal {
      // All of its tokens went into what it does not show.
      text = ""
    } else {
      throw ExchangeFault(.malformed, "an answer without content", allowed: "text")
    }
    guard wantsTop else { return }
    guard let content = object["logprobs"]?.object?["content"]?.array else {
      throw ExchangeFault(
        .lacking, "an answer without log-probabilities", allowed: "what was asked for")
    }
    tokens = try content.map { (json) throws(ExchangeFault) in try TokenScore(json) }
    top = try content.map { (json) throws(ExchangeFault) in
      guard let list = json.object?["top_logprobs"]?.array else {
        throw ExchangeFault(
          .lacking, "a token without top_logprobs", allowed: "what was asked for")
      }
      return try list.map { (json) throws(ExchangeFault) in try TokenScore(json) }
    }
  }
}
