import Foundation
import NosceFormats

/// The files of a checkpoint folder that say something about its text, and which of their keys are
/// read.
package enum TextFiles {
  /// A file, or keys of one, that nothing in Nosce reads.
  package struct Unread: Sendable, Equatable {
    package let file: String
    /// Empty where the whole file is meant.
    package let keys: [String]

    package init(file: String, keys: [String]) {
      self.file = file
      self.keys = keys
    }
  }

  private static let names = [
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "generation_config.json", "chat_template.jinja",
  ]
  /// Folders beside them.
  private static let templates = "additional_chat_templates"

  private static let keys: [String: Set<String>] = [
    "tokenizer.json": [
      "version", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder",
      "model",
    ],
    "tokenizer_config.json": Set(TokenSettings.standardNames).union(TokenSettings.extraKeys)
      .union([TokenSettings.decoderKey, "chat_template"]),
    "special_tokens_map.json": Set(TokenSettings.standardNames).union(TokenSettings.extraKeys),
    "generation_config.json": ["eos_token_id"],
  ]

  /// What of a folder is not read. `others` are the names of files that somebody else reads, such as
  /// the weights.
  package static func unread(in directory: URL, besides others: Set<String>) -> [Unread] {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    let present = found.filter { !$0.hasPrefix(".") }.sorted()
    let isDecoded = object("tokenizer_config.json", directory)?[TokenSettings.decoderKey] != nil
    let hasTemplateFile = present.contains("chat_template.jinja")
    var files: [Unread] = []
    var parts: [Unread] = []
    for name in present where !others.contains(name) {
      if name == templates {
        files += templateFiles(directory, hasTemplateFile).map { Unread(file: $0, keys: []) }
        continue
      }
      // Where tokens and flags are given by id, these two are not looked at.
      let isReplaced =
        isDecoded && ["special_tokens_map.json", "added_tokens.json"].contains(name)
      guard names.contains(name), !isReplaced else {
        files.append(Unread(file: name, keys: []))
        continue
      }
      guard let read = keys[name], let members = object(name, directory)?.members else { continue }
      let unread = members.filter { member in
        if member.key == "chat_template", hasTemplateFile { return true }
        return !read.contains(member.key) && !isNamedToken(member, in: name)
      }
      // A key without a value says nothing.
      let keys = unread.filter { $0.value != .null }.map(\.key)
      if !keys.isEmpty { parts.append(Unread(file: name, keys: keys)) }
    }
    return files + parts
  }

  private static func isNamedToken(_ member: (key: String, value: JSON), in name: String) -> Bool {
    guard name == "tokenizer_config.json" || name == "special_tokens_map.json",
      member.key.hasSuffix("_token")
    else { return false }
    return member.value.string != nil || member.value.object?["content"]?.string != nil
  }

  /// Of the templates in a folder of their own only the one called "default" is read, where no file
  /// stands before it.
  private static func templateFiles(_ directory: URL, _ hasTemplateFile: Bool) -> [String] {
    let folder = directory.appendingPathComponent(templates)
    let found = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return found.filter { $0 != "default.jinja" || hasTemplateFile }.sorted()
      .map { "\(templates)/\($0)" }
  }

  private static func object(_ name: String, _ directory: URL) -> JSONObject? {
    (try? readJSON(directory.appendingPathComponent(name)))?.object
  }
}
