import Foundation
import NosceFormats
import NosceTestSupport
import NosceTokenizer
import Testing

enum TokenizerFixtures {
  static func url(_ path: String) -> URL {
    Bundle.module.resourceURL!.appendingPathComponent("Fixtures/\(path)")
  }

  /// A tokenizer of the fixtures with more tokens.
  static func tokenizer(
    _ name: String, adding contents: [String], areSpecial: Bool
  ) throws -> Tokenizer {
    var file = try #require(try JSON(contentsOf: url("tokenizers/\(name)/tokenizer.json")).object)
    let index = try #require(file.members.firstIndex { $0.key == "added_tokens" })
    var added = try #require(file.members[index].value.array)
    let first = try Tokenizer(json: .object(file), file: name).vocabularySize
    for (place, content) in contents.enumerated() {
      added.append(
        .object([
          ("id", .integer(first + place)), ("content", .string(content)),
          ("special", .bool(areSpecial)), ("normalized", .bool(false)),
        ]))
    }
    file.members[index].value = .array(added)
    return try Tokenizer(json: .object(file), file: name)
  }
}

extension JSON {
  var ids: [Int32]? { array?.compactMap { $0.integer.map(Int32.init) } }
}
