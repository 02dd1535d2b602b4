import Foundation
import NosceCore
import NosceEngine
import NosceFormats
import NoscePorts
import NosceTokenizer

/// The text side of a checkpoint: its tokenizer, and its chat template where it has one.
package struct CheckpointText: Sendable {
  /// The folder, or the GGUF file.
  package let directory: URL
  /// What was given in place of the folder's own chat template.
  package let template: GivenTemplate?
  package let tokenizer: Tokenizer
  /// Nil for a model without a chat template.
  package let chat: ChatTokenizer?
  /// The tokens after which an answer has ended.
  package let stopTokenIDs: [Int32]

  /// Refuses a tokenizer that cannot be the model's.
  package init(
    directory: URL, model: ModelConfiguration, template: GivenTemplate? = nil
  ) throws {
    try self.init(directory: directory, template: template)
    try Self.check(tokenizer, model: model, directory: directory)
  }

  /// Reads the files, whatever model they belong to.
  ///
  /// - Parameter template: what is used in place of the folder's own chat template.
  package init(directory: URL, template: GivenTemplate? = nil) throws {
    self.directory = directory
    self.template = template
    let given = try template.map(ChatTemplate.init)
    if try given ?? ChatTemplate.load(directory: directory) != nil {
      let chat = try ChatTokenizer(directory: directory, template: given)
      self.chat = chat
      tokenizer = chat.tokenizer
      stopTokenIDs = chat.stopTokenIDs
    } else {
      chat = nil
      tokenizer = try Tokenizer(contentsOf: directory)
      stopTokenIDs = try Self.stopTokens(directory, tokenizer)
    }
  }

  package static func check(
    _ tokenizer: Tokenizer, model: ModelConfiguration, directory: URL
  ) throws {
    try check(
      tokenizer, model: model, file: directory.appendingPathComponent("tokenizer.json").path)
  }

  static func check(_ tokenizer: Tokenizer, model: ModelConfiguration, file: String) throws {
    guard tokenizer.embeddingRows <= model.vocabularySize else {
      throw LabError(
        .backend,
        "\(file): found token ids up to \(tokenizer.embeddingRows - 1); allowed: below "
          + "\(model.vocabularySize), the rows of the model's embedding. "
          + "Is it the tokenizer of another model?")
    }
  }

  /// What the folder names as the end, where no template says it.
  private static func stopTokens(_ directory: URL, _ tokenizer: Tokenizer) throws -> [Int32] {
    var found: [Int32] = []
    func add(_ id: Int32?) {
      if let id, tokenizer.content(of: id) != nil, !found.contains(id) { found.append(id) }
    }
    func object(_ name: String) -> JSONObject? {
      let url = directory.appendingPathComponent(name)
      guard let data = try? Data(contentsOf: url) else { return nil }
      return (try? JSON(parsing: data))?.object
    }
    add(try TokenSettings(directory: directory).content(of: "eos_token").flatMap(tokenizer.tokenID))
    for name in ["generation_config.json", "config.json"] {
      guard let value = object(name)?["eos_token_id"] else { continue }
      for entry in value.array ?? [value] { add(entry.integer.flatMap(Int32.init(exactly:))) }
    }
    return found
  }

  private static let folderTemplates =
    "chat_template.jinja, chat_template in tokenizer_config.json"

  private var isFolder: Bool { directory.hasDirectoryPath || !GGUFFile.isOne(directory) }

  /// The chat template together with the tokenizer, or why there is none.
  package func requireChat() throws -> ChatTokenizer {
    guard let chat else {
      throw TokenizerError(
        file: directory.path, found: "no chat template",
        allowed: "\(isFolder ? Self.folderTemplates : GGUFTextKeys.template), or --chat-template "
          + "plain; without one, give plain text")
    }
    return chat
  }

  /// The token that ends a text: the tokenizer's own end, else the first that ends an answer.
  ///
  /// It stands behind the plain texts that are trained on, and behind an answer to a plain text that
  /// is closed. What ends an answer in a conversation is for the chat template to say.
  package var endOfTextID: Int32? { stopTokenIDs.first }

  /// The ids of texts that follow each other, with what the tokenizer puts before a text.
  ///
  /// No token reaches across: the first part's ids are the same whatever follows. The last part keeps
  /// the blank at its end, unless `isContinued`: then the blank belongs to what follows.
  package func encode(parts: [String], isContinued: Bool = false) -> [[Int32]] {
    tokenizer.encodeText(parts: parts, isContinued: isContinued)
  }

  /// The ids of an answer to a plain text, behind those of `encode(parts: [text], isContinued: true)`.
  ///
  /// - Parameter closed: whether the token that ends a text belongs to it.
  package func answer(_ answer: String, toText text: String, closed: Bool) throws -> [Int32] {
    let ids = encode(parts: [text, answer])[1]
    guard closed else {
      // Nothing has probability 1, which would look like a certain answer.
      guard !ids.isEmpty, !answer.isEmpty else {
        throw TokenizerError(
          file: directory.path, found: "the answer '\(answer)', which is no token",
          allowed: "an answer of at least one token, or one with what ends a text")
      }
      return ids
    }
    guard let end = endOfTextID else {
      throw TokenizerError(
        file: directory.path, found: "no token that ends a text",
        allowed: isFolder
          ? "a tokenizer_config.json or generation_config.json that names one"
          : GGUFTextKeys.end)
    }
    return ids.last == end ? ids : ids + [end]
  }
}
