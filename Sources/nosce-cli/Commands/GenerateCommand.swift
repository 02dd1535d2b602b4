import ArgumentParser
import Foundation
import NosceApp
import NosceEngine
import NosceFormats
import NosceLocal
import NosceTokenizer

/// What a checkpoint writes.
struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Let a checkpoint go on with a prompt, or answer one.",
    discussion: """
      --prompt is plain text to go on with; --user and --chat are put to the model in its chat \
      template. The same seed gives the same text, whatever else is sampled with it.
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
  }

  func run() async throws {
    let messages = try prompt.messages()
    let open = try checkpoint.open(isChat: messages != nil)
    let text = prompt.isTokens ? open.textIfUsable() : try open.text()
    let ids = try prompt.tokens(text, messages)
    let ends = text?.stopTokenIDs ?? open.model.configuration.eosTokenIDs.map { Int32($0) }
    // Words end an answer only where a template was given that has such words.
    let chat = messages == nil || noStop ? nil : text?.chat
    let prompts = (0..<samples).map { number in
      SamplingPrompt(
        tokens: ids, seed: seed &+ UInt64(number), temperature: temperature,
        maximumTokens: maxTokens, stopTokens: noStop ? [] : Set(ends), isEnded: chat?.endsAnswer)
    }
    let model = try InferenceModel(open.model, adapter: open.adapter)
    var results = try model.sample(prompts, threads: checkpoint.computing.threads)
    let texts = results.indices.map { number -> String? in
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
}
