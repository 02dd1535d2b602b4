import NosceFormats

/// How answers are drawn, as both kinds of completions ask for it.
struct AnswerOptions: Sendable, Equatable {
  var temperature = 1.0
  var nucleus = 1.0
  /// Nil where the context alone is the limit.
  var maximumTokens: Int?
  var count = 1
  /// Nil where the server draws one.
  var seed: UInt64?
  /// Any of these ends an answer, and is no part of it.
  var stops: [String] = []
  var isStreamed = false
  var streamsUsage = false
  /// How many likeliest tokens are told of with each; nil where no log-probability is.
  var likeliest: Int?
  /// The same for the tokens of the prompt, in vLLM's shape.
  var promptLikeliest: Int?
  /// Tokens are called `token_id:5`, so that no two have the same name.
  var namesTokensByID = false

  static let mostAnswers = 128
  static let mostLikely = 20

  /// Keys that change no answer.
  static let inert: Set<String> = [
    "user", "store", "metadata", "service_tier", "safety_identifier", "prompt_cache_key",
    "prompt_cache_retention", "cache_salt", "priority", "request_id",
  ]

  /// Keys of other servers, as long as they ask for nothing.
  static let neutral: [String: [JSON]] = [
    "logit_bias": [.object([])], "presence_penalty": [.integer(0)],
    "frequency_penalty": [.integer(0)], "repetition_penalty": [.integer(1)],
    "length_penalty": [.integer(1)],
    "top_k": [.integer(0), .integer(-1)], "min_p": [.integer(0)], "min_tokens": [.integer(0)],
    "ignore_eos": [.bool(false)], "use_beam_search": [.bool(false)],
    "skip_special_tokens": [.bool(true)], "spaces_between_special_tokens": [.bool(true)],
    "include_stop_str_in_output": [.bool(false)], "best_of": [.integer(1)],
    "return_token_ids": [.bool(false)], "stop_token_ids": [.array([])],
    "allowed_token_ids": [], "bad_words": [.array([])],
  ]

  static let known: Set<String> = [
    "model", "temperature", "top_p", "max_tokens", "n", "seed", "stop", "stream",
    "stream_options", "logprobs", "prompt_logprobs", "return_tokens_as_token_ids",
  ]

  init() {}

  init(_ fields: Fields) throws(APIError) {
    temperature = try fields.number("temperature", in: 0...2) ?? 1
    nucleus = try fields.number("top_p", in: 0...1, isOpen: true) ?? 1
    maximumTokens = try fields.integer("max_tokens", in: 0...Int.max)
    count = try fields.integer("n", in: 1...Self.mostAnswers) ?? 1
    seed = try fields.integer("seed", in: Int.min...Int.max).map { UInt64(bitPattern: Int64($0)) }
    stops = try fields.strings("stop", most: 4) ?? []
    if stops.contains(where: { $0.isEmpty || $0.utf8.count > 1000 }) {
      throw .invalid(
        "stop", found: "a text of no bytes or of more than 1000", allowed: "1 to 1000 bytes each")
    }
    isStreamed = try fields.bool("stream") ?? false
    promptLikeliest = try fields.integer("prompt_logprobs", in: 0...Self.mostLikely)
    namesTokensByID = try fields.bool("return_tokens_as_token_ids") ?? false
    if let options = try fields.fields("stream_options") {
      guard isStreamed else {
        throw .invalid(
          "stream_options", found: "options of a stream", allowed: "only with stream: true")
      }
      try options.check(
        known: ["include_usage"], inert: ["include_obfuscation", "continuous_usage_stats"])
      streamsUsage = try options.bool("include_usage") ?? false
    }
    if isStreamed, promptLikeliest != nil {
      throw .invalid(
        "prompt_logprobs", found: "them with stream: true", allowed: "only without a stream")
    }
  }
}
