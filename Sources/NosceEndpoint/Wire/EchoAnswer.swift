import NosceFormats

/// What `/v1/completions` says of a prompt that it is to say again.
enum EchoAnswer {
  /// - Parameter ids: the prompt.
  static func query(
    model: String, ids: [Int], most: Int, _ features: EndpointFeatures
  ) -> JSON {
    .object(
      [
        ("model", .string(model)), ("prompt", .array(ids.map { .integer($0) })),
        ("max_tokens", .integer(most)), ("temperature", .integer(1)), ("echo", .bool(true)),
        ("logprobs", .integer(1)),
      ] + features.salt(of: model))
  }

  /// The log-probabilities of the prompt's tokens, the first of which has none.
  static func scores(_ json: JSON, of ids: [Int]) throws(ExchangeFault) -> PromptScores {
    guard let choice = json.object?["choices"]?.array?.first?.object,
      let logprobs = choice["logprobs"]?.object
    else {
      throw ExchangeFault(
        .lacking, "a completion without logprobs", allowed: "what was asked for")
    }
    guard let list = logprobs["token_logprobs"]?.array,
      let tokens = logprobs["tokens"]?.array, tokens.count == list.count
    else {
      throw ExchangeFault(
        .lacking, "logprobs without tokens and token_logprobs", allowed: "both, as many")
    }
    guard list.count >= ids.count else {
      throw ExchangeFault(
        .lacking, "\(list.count) log-probabilities for a prompt of \(ids.count) tokens",
        allowed: "one for each: does the server ignore `echo`?")
    }
    let values = try list.prefix(ids.count).map { (json) throws(ExchangeFault) in
      try TokenScore.logProbability(json)
    }
    // A server that says nothing of the prompt says something of its own words all the same.
    guard ids.count < 2 || values.dropFirst().contains(where: { $0 != nil }) else {
      throw ExchangeFault(
        .lacking, "a prompt without log-probabilities", allowed: "one for each token")
    }
    let unsaid = list.prefix(ids.count).indices.filter { $0 > 0 && TokenScore.isUnsaid(list[$0]) }
    return PromptScores(
      ids: ids, logProbabilities: values,
      texts: tokens.prefix(ids.count).map { $0.string ?? "" }, unsaid: Set(unsaid))
  }
}
