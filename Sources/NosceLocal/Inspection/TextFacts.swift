import Foundation
import NosceFormats
import NoscePorts
import NosceTemplates
import NosceTokenizer

/// What a checkpoint folder says of its text: tokenizer, chat template, stop tokens.
package struct TextFacts: Sendable {
  package struct Template: Sendable {
    /// The file that it is from.
    package let source: String
    /// Whether it says itself which words are the assistant's; else they are looked for.
    package let marksAssistant: Bool
    package let acceptsSystem: Bool
    package let endOfTurn: Int32?
    /// The words that end an answer, where a template was given that has such words.
    package let endOfAnswer: String?
  }

  package struct Stop: Sendable {
    package let id: Int32
    package let content: String
  }

  /// For example "byte-level BPE"; nil where there is no readable `tokenizer.json`.
  package private(set) var kind: String?
  package private(set) var vocabulary: Int?
  package private(set) var addedTokens: Int?
  /// The rows of an embedding that the tokenizer needs.
  package private(set) var embeddingRows: Int?
  package private(set) var template: Template?
  package private(set) var templateProblem: String?
  package private(set) var stopTokens: [Stop] = []
  package private(set) var problems: [String] = []

  package var hasTokenizer: Bool { vocabulary != nil }

  init(_ files: ModelFiles, template given: GivenTemplate? = nil) {
    kind = Self.kind(files)
    let tokenizer: Tokenizer
    do {
      tokenizer = try Tokenizer(files)
    } catch {
      problems.append("\(error)")
      return
    }
    vocabulary = tokenizer.vocabularySize
    addedTokens = tokenizer.addedTokens.count
    embeddingRows = tokenizer.embeddingRows
    do {
      let text = try CheckpointText(files, template: given)
      stopTokens = text.stopTokenIDs.map {
        Stop(id: $0, content: tokenizer.content(of: $0) ?? "")
      }
      template = text.chat.map(Self.template)
    } catch {
      templateProblem = "\(error)"
      problems.append("\(error)")
    }
  }

  private static func template(_ chat: ChatTokenizer) -> Template {
    let marked = try? chat.render([("user", "a question"), ("assistant", "an answer")])
    return Template(
      source: chat.template.name, marksAssistant: marked?.assistantSpans.isEmpty == false,
      acceptsSystem: chat.acceptsSystem, endOfTurn: chat.endOfTurnID, endOfAnswer: chat.endOfAnswer)
  }

  /// From the file itself, so that tokenizers which cannot be used are named too.
  private static func kind(_ files: ModelFiles) -> String? {
    switch files {
    case .folder(let directory): return kind(directory)
    case .gguf(let file): return GGUFTextKeys.kind(of: file.metadata)
    }
  }

  private static func kind(_ directory: URL) -> String? {
    let url = directory.appendingPathComponent("tokenizer.json")
    guard let data = try? Data(contentsOf: url, options: .mappedIfSafe), data.count < 500_000_000,
      let object = (try? JSON(parsing: data))?.object, let model = object["model"]?.object
    else { return nil }
    let type = model["type"]?.string ?? (model["merges"] == nil ? "untyped" : "BPE")
    if model["byte_fallback"]?.bool == true { return "\(type) with byte fallback" }
    let isByteLevel = ["pre_tokenizer", "decoder"].contains { key in
      object[key].map(names)?.contains("ByteLevel") ?? false
    }
    return isByteLevel ? "byte-level \(type)" : type
  }

  /// The types of a component and of those inside it.
  private static func names(_ json: JSON) -> [String] {
    guard let object = json.object else { return [] }
    let inner = ["pretokenizers", "decoders"].flatMap { object[$0]?.array ?? [] }
    return [object["type"]?.string].compactMap(\.self) + inner.flatMap(names)
  }
}
