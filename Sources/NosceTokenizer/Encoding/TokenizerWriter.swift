import Foundation
import NosceCore
import NosceFormats

/// Writes a tokenizer whose tokens are whole words, single capital letters, and the 256 bytes.
///
/// The file is a Hugging Face `tokenizer.json`: a byte-level BPE model without merges, which takes a
/// piece that is in its vocabulary whole and any other byte by byte. Ids follow the order special
/// tokens, bytes, words; the same words give the same bytes.
package struct TokenizerWriter: Sendable {
  /// Words with the blank before them, single capital letters, single digits, runs of signs.
  package static let standardSplitPattern =
    #"[A-Z]| ?[a-z]+| ?[0-9]|\n| ?[^A-Za-z0-9\s]+|\s"#
  package static let specialTokens = ["<|pad|>", "<|im_start|>", "<|im_end|>"]
  /// ChatML, with the assistant's words marked.
  package static let chatTemplate = """
    {%- for message in messages %}
    {%- if message.role == 'assistant' %}
    {{- '<|im_start|>assistant\\n' }}
    {%- generation %}
    {{- message.content + '<|im_end|>' }}
    {%- endgeneration %}
    {{- '\\n' }}
    {%- else %}
    {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
    {%- endif %}
    {%- endfor %}
    {%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- endif %}
    """

  private let words: [String]
  /// The rule that cuts a text into the pieces that may be words.
  package let splitPattern: String

  /// Words are pieces of the split pattern, most of them with the blank before them: " harbours".
  ///
  /// One that stands twice, or that the pattern would cut in two, is an error.
  package init(
    words: [String], splitPattern: String = standardSplitPattern
  ) throws(TokenizerError) {
    let preTokenizer = try PreTokenizer(
      ComponentReader(
        file: "tokenizer.json", place: "pre_tokenizer",
        object: Self.preTokenizer(splitPattern)))
    func failure(_ found: String, _ allowed: String) -> TokenizerError {
      TokenizerError(file: "the list of words", found: found, allowed: allowed)
    }
    var seen: Set<[UInt8]> = []
    var kept: [String] = []
    for word in words {
      guard seen.insert(Array(word.utf8)).inserted else {
        throw failure("\"\(word)\" twice", "each word once")
      }
      guard preTokenizer.pieces(of: Array(word.utf8)).count == 1 else {
        throw failure("\"\(word)\"", "words that are one piece of \(splitPattern)")
      }
      // A single byte is a token already.
      if word.utf8.count > 1 { kept.append(word) }
    }
    self.words = kept
    self.splitPattern = splitPattern
  }

  /// The pieces into which the tokenizer cuts a text, to count words with.
  package static func pieces(
    of text: String, splitPattern: String = standardSplitPattern
  ) throws(TokenizerError) -> [String] {
    let reader = ComponentReader(
      file: "tokenizer.json", place: "pre_tokenizer", object: preTokenizer(splitPattern))
    return try PreTokenizer(reader).pieces(of: Array(text.utf8))
  }

  /// The number of tokens, special ones and bytes included.
  package var vocabularySize: Int { Self.specialTokens.count + 256 + words.count }

  private static func preTokenizer(_ splitPattern: String) -> JSONObject {
    JSONObject([
      ("type", .string("Sequence")),
      (
        "pretokenizers",
        .array([
          .object([
            ("type", .string("Split")),
            ("pattern", .object([("Regex", .string(splitPattern))])),
            ("behavior", .string("Isolated")),
            ("invert", .bool(false)),
          ]),
          byteLevel,
        ])
      ),
    ])
  }

  private static let byteLevel = JSON.object([
    ("type", .string("ByteLevel")), ("add_prefix_space", .bool(false)),
    ("trim_offsets", .bool(true)), ("use_regex", .bool(false)),
  ])

  /// The content of `tokenizer.json`.
  package var json: JSON {
    let special = Self.specialTokens
    let tokens =
      special + ByteAlphabet.scalars.map { String($0) }
      + words.map { ByteAlphabet.encode($0.utf8) }
    let vocabulary = tokens.enumerated().map { (key: $1, value: JSON.integer($0)) }
    let added = special.enumerated().map { id, content in
      JSON.object([
        ("id", .integer(id)), ("content", .string(content)), ("single_word", .bool(false)),
        ("lstrip", .bool(false)), ("rstrip", .bool(false)), ("normalized", .bool(false)),
        ("special", .bool(true)),
      ])
    }
    return .object([
      ("version", .string("1.0")),
      ("truncation", .null),
      ("padding", .null),
      ("added_tokens", .array(added)),
      ("normalizer", .null),
      ("pre_tokenizer", .object(Self.preTokenizer(splitPattern))),
      ("post_processor", .null),
      ("decoder", Self.byteLevel),
      (
        "model",
        .object([
          ("type", .string("BPE")), ("dropout", .null), ("unk_token", .null),
          ("continuing_subword_prefix", .null), ("end_of_word_suffix", .null),
          ("fuse_unk", .bool(false)), ("byte_fallback", .bool(false)),
          ("ignore_merges", .bool(true)), ("vocab", .object(vocabulary)), ("merges", .array([])),
        ])
      ),
    ])
  }

  /// The content of `tokenizer_config.json`, chat template included.
  package func configuration(maximumLength: Int) -> JSON {
    .object([
      ("tokenizer_class", .string("PreTrainedTokenizerFast")),
      ("bos_token", .null),
      ("eos_token", .string("<|im_end|>")),
      ("pad_token", .string("<|pad|>")),
      ("model_max_length", .integer(maximumLength)),
      ("clean_up_tokenization_spaces", .bool(false)),
      ("chat_template", .string(Self.chatTemplate)),
    ])
  }

  /// Writes `tokenizer.json` and `tokenizer_config.json` into a folder.
  package func write(to directory: URL, maximumLength: Int) throws {
    for (name, json) in [
      ("tokenizer.json", json),
      ("tokenizer_config.json", configuration(maximumLength: maximumLength)),
    ] {
      try Storage.write(
        json.text(indent: 1) + "\n", to: directory.appendingPathComponent(name))
    }
  }
}
