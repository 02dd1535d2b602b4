import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceFormats
import NosceTokenizer

/// Shows what a checkpoint's tokenizer makes of a text, or of ids.
struct TokenizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Show a text as a checkpoint's tokens, or tokens as text.",
    discussion: """
      Without TEXT and --file the text is read from standard input, to its last byte. Each token is \
      a line: its id, and the text that it stands for.
      """)

  @Argument(
    help: "A checkpoint folder, or a bundled organism by name.", completion: Completions.models)
  var path: String

  @Argument(help: "The text; with --decode, ids.")
  var text: String?

  @Option(help: "Read the text from a file.", completion: .file())
  var file: String?

  @Flag(help: "Read ids, separated by blanks or commas, and print their text.")
  var decode = false

  @Flag(help: "Add no special tokens around the text; with --decode, leave them out.")
  var noSpecial = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if text != nil, file != nil { throw ValidationError("TEXT and --file exclude each other.") }
  }

  func run() async throws {
    let tokenizer = try Tokenizer(
      ModelLocator.place(path, option: "PATH").files)
    let input = try TextInput.read(text, file: file)
    if decode {
      let ids = try Self.ids(input, tokenizer)
      let text = tokenizer.decode(ids, skipSpecialTokens: noSpecial)
      try Console.say(json ? Self.object(ids, tokenizer, text).text(indent: 0) : text)
      return
    }
    let ids = tokenizer.encode(input, addSpecialTokens: !noSpecial)
    if json {
      return try Console.say(Self.object(ids, tokenizer, input).text(indent: 0))
    }
    let width = ids.max().map { "\($0)".count } ?? 0
    var lines = ids.map { id in
      let number = String(repeating: " ", count: width - "\(id)".count) + "\(id)"
      return "\(number)  \(Self.quoted(tokenizer.bytes(of: id) ?? []))"
    }
    lines.append("\(ids.count) \(ids.count == 1 ? "token" : "tokens")")
    try Console.say(lines.joined(separator: "\n"))
  }

  private static func object(_ ids: [Int32], _ tokenizer: Tokenizer, _ text: String) -> JSON {
    .object([
      ("text", .string(text)), ("ids", .array(ids.map { .integer(Int($0)) })),
      ("tokens", .array(ids.map { .string(tokenizer.content(of: $0) ?? "") })),
    ])
  }

  private static func ids(_ text: String, _ tokenizer: Tokenizer) throws -> [Int32] {
    let separators: Set<Character> = [" ", "\n", "\r\n", "\t", ",", "[", "]"]
    return try text.split { separators.contains($0) }.map { part in
      guard let id = Int32(part), tokenizer.content(of: id) != nil else {
        throw LabError(
          .backend,
          "--decode: found '\(part.prefix(40))'; allowed: ids of tokens, from 0 to "
            + "\(tokenizer.embeddingRows - 1)")
      }
      return id
    }
  }

  /// Bytes in quotes; what is no text, or cannot be seen, as an escape.
  static func quoted(_ bytes: [UInt8]) -> String {
    var result = "\""
    if let text = String(validating: bytes, as: UTF8.self) {
      for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": result += "\\\(scalar)"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        default:
          let isVisible = scalar == " " || !scalar.properties.isWhitespace && isPrintable(scalar)
          result += isVisible ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }
      }
    } else {
      for byte in bytes {
        let digits = String(byte, radix: 16, uppercase: true)
        result += "\\x\(digits.count < 2 ? "0" : "")\(digits)"
      }
    }
    return result + "\""
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned: false
    default: true
    }
  }
}
