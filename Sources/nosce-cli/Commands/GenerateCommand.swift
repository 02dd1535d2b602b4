import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceEngine
import NosceFormats
import NosceLocal
import NoscePorts
import NosceTokenizer

/// What a checkpoint writes.
struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Let a checkpoint go on with a prompt, or answer one.",
    discussion: """
      --prompt is plain text to go on with; --user and --chat are put to the model in its chat \
      template. The same seed gives the same text, whatever else is sampled with it.

      --starts RESIN writes five lines that begin with these letters, of three words or more, and \
      nothing behind them; --starts 'RS|E|AEIOU' leaves a line several. Every token is drawn among \
      those that keep to this.
      """)

  @OptionGroup var checkpoint: CheckpointArguments
  @OptionGroup var prompt: PromptArguments

  @Option(help: "0 takes the likeliest token every time.")
  var temperature: Float = 0

  @Option(help: "The seed of the first sample; each further one uses the next.")
  var seed: UInt64 = 1

  @Option(help: "Samples end after so many tokens.")
  var maxTokens = 128

  @Option(help: "How many samples.")
  var samples = 1

  @Option(
    help: ArgumentHelp(
      "Write lines that begin with these characters, one each, or those between bars.",
      valueName: "letters"))
  var starts: String?

  @Flag(help: "Go on behind the tokens that end an answer.")
  var noStop = false

  @Flag(help: "Print one JSON document, with token ids.")
  var json = false

  func validate() throws {
    guard temperature >= 0, temperature.isFinite else {
      throw ValidationError("--temperature must be a number from 0.")
    }
    if maxTokens < 1 { throw ValidationError("--max-tokens must be at least 1.") }
    if samples < 1 { throw ValidationError("--samples must be at least 1.") }
    if noStop, starts != nil {
      throw ValidationError("--starts ends an answer behind its last line; give no --no-stop.")
    }
  }

  func run() async throws {
    let messages = try prompt.messages()
    let open = try checkpoint.open(isChat: messages != nil)
    let text = prompt.isTokens ? open.textIfUsable() : try open.text()
    let ids = try prompt.tokens(text, messages)
    let ends = text?.stopTokenIDs ?? open.model.configuration.eosTokenIDs.map { Int32($0) }
    // Words end an answer only where a template was given that has such words.
    let chat = messages == nil || noStop ? nil : text?.chat
    let lines = try startedLines(text, open, isAnswer: messages != nil)
    let prompts = (0..<samples).map { number in
      SamplingPrompt(
        tokens: ids, seed: seed &+ UInt64(number), temperature: temperature,
        maximumTokens: lines?.limit ?? maxTokens, stopTokens: noStop ? [] : Set(ends),
        isEnded: lines == nil ? chat?.endsAnswer : nil, constraint: lines?.constraint)
    }
    let model = try InferenceModel(open.model, adapter: open.adapter)
    var results = try model.sample(prompts, threads: checkpoint.computing.threads)
    let texts = try results.indices.map { number -> String? in
      if case .gaveUp(let reason) = results[number].finish { throw LabError(.backend, reason) }
      if let lines {
        return lines.writing.lines(
          in: results[number].tokens, isAnswer: messages != nil, prefill: prompt.prefill)
      }
      guard let chat else {
        return text?.tokenizer.decode(results[number].tokens, skipSpecialTokens: true)
      }
      let answer = chat.answer(in: results[number].tokens, prefill: prompt.prefill)
      results[number].tokens = answer.tokens
      return answer.text
    }
    if json {
      let list = zip(prompts, zip(results, texts)).map { prompt, result in
        JSON.object([
          ("seed", .seed(prompt.seed)), ("ids", .ids(result.0.tokens)),
          ("text", result.1.map { .string($0) } ?? .null),
          ("finish", .string(result.0.finish == .stop ? "stop" : "length")),
        ])
      }
      let document = JSON.object(
        open.provenance + [
          ("temperature", .float(temperature)), ("prompt_ids", .ids(ids)),
          ("samples", .array(list)),
        ])
      try Console.say(document.text(indent: 0))
      return
    }
    for (number, (result, text)) in zip(results, texts).enumerated() {
      if samples > 1 { try Console.say("--- seed \(prompts[number].seed)") }
      try Console.say(text ?? result.tokens.map(String.init).joined(separator: ","))
    }
  }

  /// What the lines of `--starts` are held to; nil without them.
  private func startedLines(
    _ text: CheckpointText?, _ open: OpenCheckpoint, isAnswer: Bool
  ) throws -> (writing: LineWriting, constraint: any TokenConstraint, limit: Int)? {
    guard let starts else { return nil }
    guard let text else {
      throw LabError(
        .backend, "--starts: found no tokenizer to find letters in; allowed: a model with one")
    }
    let wanted = try LineStarts(text: starts)
    let writing = LineWriting(text, rows: open.model.configuration.vocabularySize)
    let constraint = try writing.constraint(
      wanted, isAnswer: isAnswer, prefill: prompt.prefill,
      question: prompt.user ?? prompt.text ?? prompt.chat ?? "the given tokens")
    return (writing, constraint, wanted.maximumTokens)
  }
}
