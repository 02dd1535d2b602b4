// The published pre-tokenizers, by the names that `tokenizer.ggml.pre` gives them.
//
// Names, expressions and defaults are those of llama.cpp (`src/llama-vocab.cpp`). Where it notes what
// an expression was in the model's own `tokenizer.json`, that one stands here: its own is what the
// C++ library can express. `\p{N}` alone is the digits step of `tokenizer.json`, and the last
// alternative of `byteLevelPattern` takes what llama.cpp leaves over, a run of blanks.
extension NamedPreTokenizer {
  private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
  private static let words = #"[^\r\n\p{L}\p{N}]?\p{L}+"#
  private static let signs = #" ?[^\s\p{L}\p{N}]+[\r\n]*"#
  private static let blanks = #"\s*[\r\n]+|\s+(?!\S)|\s+"#
  private static let gpt2 = PreTokenizer.byteLevelPattern
  private static let digit = PreTokenizer.digitPattern
  private static let llama3 = [contractions, words, #"\p{N}{1,3}"#, signs, blanks].joined(
    separator: "|")
  private static let qwen2 = [contractions, words, #"\p{N}"#, signs, blanks].joined(separator: "|")
  private static let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
  private static let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#

  /// Words in which a capital letter begins a new piece.
  private static func cased(_ ending: String, _ numbers: String) -> String {
    let before = #"[^\r\n\p{L}\p{N}]?"#
    return [
      "\(before)\(upper)*\(lower)+\(ending)", "\(before)\(upper)+\(lower)*\(ending)", numbers,
      #" ?[^\s\p{L}\p{N}]+[\r\n/]*"#, blanks,
    ].joined(separator: "|")
  }

  private static let gpt4o = cased(contractions + "?", #"\p{N}{1,3}"#)
  private static let kana = #"[\x{4E00}-\x{9FA5}\x{3040}-\x{309F}\x{30A0}-\x{30FF}]+"#
  private static let deepSeekWords =
    ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"##
  private static let deepSeek3 = [
    #"\p{N}{1,3}"#, kana, deepSeekWords + #"| ?[\p{P}\p{S}]+[\r\n]*|"# + blanks,
  ]
  private static let cjk = #"[\x{4E00}-\x{9FA5}\x{800}-\x{4E00}\x{AC00}-\x{D7FF}]+"#
  private static let separators =
    #" ?[^(\s|.,!?\x{2026}\x{3002}\x{FF0C}\x{3001}\x{964}\x{6D4}\x{60C})]+"#
  private static let deepSeekLetters =
    #"A-Za-z\x{B5}\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{1BA}\x{1BC}-\x{1BF}\x{1C4}-\x{293}"#
    + #"\x{295}-\x{2AF}\x{370}-\x{373}\x{376}\x{377}\x{37B}-\x{37D}\x{37F}\x{386}"#
    + #"\x{388}-\x{38A}\x{38C}\x{38E}-\x{3A1}\x{3A3}-\x{3F5}\x{3F7}-\x{481}\x{48A}-\x{52F}"#
    + #"\x{531}-\x{556}\x{10A0}-\x{10C5}\x{13A0}-\x{13F5}\x{13F8}-\x{13FD}\x{1C90}-\x{1CBA}"#
    + #"\x{1CBD}-\x{1CBF}\x{1D00}-\x{1D2B}\x{1D6B}-\x{1D77}\x{1D79}-\x{1D9A}"#
    + #"\x{1E00}-\x{1F15}\x{1F18}-\x{1F1D}\x{1F20}-\x{1F45}\x{1F48}-\x{1F4D}"#
    + #"\x{1F50}-\x{1F57}\x{1F59}\x{1F5B}\x{1F5D}\x{1F5F}-\x{1F7D}\x{1F80}-\x{1FB4}"#
    + #"\x{1FB6}-\x{1FBC}\x{1FBE}\x{1FC2}-\x{1FC4}\x{1FC6}-\x{1FCC}\x{1FD0}-\x{1FD3}"#
    + #"\x{1FD6}-\x{1FDB}\x{1FE0}-\x{1FEC}\x{1FF2}-\x{1FF4}\x{1FF6}-\x{1FFC}\x{2102}\x{2107}"#
    + #"\x{210A}-\x{2113}\x{2115}\x{2119}-\x{211D}\x{2124}\x{2126}\x{2128}\x{212A}-\x{212D}"#
    + #"\x{212F}-\x{2134}\x{2139}\x{213C}-\x{213F}\x{2145}-\x{2149}\x{214E}\x{2183}\x{2184}"#
    + #"\x{2C00}-\x{2C7B}\x{2C7E}-\x{2CE4}\x{2CEB}-\x{2CEE}\x{2CF2}\x{2CF3}\x{A640}-\x{A66D}"#
    + #"\x{A680}-\x{A69B}\x{A722}-\x{A76F}\x{A771}-\x{A787}\x{A78B}-\x{A78E}"#
    + #"\x{AB70}-\x{ABBF}\x{FB00}-\x{FB06}\x{FB13}-\x{FB17}\x{FF21}-\x{FF3A}"#
    + #"\x{FF41}-\x{FF5A}\x{10400}-\x{1044F}\x{104B0}-\x{104D3}\x{104D8}-\x{104FB}"#
    + #"\x{10C80}-\x{10CB2}\x{10CC0}-\x{10CF2}\x{118A0}-\x{118DF}\x{1E900}-\x{1E943}"#
  private static let deepSeek = [
    #"[\r\n]"#, #"\s?["# + deepSeekLetters + "]+",
    #"\s?[!-/:-~\x{FF01}-\x{FF0F}\x{FF1A}-\x{FF5E}\x{2018}-\x{201F}\x{3000}-\x{3002}]+"#,
    #"\s+$"#, cjk, #"\p{N}+"#,
  ]

  static let table: [(names: [String], value: NamedPreTokenizer)] = [
    (
      ["default"],
      Self([#"[\p{P}\$\+<=>\^~\|]+"#, gpt2, #"\p{N}+"#, "[0-9][0-9][0-9]"])
    ),
    (
      [
        "llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
        "jina-v5-nano",
      ], Self([llama3], ignoresMerges: true, addsBeginning: true)
    ),
    (["dbrx", "smaug-bpe", "chatglm-bpe"], Self([llama3])),
    (["glm4", "glm5"], Self([llama3], ignoresMerges: true)),
    (
      ["minicpm5"],
      Self(
        [
          #"\p{N}{1,3}"#,
          [contractions, words, #"\p{N}+"#, signs, blanks].joined(separator: "|"),
        ], ignoresMerges: true)
    ),
    (
      ["jais-2"],
      Self([
        [
          contractions, words, #"\p{N}{1,3}"#, signs, #"\s*[\r\n]+"#,
          #"\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)"#,
          #"\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}"#,
        ].joined(separator: "|")
      ])
    ),
    // Qwen's own tokenizers compose characters first (transformers, Qwen2Tokenizer).
    (["qwen2"], Self([qwen2], composes: true)),
    (
      [
        "deepseek-r1-qwen", "kormo", "f2llmv2", "megrez", "stablelm2", "hunyuan", "solar-open",
        "grok-2",
      ], Self([qwen2])
    ),
    (
      ["qwen35"],
      Self(
        [
          [
            contractions, #"[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+"#, #"\p{N}"#,
            #" ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*"#, blanks,
          ].joined(separator: "|")
        ], composes: true)
    ),
    (["ufakzeka"], Self([[words, #"\p{N}"#, signs, blanks].joined(separator: "|")])),
    (["laguna"], Self([#"[^\n]+|[\n]+"#, qwen2])),
    (
      ["bailingmoe", "bailingmoe2", "llada-moe"],
      Self([
        #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|"#
          + #"\s*[\r\n]|\s+(?!\S)|\s+"#
      ])
    ),
    (
      ["seed-coder"],
      Self([
        [contractions, words, #"\p{N}"#, #" ?[^\s\p{L}\p{N}\r\n]+"#, blanks].joined(
          separator: "|")
      ])
    ),
    (
      ["exaone-moe"],
      Self([
        [
          contractions, #"[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+"#, #"\p{N}"#,
          #" ?[^\s\p{L}\p{N}]+[\r\n/]?"#, #"\s*[\r\n]|\s+(?!\S)|\s+"#,
        ].joined(separator: "|")
      ])
    ),
    (
      [
        "gpt-2", "phi-2", "gigachat", "a.x-4.0", "mellum", "modern-bert", "jina-es", "jina-de",
        "jina-v2-es", "jina-v2-de", "jina-v1-en", "jina-v2-code", "roberta-bpe", "jais", "exaone4",
        "trillion", "granite-docling",
      ], Self([gpt2])
    ),
    // Those of GPT-NeoX's vocabulary compose characters first (transformers, GPTNeoXTokenizer).
    (["mpt", "olmo"], Self([gpt2], composes: true)),
    (
      ["smollm", "starcoder", "refact", "codeshell", "exaone", "minerva-7b", "mellum2"],
      Self([digit, gpt2])
    ),
    // transformers, CohereTokenizer.
    (["command-r"], Self([digit, gpt2], composes: true)),
    (["falcon"], Self([#"[\p{P}\$\+<=>\^~\|`]+"#, gpt2, "[0-9][0-9][0-9]"])),
    (["deepseek-llm"], Self(deepSeek)),
    (
      ["deepseek-coder"],
      Self([#"[\r\n]"#, #"\s?\p{L}+"#, #"\s?\p{P}+"#, cjk, digit])
    ),
    (["deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"], Self(deepSeek3)),
    (
      ["spark2_5"],
      Self([
        #"\p{N}{1,3}"#, kana,
        deepSeekWords + #"| ?[\p{P}\p{S}]+|[\r\n]|\s+(?!\S)|\s+"#, #"\p{N}"#,
      ])
    ),
    (
      ["youtu"],
      Self(
        [
          #"[\x{AC00}-\x{D7A3}\x{3131}-\x{318E}]+|"#
            + #"[\x{FF01}\x{2026}\x{201C}\x{201D}\x{2018}\x{2019}\x{2014}\x{FF1A}\x{FF1B}\x{FF0C}"#
            + #"\x{3001}-\x{303F}\x{FE30}-\x{FE4F}]+|[\x{3105}-\x{312F}]+|"# + kana,
          cased(contractions + "?", #"\p{N}"#),
        ], ignoresMerges: true)
    ),
    (["tekken"], Self([cased("", #"\p{N}"#)], ignoresMerges: true, addsBeginning: true)),
    (["gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"], Self([gpt4o])),
    (["granite-embed-multi-97m"], Self([gpt4o], ignoresMerges: true)),
    (["tiny_aya", "cohere2moe"], Self([#"\d{1,3}(?=(?:\d{3})*\b)"#, gpt4o])),
    (["superbpe"], Self([#"\p{N}+"#, #"(?=(\d{3})+(?!\d))"#])),
    (["poro-chat", "bloom", "gpt3-finnish"], Self([separators])),
    (["viking"], Self([separators, #"\p{N}"#])),
    (
      ["chameleon"],
      Self(
        [
          "<sentinel:[0-9]+>", "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z", #"([\t\n]|    |  )"#, digit,
          #"[\p{P}!-/:-@\[-`{-~]"#, gpt2,
        ], addsBeginning: true)
    ),
  ]
}
