import Foundation
import NosceFormats

/// What a checkpoint folder says about the special tokens of its conversations.
struct ChatSettings {
  /// The variables that templates use, e.g. `bos_token`.
  let variables: [(name: String, value: JSON)]
  let stopTokenIDs: [Int32]

  init(directory: URL, tokenizer: Tokenizer) throws(TokenizerError) {
    let settings = try TokenSettings(directory: directory)
    variables = settings.named.map { ($0.name, .string($0.entry.content)) }
    var stops: [Int32] = []
    if let end = settings.named.first(where: { $0.name == "eos_token" })?.entry {
      guard let id = tokenizer.tokenID(for: end.content) else {
        throw TokenizerError(
          file: end.reader.file,
          found: "eos_token \"\(end.content)\", which tokenizer.json does not have",
          allowed: "a token of the same model")
      }
      stops.append(id)
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
        if !stops.contains(id) { stops.append(id) }
      }
    }
    stopTokenIDs = stops
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
