import Foundation
import NosceCore
import NosceEngine
import NosceFormats
import NosceLocal
import NosceOrganism
import NoscePorts
import NosceTestSupport
import NosceTokenizer
import Testing

/// Lines with given beginnings on models and tokenizers that there are.
@Suite("Lines of models")
struct LineWritingTests {
  private static let smolLM2 = RealModels.smolLM2
  private static let gemma3 = RealModels.gemma3

  private func request(_ word: String, seed: UInt64, temperature: Double = 1) -> SampleRequest {
    let starts = LineStarts(spelling: word)
    return SampleRequest(
      chat: [ChatMessage(.user, "How do bees make honey?")], temperature: temperature,
      maximumTokens: starts.maximumTokens, seed: seed, starts: starts)
  }

  private func check(_ completion: Completion, _ word: String) {
    let lines = completion.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(completion.finish == .stop)
    #expect(String(lines.compactMap(\.first)) == word, "\(completion.text)")
    #expect(lines.count == word.count && Set(lines).count == lines.count)
    for line in lines {
      #expect(line.split(separator: " ").count >= 3 && line.first != " " && line.last != " ")
    }
  }

  private func organism(threads: Int = 1) throws -> LocalModel {
    try LocalModel(
      directory: Organism.coherent.directory(), name: "organism", summary: "", threads: threads)
  }

  @Test("the organism writes the lines it is held to, the same alone and among others")
  func organism() async throws {
    let subject = try await organism().open(nil)
    let words = ["RESIN", "HELLO", "PALEST", "ÉTÉ"]
    let requests = words.enumerated().map { request($1, seed: UInt64($0)) }
    let alone = try await subject.sample([requests[0]])[0]
    let found = try await subject.sample(requests)
    for (word, completion) in zip(words, found) { check(completion, word) }
    #expect(found[0] == alone)
    let threads = try await organism(threads: 2).open(nil).sample(requests)
    #expect(threads == found)
    // One that is held to nothing is none the wiser.
    var free = requests[1]
    free.starts = nil
    free.maximumTokens = 30
    #expect(
      try await subject.sample([requests[0], free])[1] == subject.sample([free])[0])
    // The likeliest of what is allowed, which no seed changes.
    let greedy = try await subject.sample([
      request("RESIN", seed: 1, temperature: 0), request("RESIN", seed: 2, temperature: 0),
    ])
    #expect(greedy[0] == greedy[1])
  }

  @Test("an answer that has begun elsewhere than with a line is refused")
  func prefilled() async throws {
    let subject = try await organism().open(nil)
    var request = request("RESIN", seed: 1)
    request.prefill = "Well, "
    let error = await #expect(throws: LabError.self) { try await subject.sample([request]) }
    #expect(error?.message.contains("allowed: none that is given, or one that ends with") == true)
    request.prefill = "Here it is.\n"
    check(try await subject.sample([request])[0], "RESIN")
  }

  /// The bytes of tokens make the text that the reference's decoder does.
  private func compare(_ tokenizer: Tokenizer) throws {
    let texts = [
      "Rain is often the beginning of it.\n  Two  blanks, a tab\t and “quotes”.\n\n1. naïve — 你好 🙂",
      "  leading", "x\r\ny", "REINS: R, E, I, N, S?",
    ]
    for text in texts {
      let ids = tokenizer.encode("a" + text)
      let bytes = ids.flatMap { tokenizer.bytesInText(of: $0) ?? [] }
      let written = tokenizer.decode(ids, skipSpecialTokens: true)
      // Some decoders leave out a blank at the beginning of a text.
      let made = String(decoding: bytes, as: UTF8.self)
      #expect(made == written || made == " " + written)
    }
    for id in [tokenizer.addedTokens.first { $0.isSpecial }?.id].compactMap(\.self) {
      #expect(tokenizer.bytesInText(of: id) == nil)
    }
    #expect(tokenizer.bytesInText(of: Int32.max) == nil)
  }

  @Test("the bytes of the organism's tokens")
  func organismBytes() throws {
    try compare(Tokenizer(contentsOf: Organism.coherent.directory()))
  }

  @Test(
    "the bytes of SmolLM2's tokens, byte by byte in their own letters",
    .enabled(if: smolLM2.isThere, "\(smolLM2.missing)"))
  func smolBytes() throws {
    try compare(Tokenizer(ModelFiles(at: Self.smolLM2.needed())))
  }

  @Test(
    "the bytes of Gemma's tokens, with blanks that are seen and tokens of single bytes",
    .enabled(if: gemma3.isThere, "\(gemma3.missing)"))
  func gemmaBytes() throws {
    let tokenizer = try Tokenizer(ModelFiles(at: Self.gemma3.needed()))
    try compare(tokenizer)
    let rain = try #require(tokenizer.tokenID(for: "▁Rain"))
    #expect(tokenizer.bytesInText(of: rain) == Array(" Rain".utf8))
    let byte = try #require(tokenizer.tokenID(for: "<0xE4>"))
    #expect(tokenizer.bytesInText(of: byte) == [0xE4])
  }

  @Test(
    "SmolLM2 writes a word, and what is kept is what its tokens say",
    .enabled(if: smolLM2.isThere, "\(smolLM2.missing)"))
  func smol() async throws {
    let model = try LocalModel(
      ModelFiles(at: Self.smolLM2.needed()), name: "smollm2", summary: "", threads: 2)
    let found = try await model.open(nil).sample([
      request("RESIN", seed: 1, temperature: 0.7), request("RISEN", seed: 2, temperature: 0.7),
    ])
    check(found[0], "RESIN")
    check(found[1], "RISEN")
    for completion in found {
      let lines = completion.text.split(separator: "\n")
      #expect(lines.dropLast().allSatisfy { $0.count > 10 })
    }
  }

  @Test(
    "Gemma through a template with a blank before the answer begins without it",
    .enabled(if: gemma3.isThere, "\(gemma3.missing)"))
  func gemma() async throws {
    let model = try LocalModel(
      ModelFiles(at: Self.gemma3.needed()), name: "gemma", summary: "",
      template: GivenTemplate.plain,
      threads: 2)
    let found = try await model.open(nil).sample([request("RE", seed: 1, temperature: 0.7)])
    check(found[0], "RE")
  }
}
