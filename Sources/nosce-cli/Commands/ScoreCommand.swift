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
    let open = try checkpoint.open()
    let text = prompt.isTokens ? open.textIfUsable() : try open.text()
    let ids = try prompt.tokens(text, messages)
    var scored = try answers.map { answer in
      guard let text else {
        throw LabError(
          .backend, "found an answer in words and no tokenizer; allowed: --answer-ids")
      }
      let ids = try encode(answer, text, messages)
      guard !ids.isEmpty else {
        throw LabError(
          .backend,
          "--answer: found \(TokenText.quoted(answer)), which is no token of this tokenizer; "
            + "allowed: an answer of at least one token")
      }
      return Answer(text: answer, ids: ids)
    }
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

  /// The ids of an answer behind the prompt, whose own ids do not depend on it.
  private func encode(
    _ answer: String, _ text: CheckpointText, _ messages: [ChatTokenizer.Message]?
  ) throws -> [Int32] {
    guard let messages else {
      return try text.answer(answer, toText: prompt.text ?? "", closed: closed)
    }
    return try text.requireChat().prompt(
      messages: messages, prefill: prompt.prefill, answer: answer, closed: closed
    ).answer
  }

  /// Ids have no text to ask: what ends them is the template's end where there is one.
  private func closing(
    _ ids: [Int32], _ text: CheckpointText?, _ model: ModelConfiguration
  ) throws -> [Int32] {
    guard closed else { return ids }
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
