import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceFormats
import NosceLocal
import NosceTokenizer

/// What a model reads before it answers: shared by the verbs that ask one.
struct PromptArguments: ParsableArguments {
  @Option(help: "Token ids, such as 1,2,3: read as they are.")
  var ids: TokenList?

  @Option(
    name: [.customLong("prompt"), .customLong("text")],
    help: "Plain text, with what the tokenizer puts before a text, and without a template.")
  var text: String?

  @Option(
    help: "A JSON file with messages, rendered by the chat template up to the answer.",
    completion: .file(extensions: ["json"]))
  var chat: String?

  @Option(help: "One question, rendered by the chat template up to the answer.")
  var user: String?

  @Option(help: "The system message before --user.")
  var system: String?

  @Option(help: "The beginning of the answer, behind --chat or --user.")
  var prefill: String?

  @Flag(
    help: ArgumentHelp(
      "Behind --chat or --user: begin with the empty block of thinking that some templates write "
        + "before an answer without any."))
  var noThinking = false

  func validate() throws {
    let given = [
      ("--ids", ids != nil), ("--prompt", text != nil), ("--chat", chat != nil),
      ("--user", user != nil),
    ].filter(\.1).map(\.0)
    guard given.count == 1 else {
      throw ValidationError(
        "Give one of --ids, --prompt (or --text), --chat and --user; found "
          + (given.isEmpty ? "none." : given.joined(separator: " and ") + "."))
    }
    if system != nil, user == nil {
      throw ValidationError("--system goes with --user; in --chat it is a message.")
    }
    for (option, isGiven) in [("--prefill", prefill != nil), ("--no-thinking", noThinking)]
    where isGiven && chat == nil && user == nil {
      throw ValidationError("\(option) goes with --chat or --user.")
    }
  }

  /// Whether everything can be done without a tokenizer.
  var isTokens: Bool { ids != nil }

  /// The conversation, where there is one.
  func messages() throws -> [ChatTokenizer.Message]? {
    if let chat { return try ChatFile.read(URL(fileURLWithPath: chat)) }
    guard let user else { return nil }
    return (system.map { [("system", $0)] } ?? []) + [("user", user)]
  }

  /// The ids of the prompt, which has these messages. Only ids can do without a tokenizer.
  ///
  /// - Parameter isAnswered: whether a given answer follows, which takes the blank at the end of a
  ///   plain text. Otherwise the text is read to its last blank.
  func tokens(
    _ checkpointText: CheckpointText?, _ messages: [ChatTokenizer.Message]?,
    isAnswered: Bool = false
  ) throws -> [Int32] {
    if let ids { return ids.tokens }
    guard let checkpointText else {
      throw LabError(.backend, "found a text and no tokenizer to read it with; allowed: --ids")
    }
    if let messages {
      let found = try checkpointText.requireChat().prompt(
        messages: messages, prefill: prefill, thinks: !noThinking)
      guard !found.isEmpty else {
        throw LabError(
          .backend,
          "\(user == nil ? "--chat" : "--user"): found a conversation that the chat template makes "
            + "no token of; allowed: one of at least one token")
      }
      return found
    }
    let text = text ?? ""
    guard let found = checkpointText.encode(parts: [text], isContinued: isAnswered).first,
      !found.isEmpty
    else {
      throw LabError(
        .backend,
        "--prompt: found \(TokenText.quoted(text)), which is no token of this tokenizer, and before "
          + "which it puts none; allowed: a text of at least one token")
    }
    return found
  }
}

/// Token ids on the command line: whole numbers with commas or blanks between them.
struct TokenList: ExpressibleByArgument {
  var tokens: [Int32]

  init?(argument: String) {
    let parts = argument.split { $0 == "," || $0.isWhitespace }
    tokens = parts.compactMap { Int32($0) }
    guard !tokens.isEmpty, tokens.count == parts.count, tokens.allSatisfy({ $0 >= 0 }) else {
      return nil
    }
  }
}

/// A conversation in a JSON file: a list of messages, or an object with `messages`.
enum ChatFile {
  static func read(_ url: URL) throws -> [ChatTokenizer.Message] {
    func failure(_ found: String, _ allowed: String) -> LabError {
      LabError(.invalidExperiment, "\(url.path): found \(found); allowed: \(allowed)")
    }
    let data = try Storage.read(url)
    let json: JSON
    do throws(JSONError) {
      json = try JSON(parsing: data)
    } catch {
      throw failure("no JSON (\(error))", "a list of messages")
    }
    guard let list = json.array ?? json.object?["messages"]?.array, !list.isEmpty else {
      throw failure(json.kind, "a list of messages, or an object with messages")
    }
    let messages = try list.enumerated().map { index, value -> ChatTokenizer.Message in
      guard let object = value.object, Set(object.keys) == ["role", "content"],
        let role = object["role"]?.string, let content = object["content"]?.string
      else {
        throw failure(
          "message \(index + 1): \(value.text(indent: 0).prefix(80))",
          "an object with role and content, both strings, and nothing else")
      }
      return (role, content)
    }
    if messages.last?.role == "assistant" {
      throw failure(
        "the assistant's turn at the end",
        "a conversation that the assistant answers; --prefill gives the beginning of the answer")
    }
    return messages
  }
}
