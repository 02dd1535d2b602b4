import Foundation
import NosceFormats
import NosceTokenizer

/// Numbers and tokens as the JSON documents of the verbs have them.
extension JSON {
  /// The shortest notation that reads back as the same 32-bit number; null where it is none, for
  /// JSON has no notation for those.
  static func float(_ value: Float) -> JSON {
    guard value.isFinite else { return .null }
    return .number(Double("\(value)") ?? Double(value))
  }

  static func double(_ value: Double) -> JSON {
    value.isFinite ? .number(value) : .null
  }

  /// A string where it is too large for the integers that readers of JSON have.
  static func seed(_ seed: UInt64) -> JSON {
    Int(exactly: seed).map { .integer($0) } ?? .string(String(seed))
  }

  static func ids(_ tokens: [Int32]) -> JSON {
    .array(tokens.map { .integer(Int($0)) })
  }

  static func floats(_ values: [Float]) -> JSON {
    .array(values.map { .float($0) })
  }
}

/// Tokens as people read them.
enum TokenText {
  /// The text of one token in quotes, with control characters written out.
  static func quoted(_ text: String) -> String { JSON.string(text).text(indent: 0) }

  static func quoted(_ token: Int32, _ tokenizer: Tokenizer?) -> String {
    tokenizer.map { quoted($0.decode([token])) } ?? ""
  }

  static func json(_ token: Int32, _ tokenizer: Tokenizer?) -> JSON {
    tokenizer.map { .string($0.decode([token])) } ?? .null
  }
}
