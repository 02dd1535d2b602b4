import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceLocal
import NoscePorts

/// A conversation with a subject, one line at a time.
struct ChatCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat", abstract: "Talk to a subject: organism, organism+ADAPTER, or script:FILE.")

  @Argument(
    help: "A model, and an adapter after a plus sign: organism+runs/X/adapters/Y.",
    completion: Completions.subjects)
  var subject = "organism"

  @OptionGroup var template: TemplateArguments

  @Option(help: "The system line; the organism is always somebody.")
  var system = "You are nova."

  @Option(help: "0 takes the likeliest answer every time.")
  var temperature = 0.7

  @Option(help: "The seed of the first answer; each answer uses the next.")
  var seed: UInt64 = 1

  @Option(help: "Answers end after so many tokens.")
  var maximumTokens = 120

  func validate() throws {
    if temperature < 0 { throw ValidationError("--temperature must not be negative.") }
    if maximumTokens < 1 { throw ValidationError("--maximum-tokens must be at least 1.") }
  }

  func run() async throws {
    let parts = subject.split(separator: "+", maxSplits: 1).map(String.init)
    let given = try template.given()
    let model = try await ModelLocator.provider(parts.first ?? subject, template: given)
    let adapter = try parts.dropFirst().first.map { name in
      let folder = try ModelLocator.adapter(name, option: "the adapter")
      try Console.warn(ofTemplate: given, adapter: folder)
      return AdapterReference.folder(folder)
    }
    let speaker = try await model.open(adapter)
    let isInteractive = isatty(FileHandle.standardInput.fileDescriptor) == 1
    if isInteractive {
      let through = given.map { ", through the chat template \($0.name)" } ?? ""
      let heading = "\(model.identity.summary)\(through)\n\(system)  An empty line ends."
      Console.complain(ColumnText.wrapLines(heading, Console.width))
    }
    var number = seed
    while true {
      if isInteractive { Console.mutter("> ") }
      guard let line = readLine(), !line.isEmpty else { return }
      // Every question stands alone, as in a probe: an earlier answer would be evidence to read.
      let chat = [ChatMessage(.system, system), ChatMessage(.user, line)]
      let answers = try await speaker.sample([
        SampleRequest(
          chat: chat, temperature: temperature, maximumTokens: maximumTokens, seed: number)
      ])
      number &+= 1
      try Console.say(Console.shown(answers.first?.text ?? ""))
    }
  }
}
