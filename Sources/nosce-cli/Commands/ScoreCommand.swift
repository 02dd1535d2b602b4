import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceEngine
import NosceFormats
import NosceLocal
import NosceTokenizer

/// How likely a checkpoint finds given answers.
struct ScoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Print the log-probabilities of given answers to a prompt.",
    discussion: """
      Of each token of each answer, and their sums, in nats. An answer is encoded so that no token \
      reaches across its beginning. --answer and --answer-ids may be given again and again.
      """)

  @OptionGroup var checkpoint: CheckpointArguments
  @OptionGroup var prompt: PromptArguments

  @Option(name: .customLong("answer"), help: "An answer; one that begins with a dash: --answer=-1.")
  var answers: [String] = []

  @Option(help: "An answer as token ids, behind any prompt.")
  var answerIds: [TokenList] = []

  @Flag(help: "Count the token that ends the answer, too.")
  var closed = false

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    if answers.isEmpty, answerIds.isEmpty {
      throw ValidationError("Give at least one --answer or --answer-ids.")
    }
    if prompt.noThinking {
      throw ValidationError(
        "--no-thinking goes with logits and generate; an answer without thinking has that block "
          + "before it anyway.")
    }
    if prompt.isTokens, !answers.isEmpty {
      throw ValidationError("Behind --ids give --answer-ids: texts could be encoded in many ways.")
    }
  }

  private struct Answer {
    /// Nil for one that was given as ids.
    var text: String?
    var ids: [Int32]
  }

  func run() async throws {
    let messages = try prompt.messages()
    let open = try checkpoint.open(isChat: messages != nil)
    let text = prompt.isTokens ? open.textIfUsable() : try open.text()
    let (ids, encoded) = try encode(text, messages)
    var scored = zip(answers, encoded).map { Answer(text: $0, ids: $1) }
    scored += try answerIds.map { answer in
      Answer(text: nil, ids: try closing(answer.tokens, text, open.model.configuration))
    }
    let model = try InferenceModel(open.model, adapter: open.adapter)
    let results = try model.logProbabilities(
      [ScoringRequest(prefix: ids, candidates: scored.map(\.ids))],
      threads: checkpoint.computing.threads)[0]
    if json {
      try Console.say(document(ids, zip(scored, results), open).text(indent: 0))
    } else {
      for (answer, logProbabilities) in zip(scored, results) {
        try Console.say(table(answer, logProbabilities, text?.tokenizer))
      }
    }
  }

  /// The ids of the prompt, and those of each answer in words behind it.
  private func encode(
    _ text: CheckpointText?, _ messages: [ChatTokenizer.Message]?
  ) throws -> (prompt: [Int32], answers: [[Int32]]) {
    guard let text, !prompt.isTokens else { return (try prompt.tokens(text, messages), []) }
    if !closed, answers.contains("") {
      throw LabError(
        .backend,
        "--answer: found \(TokenText.quoted("")), which is no token of this tokenizer; "
          + "allowed: an answer of at least one token")
    }
    guard let messages else {
      let words = prompt.text ?? ""
      return (
        try prompt.tokens(text, nil, isAnswered: true),
        try answers.map { try text.answer($0, toText: words, closed: closed) }
      )
    }
    // Answers that were given as ids count, too, where it matters whether one begins with thinking.
    let words = answers + answerIds.map { text.tokenizer.decode($0.tokens) }
    let (ids, encoded) = try text.requireChat().prompt(
      messages: messages, prefill: prompt.prefill, answers: words, closed: closed)
    return (ids, Array(encoded.prefix(answers.count)))
  }

  /// Ids have no text to ask: what ends them is the template's end where there is one.
  private func closing(
    _ ids: [Int32], _ text: CheckpointText?, _ model: ModelConfiguration
  ) throws -> [Int32] {
    guard closed else { return ids }
    if let words = text?.chat?.stopTextIDs { return ids + words }
    let end =
      text?.chat?.endOfTurnID ?? text?.endOfTextID ?? model.eosTokenIDs.first.map { Int32($0) }
    guard let end else {
      throw ValidationError("--closed: this checkpoint names no token that ends an answer.")
    }
    return ids + [end]
  }

  private func document(
    _ ids: [Int32], _ results: Zip2Sequence<[Answer], [[Float]]>, _ open: OpenCheckpoint
  ) -> JSON {
    let list = results.map { answer, logProbabilities in
      JSON.object([
        ("answer", answer.text.map { .string($0) } ?? .null), ("ids", .ids(answer.ids)),
        ("log_probabilities", .floats(logProbabilities)),
        ("sum", .double(Self.sum(logProbabilities))),
      ])
    }
    return .object(
      open.provenance + [
        ("prompt_ids", .ids(ids)), ("closed", .bool(closed)), ("answers", .array(list)),
      ])
  }

  private static func sum(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double($1) } }

  private func table(
    _ answer: Answer, _ logProbabilities: [Float], _ tokenizer: Tokenizer?
  ) -> String {
    let name = answer.text.map { TokenText.quoted($0) } ?? "ids"
    let head = String(format: "%10.4f  ", Self.sum(logProbabilities)) + name
    let lines = zip(answer.ids, logProbabilities).map { token, value in
      String(format: "%10.4f  %8d  ", value, token) + TokenText.quoted(token, tokenizer)
    }
    return ([head] + lines.map { "  " + $0 }).joined(separator: "\n")
  }
}
