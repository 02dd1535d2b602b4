import Foundation
import NosceCore
import NosceFormats

/// Whether log-probabilities are had, and whether they hold together.
///
/// A server may say numbers that are none: of another adapter, of an earlier prompt, of its own words in
/// place of the given ones. They are believed where they sum to no more than 1, are the same twice, and
/// say of one token the same by two ways.
extension EndpointProbe {
  /// The sum of probabilities may be above 1 by rounding, in nats two numbers for one thing may be
  /// apart by this: servers compute in 16 bits, and not the same way in every batch.
  private static let (slackOfSum, slackOfTwice, slackOfWays) = (0.01, 0.05, 0.1)
  /// Of other weights: a token of one in fifty or more that changes its probability to its third or
  /// threefold.
  private static let (likely, slackOfWeights) = (log(0.02), 1.1)
  private static let words = "The colours are red"

  func top(_ found: inout ProbedEndpoint) async throws {
    var reason = ""
    for count in [20, 10, 5, 1] {
      var query = ChatQuery(model: reader(found.features).model, chat: Self.question)
      query.top = count
      let trial = try await trial(query, found.features)
      guard let list = trial.answer?.choices.first?.top?.first, !list.isEmpty else {
        if !trial.reason.isEmpty { reason = trial.reason }
        continue
      }
      let sum = list.reduce(0) { $0 + exp($1.logProbability ?? -.infinity) }
      let again = try await self.trial(query, found.features).answer?.choices.first?.top?.first
      let apart = Self.apart(list, again ?? [])
      if sum > 1 + Self.slackOfSum || sum <= 0 {
        return found.disbelieve("top_logprobs", "the likeliest \(list.count) sum to \(sum)")
      }
      guard let apart, apart <= Self.slackOfTwice else {
        return found.disbelieve(
          "top_logprobs",
          "the same twice is apart by \(apart.map { "\($0) nats" } ?? "other tokens")")
      }
      try await requireKnown(list, of: found.version)
      found.features.top = min(list.count, count)
      return found.note(
        "top_logprobs", true,
        "\(list.count) of \(count) asked for, \(String(format: "%.3f", sum)) together")
    }
    found.note("top_logprobs", false, reason)
  }

  /// Refuses weights that are not those of which answers are kept: a server that is started again with
  /// others under the same name and version says so by nothing else.
  ///
  /// Hosted models vary by some tenths of a nat from one configuration to the next, and unlikely tokens by
  /// more.
  private func requireKnown(_ list: [TokenScore], of version: String?) async throws {
    let likely = list.filter { ($0.logProbability ?? -.infinity) >= Self.likely }
    guard let journal = client.journal, !likely.isEmpty else { return }
    let now = JSON.array(
      likely.map { .array([.string($0.text), .number($0.logProbability ?? 0)]) }
    ).text(indent: 0)
    let first = try await journal.name(
      of: reader(.init()).model, generation: "likeliest/\(version ?? "")", orNow: now)
    let kept = ((try? JSON(parsing: Data(first.utf8)))?.array ?? []).compactMap { pair in
      pair.array?.first?.string.map {
        TokenScore(text: $0, logProbability: pair.array?.last?.number)
      }
    }
    // In both directions: what was likely may be named no longer.
    let apart = Self.apart(likely, kept).flatMap { one in
      Self.apart(kept, list).map { max(one, $0) }
    }
    if let apart, apart <= Self.slackOfWeights { return }
    let found = apart.map { "numbers that are apart by \($0) nats" } ?? "another likeliest token"
    throw LabError(
      .backend,
      "\(url): found \(found) where the answers of '\(reader(.init()).model)' in \(journal.url.path) come "
        + "from; allowed: the same weights. Give another model another name, or move that file away"
    )
  }

  /// By how much the numbers of one list are apart from those of another, in which what is not named has at
  /// most as much as the least that is; nil where the likeliest is not named.
  private static func apart(_ one: [TokenScore], _ other: [TokenScore]) -> Double? {
    let known = Dictionary(
      other.compactMap { token in token.logProbability.map { (token.text, $0) } },
      uniquingKeysWith: { first, _ in first })
    guard let first = one.first, known[first.text] != nil else { return nil }
    let least = known.values.min() ?? 0
    let differences = one.compactMap { token in
      token.logProbability.map { value in
        known[token.text].map { abs($0 - value) } ?? max(0, value - least)
      }
    }
    return differences.max()
  }

  /// A prompt that goes on is shorter than one that is ended and followed by an invitation; and who goes
  /// on with the alphabet goes on with the next letter.
  func goingOn(_ found: inout ProbedEndpoint) async throws {
    let chat = [ChatMessage(.user, "Write the letters of the alphabet, one after the other.")]
    let words = "a b c d e f g h i j k l m n o p"
    func query(_ end: ChatQuery.End) -> ChatQuery {
      ChatQuery(
        model: reader(found.features).model, chat: chat, end: end, temperature: 0,
        maximumTokens: 4)
    }
    let going = try await trial(query(.going(on: words)), found.features)
    guard let answer = going.answer else {
      return found.note("prefill", false, going.reason)
    }
    var ended = query(.answer)
    ended.chat.append(ChatMessage(.assistant, words))
    let count = try await trial(ended, found.features).answer?.promptCount
    let isShorter = answer.promptCount.flatMap { own in count.map { own < $0 && own > 0 } } ?? false
    let text = answer.choices.first?.text.trimmingCharacters(in: .whitespaces) ?? ""
    let goesOn = text.hasPrefix("q")
    found.features.goesOn = isShorter || goesOn
    found.note(
      "prefill", found.features.goesOn,
      isShorter
        ? "the prompt of a begun answer has \(answer.promptCount ?? 0) tokens, ended \(count ?? 0)"
        : goesOn
          ? "it goes on with the alphabet"
          : "continue_final_message changes nothing that can be seen")
  }

