import Foundation
import NosceFormats
import NosceTemplates
import NosceTestSupport
import NosceTokenizer
import Testing

/// Wrong vocabularies in GGUF files are errors that name file and key; damaged ones never crash.
@Suite("Wrong and damaged vocabularies of GGUF files")
struct HostileGGUFTests {
  private static let key = "tokenizer.ggml."

  private func fails(
    _ file: GGUFWriter, _ found: String, _ location: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: TokenizerError.self, sourceLocation: location) {
      _ = try file.tokenizer()
    }
    guard let error else { return }
    #expect(error.found.contains(found), "\(error)", sourceLocation: location)
    #expect(
      error.file.hasSuffix("model.gguf") && !error.allowed.isEmpty, sourceLocation: location)
  }

  private func changed(
    _ file: GGUFWriter, _ key: String, _ value: GGUFWriter.Value?
  ) -> GGUFWriter {
    var file = file
    if let value { file.set(Self.key + key, value) } else { file.remove(Self.key + key) }
    return file
  }

  @Test(
    "Other kinds of tokenizers are refused by name",
    arguments: ["bert", "t5", "rwkv", "plamo2", "none", "no_vocab", "gemma4", "hybriddna", ""])
  func kinds(name: String) {
    fails(changed(GGUFVocabulary.byteLevel(), "model", .string(name)), "model = \"\(name)\"")
  }

  @Test("A missing or unknown pre-tokenizer is never another one")
  func preTokenizers() {
    fails(GGUFVocabulary.byteLevel(pre: nil), "tokenizer.ggml.pre = missing")
    for name in ["", "GPT-2", "gemma4", "kimi-k2", "whitespace", "afmoe", "unheard-of"] {
      fails(GGUFVocabulary.byteLevel(pre: name), "tokenizer.ggml.pre = \"\(name)\"")
    }
    fails(changed(GGUFVocabulary.byteLevel(), "pre", .uint32(1)), "tokenizer.ggml.pre = 1")
  }

  @Test("Lists of the wrong kind or length")
  func lists() {
    let file = GGUFVocabulary.byteLevel()
    fails(changed(file, "model", nil), "model = missing")
    fails(changed(file, "tokens", nil), "tokens = missing")
    fails(changed(file, "tokens", .array([], of: 8)), "tokens = a list of 0 texts")
    fails(changed(file, "tokens", .floats([1])), "tokens = a list of 1 numbers")
    fails(changed(file, "token_type", .int32s([1, 1])), "token_type with 2 entries")
    fails(changed(file, "token_type", .strings(["a"])), "token_type = ")
    fails(changed(file, "merges", nil), "merges = missing")
    let scored = GGUFVocabulary.scored()
    fails(changed(scored, "scores", nil), "no tokenizer.ggml.scores")
    fails(changed(scored, "scores", .floats([0, 1])), "scores with 2 entries")
    fails(changed(scored, "scores", .bools([true])), "scores = ")
  }

  private func tokens(_ file: GGUFWriter) -> [String] {
    guard
      case .array(let values, _)? = file.metadata.first(where: { $0.key.hasSuffix("tokens") })?
        .value
    else { return [] }
    return values.compactMap { if case .string(let text) = $0 { text } else { nil } }
  }

  @Test("Tokens that stand twice, or are no text")
  func wrongTokens() {
    let file = GGUFVocabulary.byteLevel()
    var list = tokens(file)
    list[10] = list[5]
    fails(changed(file, "tokens", .strings(list)), "tokens[10] = \"\(list[5])\"")
    var values = tokens(file).map { GGUFWriter.Value.string($0) }
    values[7] = .text([0xC3, 0x28])
    fails(changed(file, "tokens", .array(values)), "tokens[7] with bytes that are no UTF-8")
  }

  @Test("Types that there are not, and bytes that are none")
  func wrongTypes() {
    let count = tokens(GGUFVocabulary.scored()).count
    var types = [Int32](repeating: 1, count: count)
    types[4] = 9
    fails(changed(GGUFVocabulary.scored(), "token_type", .int32s(types)), "token_type[4] = 9")
    types[4] = 1
    types[count - 1] = 6
    fails(changed(GGUFVocabulary.scored(), "token_type", .int32s(types)), "\"<mark>\", a byte")
  }

  @Test("Ids of no token", arguments: ["bos", "eos", "eot", "eom", "unknown", "padding"])
  func ids(name: String) {
    for file in [GGUFVocabulary.byteLevel(), GGUFVocabulary.scored()] {
      let count = UInt32(tokens(file).count)
      for id in [count, .max] {
        fails(changed(file, "\(name)_token_id", .uint32(id)), "\(name)_token_id = \(id)")
      }
      fails(changed(file, "\(name)_token_id", .int32(-1)), "\(name)_token_id = -1")
      fails(changed(file, "\(name)_token_id", .string("a")), "\(name)_token_id = \"a\"")
    }
  }

  @Test("A token before every text that has no id")
  func missingBeginning() {
    var file = changed(GGUFVocabulary.byteLevel(), "bos_token_id", nil)
    fails(changed(file, "add_bos_token", .bool(true)), "add_bos_token = true")
    file = GGUFVocabulary.byteLevel(pre: "tekken")
    fails(changed(file, "bos_token_id", nil), "begins every text with a token")
    fails(changed(file, "add_bos_token", .uint8(1)), "add_bos_token = 1")
  }

  @Test("Merges of no tokens, of one, of three, and twice")
  func merges() {
    let file = GGUFVocabulary.byteLevel()
    for wrong in ["h q", "zz zz", "h", "h ", " h", "h e l", ""] {
      fails(changed(file, "merges", .strings(["h e", wrong])), "merges[1] = \"\(wrong)\"")
    }
    fails(changed(file, "merges", .strings(["h e", "l l", "h e"])), "merges[2] = \"h e\" a second")
    fails(changed(file, "merges", .array([.text([0xFF])])), "merges[0] = \"no UTF-8\"")
  }

  @Test("Scores that give no order")
  func scores() {
    let file = GGUFVocabulary.scored()
    let count = tokens(file).count
    var scores = [Float](repeating: -1000, count: count)
    fails(changed(file, "scores", .floats(scores)), "scores that are all -1000.0")
    for number in [Float.nan, .infinity, -.infinity] {
      scores[3] = number
      fails(changed(file, "scores", .floats(scores)), "scores[3] = ")
    }
    var list = tokens(file)
    list[count - 1] = "aq"
    let types = [Int32](repeating: 1, count: count)
    fails(
      changed(changed(file, "tokens", .strings(list)), "token_type", .int32s(types)),
      "\"aq\", but none for its character \"q\"")
  }

  @Test("Characters for which there is nothing")
  func nothing() {
    var file = GGUFVocabulary.scored()
    var list = tokens(file)
    list[0x41 + 3] = "<other>"
    file = changed(file, "tokens", .strings(list))
    file = changed(file, "token_type", .int32s([Int32](repeating: 1, count: list.count)))
    fails(changed(file, "unknown_token_id", nil), "neither a token for every byte")
  }

  // MARK: Damage

  private static let text = "The <s> answer é 12  aab ▁ 今天 'S\r\n\t<|im_end|> ab<unk><mark><tag>"

  /// True if the file was taken.
  private func use(_ url: URL) -> Bool {
    do {
      let files = try ModelFiles(at: url)
      let tokenizer = try Tokenizer(files)
      let ids = tokenizer.encode(Self.text, addSpecialTokens: true)
      #expect(ids.allSatisfy { $0 >= 0 && Int($0) < tokenizer.embeddingRows })
      _ = tokenizer.decode(ids)
      _ = tokenizer.encode(parts: [Self.text, "  x", "y "])
      if case .gguf(let file) = files { _ = GGUFTextKeys.unread(in: file.metadata) }
      if try ChatTemplate.load(files) != nil { _ = try ChatTokenizer(files) }
      return true
    } catch let error as CheckpointError {
      #expect(error.file.contains("damaged"))
    } catch let error as TokenizerError {
      #expect(error.file.contains("damaged") && !error.found.isEmpty && !error.allowed.isEmpty)
    } catch let error as TemplateError {
      #expect(error.template.contains("damaged"))
    } catch {
      Issue.record(error)
    }
    return false
  }

  @Test("Damaged bytes", arguments: [true, false])
  func bytes(isByteLevel: Bool) throws {
    let file = isByteLevel ? GGUFVocabulary.byteLevel() : GGUFVocabulary.scored()
    let whole = file.bytes
    var taken = 0
    try withFolder(inMemory: true) { folder in
      for seed in 0..<700 as Range<UInt64> {
        var mutator = Mutator(seed: seed)
        let url = folder.appending(path: "damaged-\(seed).gguf")
        try Data(mutator.damagedBytes(whole)).write(to: url)
        if use(url) { taken += 1 }
        try FileManager.default.removeItem(at: url)
      }
    }
    #expect(taken > 20 && taken < 650, "\(taken)")
  }

  @Test("Damaged values", arguments: [true, false])
  func values(isByteLevel: Bool) throws {
    var taken = 0
    try withFolder(inMemory: true) { folder in
      for seed in 0..<500 as Range<UInt64> {
        var mutator = Mutator(seed: seed)
        var file = isByteLevel ? GGUFVocabulary.byteLevel() : GGUFVocabulary.scored()
        for _ in 0...mutator.below(2) { damage(&file, &mutator) }
        let url = folder.appending(path: "damaged-\(seed).gguf")
        try file.write(to: url)
        if use(url) { taken += 1 }
        try FileManager.default.removeItem(at: url)
      }
    }
    #expect(taken > 20 && taken < 450, "\(taken)")
  }

  private func damage(_ file: inout GGUFWriter, _ mutator: inout Mutator) {
    let place = mutator.below(file.metadata.count)
    let others: [GGUFWriter.Value] = [
      .uint32(.max), .uint32(7), .int32(-1), .float32(.nan), .float64(.infinity), .bool(true),
      .string(""), .string("llama"), .string("qwen2"), .text([0xFF]), .strings([]), .strings([""]),
      .strings(["a b", "a b"]), .floats([.nan]), .int32s([3, 3]), .array([.array([], of: 4)]),
      .uint64(.max), .bools([true, false]),
    ]
    switch mutator.below(6) {
    case 0: file.metadata.remove(at: place)
    case 1: file.metadata[place].value = mutator.pick(others)
    case 2: file.metadata.swapAt(place, mutator.below(file.metadata.count))
    case 3:
      let other = mutator.below(file.metadata.count)
      file.metadata[place].value = file.metadata[other].value
    default:
      let lists = file.metadata.indices.filter {
        if case .array = file.metadata[$0].value { true } else { false }
      }
      guard !lists.isEmpty, case let list = mutator.pick(lists),
        case .array(var values, let type) = file.metadata[list].value, !values.isEmpty
      else { return }
      let index = mutator.below(values.count)
      switch mutator.below(5) {
      case 0: values.remove(at: index)
      case 1: values.append(values[index])
      case 2: values.swapAt(index, mutator.below(values.count))
      case 3: values[index] = values[mutator.below(values.count)]
      default:
        values[index] =
          switch values[index] {
          case .string(let text): .text(mutator.damagedBytes(Array(text.utf8)))
          case .int32: .int32(Int32(mutator.below(9)) - 1)
          case .float32: .float32(mutator.pick([.nan, 0, -1, .infinity, 1e30]))
          default: values[index]
          }
      }
      file.metadata[list].value = .array(values, of: type)
    }
  }
}
