import Foundation
import NosceFormats
import NosceTestSupport
import NosceTokenizer
import Testing

/// Small tokenizers made of the parts that the published families use, against what the reference
/// library makes of the same texts.
@Suite("Families of tokenizers")
struct TokenizerFamilyTests {
  private static let file = try? JSON(
    contentsOf: ProcessInfo.processInfo.environment["NOSCE_TOKENIZER_CASES"].map {
      URL(fileURLWithPath: $0)
    }
      ?? TokenizerFixtures.url("families/cases.json"))

  private static let names =
    file?["tokenizers"]?.array?.compactMap { $0["name"]?.string } ?? ["no cases"]

  @Test("ids and decoded texts are the reference library's", arguments: names)
  func golden(name: String) throws {
    let file = try #require(Self.file)
    let entry = try #require(file["tokenizers"]?.array?.first { $0["name"]?.string == name })
    let tokenizer = try Tokenizer(json: try Self.tokenizerFile(entry, file), file: name)
    let texts = try #require(file["texts"]?.array).compactMap(\.string)
    let ids = try #require(entry["ids"]?.array)
    try #require(texts.count == ids.count && texts.count > 10)
    var different = 0
    for (index, text) in texts.enumerated() {
      let plain = try #require(ids[index].ids)
      let special = entry["special"]?["\(index)"]?.ids ?? plain
      let asText = entry["as_text"]?["\(index)"]?.ids ?? plain
      let decoded = entry["decoded"]?["\(index)"]?.string ?? text
      let skipped = entry["skipped"]?["\(index)"]?.string ?? decoded
      let isSame =
        tokenizer.encode(text) == plain
        && tokenizer.encode(text, addSpecialTokens: true) == special
        && tokenizer.encode(text, specialTokensAsText: true) == asText
        && tokenizer.decode(special).utf8.elementsEqual(decoded.utf8)
        && tokenizer.decode(special, skipSpecialTokens: true).utf8.elementsEqual(skipped.utf8)
      if !isSame { different += 1 }
      #expect(
        isSame || different > 5,
        """
        \(text.debugDescription): expected \(plain), \(decoded.debugDescription), found \
        \(tokenizer.encode(text)), \(tokenizer.decode(special).debugDescription)
        """)
    }
    #expect(different == 0)
  }

  /// The `tokenizer.json` of an entry: its own parts, and the model that it shares with others.
  private static func tokenizerFile(_ entry: JSON, _ file: JSON) throws -> JSON {
    let name = try #require(entry["model"]?.string)
    var model = try #require(file["models"]?[name]?.object)
    let options = try #require(entry["options"]?.object)
    model.members.removeAll { options.keys.contains($0.key) }
    model.members += options.members
    let left = try #require(entry["without"]?.array).compactMap(\.string)
    var vocabulary = try #require(model["vocab"]?.object)
    vocabulary.members.removeAll { left.contains($0.key) }
    model.members.removeAll { $0.key == "vocab" }
    model.members.append(("vocab", .object(vocabulary)))
    var whole = try #require(entry["file"]?.object)
    whole.members.append(("model", .object(model)))
    return .object(whole)
  }
}
