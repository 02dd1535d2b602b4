import Foundation
import NosceFormats

/// What a checkpoint folder says about its tokens beside `tokenizer.json`, put together as the
/// reference library (transformers 5) puts it together.
///
/// `added_tokens_decoder` of `tokenizer_config.json` gives tokens and their flags. Where there is
/// none, `special_tokens_map.json` is laid over `tokenizer_config.json`, and `added_tokens.json` is
/// read.
package struct TokenSettings: Sendable {
  /// A token as a file describes it.
  struct Entry: Sendable {
    /// The file and the place in it, for error messages.
    let reader: ComponentReader
    let content: String
    /// The id that the file gives, where it gives one.
    var id: Int32?
    var isSpecial: Bool
  }

  /// By name, for example `bos_token`; also those that only one model has, such as `image_token`.
  private(set) var named: [(name: String, entry: Entry)] = []
  /// Special tokens without a name.
  private(set) var extra: [Entry] = []
  /// Tokens with ids: they win over `tokenizer.json`.
  private(set) var decoder: [Entry] = []
  /// Tokens with ids that count where `tokenizer.json` does not have them.
  private(set) var older: [Entry] = []

  package static let standardNames = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]
  static let decoderKey = "added_tokens_decoder"
  static let extraKeys = ["extra_special_tokens", "additional_special_tokens"]

  init() {}

  /// Reads the files of a folder that are there.
  package init(directory: URL) throws(TokenizerError) {
    let config = try Self.reader("tokenizer_config.json", in: directory)
    var values: [(name: String, place: ComponentReader, value: JSON)] = []
    func set(_ name: String, _ place: ComponentReader, _ value: JSON) {
      if let index = values.firstIndex(where: { $0.name == name }) {
        values[index] = (name, place, value)
      } else {
        values.append((name, place, value))
      }
    }
    if let config {
      for member in config.object.members { set(member.key, config, member.value) }
    }
    var extras = try config.map { (config) throws(TokenizerError) in try Self.extras(config) } ?? []
    if let config, let list = try config.nested(Self.decoderKey) {
      decoder = try Self.decoder(list)
    } else {
      if let map = try Self.reader("special_tokens_map.json", in: directory) {
        for member in map.object.members { set(member.key, map, member.value) }
        let more = try Self.extras(map)
        if map.object["extra_special_tokens"]?.array != nil {
          extras = Self.union(extras, more)
        } else if extras.isEmpty {
          extras = more
        }
      }
      older = try Self.older(directory)
    }
    for (name, place, value) in values where !Self.extraKeys.contains(name) {
      let isStandard = Self.standardNames.contains(name)
      guard isStandard || name.hasSuffix("_token") else { continue }
      if let entry = try Self.entry(name, place, value, isRequired: isStandard) {
        named.append((name, entry))
      }
    }
    for (name, place, value) in values where Self.extraKeys.contains(name) {
      guard let tokens = value.object else { continue }
      for member in tokens.members {
        guard let entry = try Self.entry(member.key, place, member.value, isRequired: true) else {
          continue
        }
        named.removeAll { $0.name == member.key }
        named.append((member.key, entry))
      }
    }
    extra = extras
    let special = Set((named.map(\.entry.content) + extra.map(\.content)).map { Array($0.utf8) })
    for index in older.indices {
      older[index].isSpecial = special.contains(Array(older[index].content.utf8))
    }
  }

  package func content(of name: String) -> String? {
    named.first { $0.name == name }?.entry.content
  }

  // MARK: Reading

  private static func reader(
    _ name: String, in directory: URL
  ) throws(TokenizerError) -> ComponentReader? {
    let url = directory.appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    let json = try readJSON(url)
    guard let object = json.object else {
      throw TokenizerError(file: url.path, found: json.kind, allowed: "a JSON object")
    }
    return ComponentReader(file: url.path, place: "", object: object)
  }

  /// A text, or an object with `content` and flags; nil for null.
  private static func entry(
    _ name: String, _ place: ComponentReader, _ value: JSON, isRequired: Bool
  ) throws(TokenizerError) -> Entry? {
    func reader(_ object: JSONObject) -> ComponentReader {
      ComponentReader(file: place.file, place: name, object: object)
    }
    switch value {
    case .null: return nil
    case .string(let content):
      return Entry(reader: reader(JSONObject()), content: content, isSpecial: true)
    case .object(let object):
      if let content = object["content"]?.string {
        return Entry(reader: reader(object), content: content, isSpecial: true)
      }
    default: break
    }
    guard isRequired else { return nil }
    throw TokenizerError(
      file: place.file, found: "\(name) that is \(value.kind)", allowed: "the text of a token")
  }

  /// The special tokens without a name. The older key counts where the newer one has nothing.
  private static func extras(_ reader: ComponentReader) throws(TokenizerError) -> [Entry] {
    for key in extraKeys {
      guard let value = reader.object[key] else { continue }
      // Named tokens are read elsewhere.
      if value.object != nil { return [] }
      guard let list = value.array else {
        throw reader.failure("\(key) that is \(value.kind)", allowed: "a list of tokens")
      }
      var entries: [Entry] = []
      for (index, value) in list.enumerated() {
        let entry = try entry("\(key)[\(index)]", reader, value, isRequired: true)
        if let entry { entries.append(entry) }
      }
      if !entries.isEmpty { return entries }
    }
    return []
  }

  private static func union(_ first: [Entry], _ second: [Entry]) -> [Entry] {
    first
      + second.filter { entry in
        !first.contains { $0.content.utf8.elementsEqual(entry.content.utf8) }
      }
  }

  private static func decoder(_ list: ComponentReader) throws(TokenizerError) -> [Entry] {
    var entries: [Entry] = []
    for (key, value) in list.object.members {
      guard let id = Int32(key), id >= 0, let object = value.object else {
        throw list.failure(
          "\(key): \(value.kind)", allowed: "ids, and for each an object with content and flags")
      }
      let reader = ComponentReader(file: list.file, place: "\(decoderKey).\(key)", object: object)
      entries.append(
        Entry(
          reader: reader, content: try reader.requiredString("content"), id: id,
          isSpecial: try reader.bool("special", default: false)))
    }
    return entries.sorted { ($0.id ?? 0) < ($1.id ?? 0) }
  }

  /// `added_tokens.json`: ids by content.
  private static func older(_ directory: URL) throws(TokenizerError) -> [Entry] {
    guard let reader = try reader("added_tokens.json", in: directory) else { return [] }
    var entries: [Entry] = []
    for (content, value) in reader.object.members {
      guard let id = ComponentReader.tokenID(value) else {
        throw reader.failure(
          "\"\(content)\" that is \(value.text(indent: 0).prefix(40))", allowed: "ids of tokens")
      }
      let place = ComponentReader(file: reader.file, place: "", object: JSONObject())
      entries.append(Entry(reader: place, content: content, id: id, isSpecial: false))
    }
    return entries.sorted { ($0.id ?? 0) < ($1.id ?? 0) }
  }
}
