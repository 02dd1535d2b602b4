import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceFormats
import NosceLocal
import NosceReport
import NosceText
import NosceTokenizer

/// Shows a conversation as a checkpoint's chat template writes it, and what of it is trained on.
struct RenderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Show a conversation through a checkpoint's chat template, trained words marked.",
    discussion: """
      MESSAGES is a JSON file with a list of messages (or an object with "messages" and "tools"), \
      or a JSONL file with such an object on each line; - stands for standard input. What a model \
      is trained on is green on a terminal, and stands between ⟦ and ⟧ elsewhere.
      """)

  @Argument(
    help: "A checkpoint folder, or a bundled organism by name.", completion: Completions.models)
  var path: String

  @OptionGroup var template: TemplateArguments

  @Argument(help: "A JSON or JSONL file.", completion: Completions.rows)
  var messages: String?

  @Option(help: "A message as ROLE:TEXT, in place of a file; once for each.")
  var message: [String] = []

  @Flag(help: "End where the assistant is to answer.")
  var generationPrompt = false

  @Flag(help: "End where the last message ends, so that it can be gone on with.")
  var continueFinal = false

  @Option(help: "A JSON file with a list of tools.", completion: .file(extensions: ["json"]))
  var tools: String?

  @Flag(help: "Print one JSON object for each conversation: text, ids, trained, spans.")
  var json = false

  func validate() throws {
    if (messages == nil) == message.isEmpty {
      throw ValidationError("Give either a file of messages or --message.")
    }
    if generationPrompt, continueFinal {
      throw ValidationError("--generation-prompt and --continue-final exclude each other.")
    }
    for text in message where !text.contains(":") {
      throw ValidationError("--message: found '\(text)'; allowed: ROLE:TEXT.")
    }
  }

  func run() async throws {
    let chat = try CheckpointText(
      try ModelLocator.place(path, option: "PATH").files, template: try template.given()
    ).requireChat()
    let given = try tools.map { try Self.list(try Self.parse(file: $0), $0) }
    for conversation in try conversations() {
      let row = try chat.row(
        conversation.messages, tools: given ?? conversation.tools,
        addsGenerationPrompt: generationPrompt, continuesFinalMessage: continueFinal)
      let notes = [chat.note, row.note].compactMap { $0 }
      if json {
        try Console.say(Self.object(row, notes).text(indent: 0))
      } else {
        try Console.say(Self.marked(row))
        for note in notes { Console.complain(note) }
      }
    }
  }

  private typealias Conversation = (messages: [JSON], tools: [JSON]?)

  private func conversations() throws -> [Conversation] {
    guard let messages else {
      let list = message.map { text in
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return JSON.object([
          ("role", .string(String(parts[0]))), ("content", .string(String(parts[1]))),
        ])
      }
      return [(list, nil)]
    }
    let text = try TextInput.read(nil, file: messages)
    if let whole = try? JSON(parsing: text) { return [try Self.conversation(whole, messages)] }
    let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
    guard lines.count > 1 else {
      return [try Self.conversation(try Self.parse(text, messages), "")]
    }
    return try lines.enumerated().map { number, line in
      let place = "\(messages), line \(number + 1)"
      return try Self.conversation(try Self.parse(String(line), place), place)
    }
  }

  private static func conversation(_ json: JSON, _ place: String) throws -> Conversation {
    guard let object = json.object else { return (try list(json, place), nil) }
    guard let messages = object["messages"] else {
      throw LabError(.backend, "\(place): found no messages; allowed: {\"messages\": [...]}")
    }
    return (try list(messages, place), try object["tools"].map { try list($0, place) })
  }

  private static func list(_ json: JSON, _ place: String) throws -> [JSON] {
    guard let list = json.array, list.allSatisfy({ $0.object != nil }) else {
      throw LabError(.backend, "\(place): found \(json.kind); allowed: a list of objects")
    }
    return list
  }

  private static func parse(file: String) throws -> JSON {
    try parse(try TextInput.read(nil, file: file), file)
  }

  private static func parse(_ text: String, _ place: String) throws -> JSON {
    do throws(JSONError) {
      return try JSON(parsing: text)
    } catch {
      throw LabError(
        .backend, "\(place): found no JSON (\(error)); allowed: a list of messages", cause: error)
    }
  }

  private static func object(_ row: ChatRow, _ notes: [String]) -> JSON {
    .object([
      ("text", .string(row.text)), ("ids", .array(row.tokens.map { .integer(Int($0)) })),
      ("trained", .array(row.isTarget.map { .bool($0) })),
      (
        "spans",
        .array(row.spans.map { .array([.integer($0.lowerBound), .integer($0.upperBound)]) })
      ),
      ("notes", .array(notes.map { .string($0) })),
    ])
  }

  private static func marked(_ row: ChatRow) -> String {
    let isColoured = Console.style(terminal: Console.outputIsTerminal) == .color
    let (open, close) = isColoured ? ("\u{1B}[32m", "\u{1B}[0m") : ("⟦", "⟧")
    let text = Array(row.text.unicodeScalars)
    var result = String.UnicodeScalarView()
    var end = 0
    for span in row.spans {
      result += text[end..<span.lowerBound]
      result += open.unicodeScalars
      result += text[span]
      result += close.unicodeScalars
      end = span.upperBound
    }
    result += text[end...]
    return String(result)
  }
}
