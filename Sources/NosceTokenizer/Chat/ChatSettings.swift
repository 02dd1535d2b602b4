import Foundation
import NosceFormats

/// What a checkpoint folder says about the special tokens of its conversations.
struct ChatSettings {
  /// The variables that templates use, e.g. `bos_token`.
  private(set) var variables: [(name: String, value: JSON)] = []
  private(set) var stopTokenIDs: [Int32] = []

  private static let tokenNames = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]

  init(directory: URL, tokenizer: Tokenizer) throws(TokenizerError) {
    if let (file, object) = try Self.object("tokenizer_config.json", in: directory) {
      for name in Self.tokenNames {
        guard let value = object[name] else { continue }
        guard let content = value.string ?? value.object?["content"]?.string else {
          throw TokenizerError(
            file: file, found: "\(name) that is \(value.kind)", allowed: "the text of a token")
        }
        variables.append((name, .string(content)))
        guard name == "eos_token" else { continue }
        guard let id = tokenizer.tokenID(for: content) else {
          throw TokenizerError(
            file: file, found: "eos_token \"\(content)\", which tokenizer.json does not have",
            allowed: "a token of the same model")
        }
        stopTokenIDs.append(id)
      }
    }
    for name in ["generation_config.json", "config.json"] {
      guard let (file, object) = try Self.object(name, in: directory),
        let value = object["eos_token_id"]
      else { continue }
      for entry in value.array ?? [value] {
        guard let id = ComponentReader.tokenID(entry), tokenizer.content(of: id) != nil else {
          throw TokenizerError(
            file: file, found: "eos_token_id \(entry.text(indent: 0))",
            allowed: "the id of a token in tokenizer.json")
        }
        if !stopTokenIDs.contains(id) { stopTokenIDs.append(id) }
      }
    }
  }

  private static func object(
    _ name: String, in directory: URL
  ) throws(TokenizerError) -> (file: String, object: JSONObject)? {
    let url = directory.appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    let json = try readJSON(url)
    guard let object = json.object else {
      throw TokenizerError(file: url.path, found: json.kind, allowed: "a JSON object")
    }
    return (url.path, object)
  }
}
