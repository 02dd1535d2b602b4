import Foundation
import NosceFormats
import NosceTestSupport
import NosceTokenizer

/// Small vocabularies in GGUF files.
enum GGUFVocabulary {
  /// The characters with which byte-level vocabularies write the 256 bytes.
  static let alphabet: [String] = {
    var next: UInt32 = 256
    return (0..<256 as Range<UInt32>).map { byte in
      if (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174 {
        return String(Unicode.Scalar(byte)!)
      }
      defer { next += 1 }
      return String(Unicode.Scalar(next)!)
    }
  }()

  static let template = """
    {% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content + \
    '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}\
    {% endif %}
    """

  /// Three control tokens, the bytes, and what a few merges make.
  static func byteLevel(pre: String? = "gpt-2") -> GGUFWriter {
    let merges = [
      "h e", "l l", "he ll", "hell o", "Ġ hello", "1 2", "Ċ Ċ", "Ġ Ġ", "' s", "Ð ¿", "e Ì", "eÌ ģ",
      "Ã ©",
    ]
    let made = merges.map { $0.filter { $0 != " " } }
    let control = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    let tokens = control + alphabet + made + ["<tag>"]
    var file = GGUFWriter()
    file.set("general.architecture", .string("llama"))
    file.set("tokenizer.ggml.model", .string("gpt2"))
    if let pre { file.set("tokenizer.ggml.pre", .string(pre)) }
    file.set("tokenizer.ggml.tokens", .strings(tokens))
    file.set(
      "tokenizer.ggml.token_type",
      .int32s(control.map { _ in 3 } + tokens.dropFirst(4).map { _ in 1 } + [4]))
    file.set("tokenizer.ggml.merges", .strings(merges))
    file.set("tokenizer.ggml.bos_token_id", .uint32(0))
    file.set("tokenizer.ggml.eos_token_id", .uint32(2))
    file.set("tokenizer.chat_template", .string(template))
    return file
  }

  /// The made tokens of ``scored()`` with their scores.
  static let made: [(String, Float)] = [
    ("ab", -1), ("ba", -1), ("aa", -2), ("▁a", -3), ("bc", -0.5), ("abc", -4), ("▁▁", -5),
    ("▁ab", -6),
  ]

  /// SentencePiece's kind: unknown, beginning and end, the bytes, four characters, and made tokens.
  static func scored() -> GGUFWriter {
    let bytes = (0..<256).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return "<0x\(digits.count < 2 ? "0" : "")\(digits)>"
    }
    let characters = ["▁", "a", "b", "c"]
    let tokens = ["<unk>", "<s>", "</s>"] + bytes + characters + made.map(\.0) + ["<mark>"]
    var file = GGUFWriter()
    file.set("general.architecture", .string("llama"))
    file.set("tokenizer.ggml.model", .string("llama"))
    file.set("tokenizer.ggml.tokens", .strings(tokens))
    file.set(
      "tokenizer.ggml.scores",
      .floats(
        [Float](repeating: 0, count: 259) + [-10, -11, -12, -13] + made.map(\.1) + [-1000]))
    file.set(
      "tokenizer.ggml.token_type",
      .int32s(
        [2, 3, 3] + bytes.map { _ in 6 } + characters.map { _ in 1 } + made.map { _ in 1 } + [4]))
    file.set("tokenizer.ggml.bos_token_id", .uint32(1))
    file.set("tokenizer.ggml.eos_token_id", .uint32(2))
    file.set("tokenizer.ggml.unknown_token_id", .uint32(0))
    return file
  }
}

extension GGUFWriter {
  /// Calls the body with the file as a reader sees it.
  func reading<Value>(_ body: (GGUFFile) throws -> Value) throws -> Value {
    try withFolder(inMemory: true) { folder in
      let url = folder.appending(path: "model.gguf")
      try write(to: url)
      return try body(try GGUFFile(contentsOf: url))
    }
  }

  func tokenizer() throws -> Tokenizer { try reading { try Tokenizer($0.metadata) } }
}

extension Tokenizer {
  /// The tokens of a text, as the file has them.
  func tokens(of text: String) -> [String] { encode(text).map { content(of: $0) ?? "\($0)" } }
}