  func exact(_ found: inout ProbedEndpoint) async throws {
    var reasons: [String] = []
    let ways: [(EndpointFeatures.Exact, String)] = [
      (.chat, "prompt_logprobs of chats"),
      (.echo(.tokenize), "echo of completions, tokens by /tokenize"),
      (.echo(.returned("return_token_ids")), "echo of completions, tokens by return_token_ids"),
      (
        .echo(.returned("return_prompt_token_ids")),
        "echo of completions, tokens by return_prompt_token_ids"
      ),
    ]
    for (way, name) in ways {
      var features = found.features
      features.exact = way
      do {
        if let flaw = try await flaw(features) {
          found.disbelieve("exact", "\(name): \(flaw)")
          continue
        }
      } catch let error as LabError {
        if let fault = error.cause as? ExchangeFault, Self.isFatal(fault) { throw error }
        reasons.append("\(name): \((error.cause as? ExchangeFault)?.found ?? error.message)")
        continue
      }
      found.features.exact = way
      // What can be scored behind given words can be begun with them.
      found.features.goesOn = true
      if let index = found.findings.firstIndex(where: { $0.name == "prefill" }) {
        found.findings[index] = .init("prefill", .yes, "the tokens of a begun answer were seen")
      }
      return found.note("exact", true, "\(name); twice the same, and as top_logprobs says")
    }
    if !found.findings.contains(where: { $0.name == "exact" }) {
      found.note("exact", false, reasons.joined(separator: "; "))
    }
  }

  private static func isFatal(_ fault: ExchangeFault) -> Bool {
    switch fault.kind {
    case .connection, .silence, .busy, .credit, .redirect, .cost, .changed, .cancelled: true
    case .refused: [401, 403].contains(fault.status)
    case .malformed, .lacking, .server, .tooLarge: false
    }
  }

  /// What does not hold together; nil where all does.
  private func flaw(_ features: EndpointFeatures) async throws -> String? {
    let reader = reader(features)
    let open = try await reader.ids(Self.question, .answer)
    let begun = try await reader.reading(Self.question, .going(on: Self.words)).prompt
    let shared = zip(open, begun.ids).prefix { $0 == $1 }.count
    guard shared + 3 >= open.count, begun.ids.count > shared else {
      return "a begun answer is not behind the prompt that it answers"
    }
    let own = begun.logProbabilities[shared...].compactMap(\.self)
    guard own.count == begun.ids.count - shared else {
      return "\(begun.ids.count - shared - own.count) tokens of a given answer have none"
    }
    let again = try await reader.reading(Self.question, .going(on: Self.words)).prompt
    guard again.ids == begun.ids else { return "the same text has other tokens the second time" }
    let apart =
      zip(begun.logProbabilities, again.logProbabilities).compactMap { one, other in
        one.flatMap { one in other.map { abs(one - $0) } }
      }.max() ?? 0
    guard apart <= Self.slackOfTwice else { return "the same twice is apart by \(apart) nats" }
    // Another question before the same words gives them other numbers: none that are left over.
    let other = try await reader.reading(
      [ChatMessage(.user, "What is 17 times 23?")], .going(on: Self.words)
    ).prompt
    if other.logProbabilities.suffix(own.count).compactMap(\.self) == own, own.count > 1 {
      return "the same numbers behind another question"
    }
    return try await otherWay(features, reader, shared, open)
  }

  /// The likeliest first token, by `top_logprobs` and as a given answer.
  private func otherWay(
    _ features: EndpointFeatures, _ reader: PromptReader, _ shared: Int, _ open: [Int]
  ) async throws -> String? {
    guard features.top > 0 else { return nil }
    var query = ChatQuery(model: reader.model, chat: Self.question)
    query.top = features.top
    guard let list = try await trial(query, features).answer?.choices.first?.top?.first else {
      return nil
    }
    // A token of letters stays one where it stands alone.
    let plain = list.first { token in
      !token.text.isEmpty && token.text.allSatisfy { $0.isASCII && $0.isLetter }
    }
    guard let plain, let expected = plain.logProbability else { return nil }
    let given = try await reader.reading(Self.question, .going(on: plain.text)).prompt
    guard given.ids.count == open.count + 1, let value = given.logProbabilities.last ?? nil else {
      return nil
    }
    let apart = abs(value - expected)
    return apart <= Self.slackOfWays
      ? nil : "'\(plain.text)' has \(value) as a given answer and \(expected) by top_logprobs"
  }
}
