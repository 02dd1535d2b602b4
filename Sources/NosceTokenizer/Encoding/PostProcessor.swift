import NosceFormats

/// The special tokens that stand around a text.
struct PostProcessor: Sendable {
  private(set) var prefix: [Int32] = []
  private(set) var suffix: [Int32] = []

  init(prefix: [Int32], suffix: [Int32]) {
    self.prefix = prefix
    self.suffix = suffix
  }

  init(_ reader: ComponentReader?) throws(TokenizerError) {
    if let reader { try add(reader, depth: 0) }
  }

  private mutating func add(_ reader: ComponentReader, depth: Int) throws(TokenizerError) {
    switch try reader.type() {
    case "ByteLevel": break
    case "Sequence" where depth < 8:
      for step in try reader.list("processors") { try add(step, depth: depth + 1) }
    case "RobertaProcessing", "BertProcessing":
      prefix.append(try Self.pair("cls", reader))
      suffix.append(try Self.pair("sep", reader))
    case "TemplateProcessing":
      let tokens = try reader.nested("special_tokens")
      var isAfter = false
      for piece in try reader.list("single") {
        if piece.object["Sequence"] != nil {
          guard !isAfter else { throw reader.failure("the text twice", allowed: "the text once") }
          isAfter = true
          continue
        }
        guard let name = try piece.nested("SpecialToken")?.string("id"),
          let ids = try tokens?.nested(name)?.object["ids"]?.array
        else {
          throw piece.failure("neither text nor special token", allowed: "Sequence or SpecialToken")
        }
        var numbers: [Int32] = []
        for value in ids {
          guard let id = ComponentReader.tokenID(value) else {
            throw piece.failure("the id \(value.text(indent: 0))", allowed: "whole numbers from 0")
          }
          numbers.append(id)
        }
        if isAfter {
          suffix += numbers
        } else {
          prefix += numbers
        }
      }
      guard isAfter else { throw reader.failure("no place for the text", allowed: "a Sequence") }
    case let type:
      throw reader.failure(
        "type \"\(type)\"",
        allowed: "ByteLevel, TemplateProcessing, RobertaProcessing, BertProcessing or Sequence")
    }
  }

  /// The id in a token that is written as `["<s>", 0]`.
  private static func pair(
    _ key: String, _ reader: ComponentReader
  ) throws(TokenizerError) -> Int32 {
    guard let pair = reader.object[key]?.array, pair.count == 2, pair[0].string != nil,
      let id = ComponentReader.tokenID(pair[1])
    else { throw reader.failure("no \(key)", allowed: "\(key) = [token, id]") }
    return id
  }
}
