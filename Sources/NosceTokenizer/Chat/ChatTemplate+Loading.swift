import Foundation
import NosceFormats

extension ChatTemplate {
  /// The template of a checkpoint folder; nil if it has none.
  ///
  /// `chat_template.jinja` counts before `chat_template` in `tokenizer_config.json`, which may be one
  /// text or a list of named ones; the files in `additional_chat_templates` add more. Without a name
  /// the one called "default" is meant.
  package static func load(
    directory: URL, named name: String = "default"
  ) throws -> ChatTemplate? {
    let manager = FileManager.default
    let main = directory.appendingPathComponent("chat_template.jinja")
    let more = directory.appendingPathComponent("additional_chat_templates/\(name).jinja")
    let isPlainName = !name.contains("/") && !name.contains("..")
    let file: URL? =
      name == "default" && manager.fileExists(atPath: main.path)
      ? main : isPlainName && manager.fileExists(atPath: more.path) ? more : nil
    if let file {
      guard let data = try? Data(contentsOf: file), let text = String(data: data, encoding: .utf8)
      else {
        throw TokenizerError(file: file.path, found: "no readable text", allowed: "UTF-8 text")
      }
      return try ChatTemplate(source: text, name: file.path)
    }
    let config = directory.appendingPathComponent("tokenizer_config.json")
    guard !manager.fileExists(atPath: main.path), manager.fileExists(atPath: config.path),
      let value = try readJSON(config).object?["chat_template"]
    else { return nil }
    switch value {
    case .string(let source):
      return name == "default" ? try ChatTemplate(source: source, name: config.path) : nil
    case .array(let entries):
      for entry in entries {
        guard let entryName = entry.object?["name"]?.string,
          let source = entry.object?["template"]?.string
        else {
          throw TokenizerError(
            file: config.path, found: "chat_template with \(entry.kind)",
            allowed: "a list of {\"name\", \"template\"}")
        }
        if entryName == name {
          return try ChatTemplate(source: source, name: "\(config.path) (\(name))")
        }
      }
      return nil
    default:
      throw TokenizerError(
        file: config.path, found: "chat_template that is \(value.kind)",
        allowed: "a text or a list of named texts")
    }
  }
}
