import NosceEngine
import NosceTokenizer

/// A request made ready for the engine: nothing is left to be decided but what is drawn.
struct AnswerPlan: Sendable {
  struct Asked: Sendable {
    var tokens: [Int32]
    /// All words that end an answer: the request's and the template's.
    var stops: [String]
    /// The tokens before an answer on which its text depends; none behind a chat's prompt.
    var context: [Int32] = []
    /// Whether a blank before the answer's first word is the template's.
    var dropsBlank = false
    var maximumTokens: Int
    /// How many likeliest tokens are told of with each of the prompt's; nil where none are.
    var promptLikeliest: Int?
  }

  var prompts: [Asked]
  var options: AnswerOptions
  /// Of the first answer to each prompt; each further one has the next.
  var seed: UInt64

  var answerCount: Int { prompts.count * options.count }
  var promptTokens: Int { prompts.reduce(0) { $0 + $1.tokens.count } }

  /// More log-probabilities are not told of in one reply, which is held in memory whole.
  static let mostTold = 2_000_000

  /// Refuses a request whose reply would have more log-probabilities than that.
  func checkTold() throws(APIError) {
    let told = prompts.reduce(0) { sum, prompt in
      let ofPrompt = prompt.promptLikeliest.map { prompt.tokens.count * ($0 + 1) } ?? 0
      let ofAnswer = options.likeliest.map { prompt.maximumTokens * ($0 + 1) } ?? 0
      return sum + ofPrompt + ofAnswer * options.count
    }
    guard told <= Self.mostTold else {
      throw .invalid(
        "logprobs", found: "\(told) log-probabilities to be told, with all prompts and answers",
        allowed: "at most \(Self.mostTold) in one request", code: "too_many_logprobs")
    }
  }

  /// The prompt of an answer.
  func prompt(of answer: Int) -> Asked { prompts[answer / options.count] }

  /// What the engine is asked for one answer. Of several to one prompt the first tells of the prompt.
  func sampling(_ answer: Int, stopTokens: Set<Int32>) -> SamplingPrompt {
    let prompt = prompt(of: answer)
    let number = answer % options.count
    // Without a seed of the request's own, equal prompts of one request are drawn apart.
    let own =
      options.seed == nil
      ? seed &+ UInt64(answer / options.count) &* 0x9E37_79B9_7F4A_7C15 : seed
    // A stream gives each answer as it comes, and cannot wait for what the first one has to tell.
    let tellsOfPrompt = number == 0 || options.isStreamed
    return SamplingPrompt(
      tokens: prompt.tokens, seed: own &+ UInt64(number), temperature: Float(options.temperature),
      nucleus: Float(options.nucleus), maximumTokens: prompt.maximumTokens, stopTokens: stopTokens,
      likeliest: options.likeliest,
      promptLikeliest: tellsOfPrompt ? prompt.promptLikeliest : nil)
  }
}

extension AnswerPlan {
  /// How many tokens may be written behind a prompt.
  ///
  /// - Parameter wanted: what the request asks for; nil for all that there is room for.
  static func room(
    behind tokens: [Int32], wanted: Int?, context: Int, parameter: String
  ) throws(APIError) -> Int {
    func failure(_ found: String) -> APIError {
      APIError(
        400,
        "\(parameter): found \(found); allowed: \(context) tokens in all, the model's context",
        parameter: parameter, code: "context_length_exceeded")
    }
    guard !tokens.isEmpty else {
      throw .invalid(parameter, found: "a prompt of no tokens", allowed: "one or more")
    }
    let room = context - tokens.count
    guard room >= 0, wanted != nil || room > 0 else {
      throw failure("a prompt of \(tokens.count) tokens")
    }
    guard let wanted else { return room }
    guard wanted <= room else {
      throw failure("a prompt of \(tokens.count) tokens and \(wanted) to be written")
    }
    return wanted
  }
}
