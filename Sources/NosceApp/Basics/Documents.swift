import Foundation
import NosceFormats
import NoscePorts
import NosceTokenizer

/// Numbers and tokens as the JSON documents of the verbs have them.
extension JSON {
  /// The shortest notation that reads back as the same 32-bit number; null where it is none, for
  /// JSON has no notation for those.
  package static func float(_ value: Float) -> JSON {
    guard value.isFinite else { return .null }
    return .number(Double("\(value)") ?? Double(value))
  }

  package static func double(_ value: Double) -> JSON {
    value.isFinite ? .number(value) : .null
  }

  /// A string where it is too large for the integers that readers of JSON have.
  package static func seed(_ seed: UInt64) -> JSON {
    Int(exactly: seed).map { .integer($0) } ?? .string(String(seed))
  }

  package static func ids(_ tokens: [Int32]) -> JSON {
    .array(tokens.map { .integer(Int($0)) })
  }

  package static func floats(_ values: [Float]) -> JSON {
    .array(values.map { .float($0) })
  }
}

extension GivenTemplate {
  /// What a result says of the template that it was made through.
  package var json: JSON { .object([("name", .string(name)), ("sha256", .string(hash))]) }
}

/// Tokens as people read them.
package enum TokenText {
  /// The text of one token in quotes, with control characters written out.
  package static func quoted(_ text: String) -> String { JSON.string(text).text(indent: 0) }

  package static func quoted(_ token: Int32, _ tokenizer: Tokenizer?) -> String {
    tokenizer.map { quoted($0.decode([token])) } ?? ""
  }

  package static func json(_ token: Int32, _ tokenizer: Tokenizer?) -> JSON {
    tokenizer.map { .string($0.decode([token])) } ?? .null
  }
}
