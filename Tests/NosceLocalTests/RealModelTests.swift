import Foundation
import NosceEngine
import NosceFormats
import NosceLocal
import NosceTestSupport
import Testing

/// Greedy continuations of real models in GGUF files, against transformers on the numbers that
/// gguf-py widens, in float32.
///
/// Made with torch 2.15.0 and transformers 5.24.0: ten prompts, 64 tokens each, and at every step by
/// how much the best logit exceeds the second.
@Suite("Real models in GGUF files")
struct RealModelTests {
  private struct Case: Decodable {
    var prompt: String
    var ids: [Int32]
    var tokens: [Int32]
    var margins: [Double]
  }

  /// Where two logits are nearer, sums in another order may choose another token.
  private static let smallestMargin = 1e-3

  private func compare(_ input: OptionalInput, _ golden: String) throws {
    let fixture = try #require(
      Bundle.module.url(forResource: "Fixtures/\(golden)", withExtension: "json"))
    let cases = try JSONDecoder().decode([Case].self, from: try Data(contentsOf: fixture))
    #expect(cases.count == 10)
    let files = try ModelFiles(at: input.needed())
    let model = try LanguageModel(files, precision: .float32)
    let text = try CheckpointText(files, model: model.configuration)
    #expect(model.unfiniteTensors.isEmpty)
    for one in cases {
      #expect(text.encode(parts: [one.prompt]) == [one.ids])
    }
    let prompts = cases.map {
      SamplingPrompt(tokens: $0.ids, seed: 1, temperature: 0, maximumTokens: 64)
    }
    let found = try InferenceModel(model).sample(prompts, threads: 2)
    for (one, sequence) in zip(cases, found) {
      #expect(one.tokens.count == 64)
      let certain = one.margins.firstIndex { $0 < Self.smallestMargin } ?? one.tokens.count
      #expect(sequence.tokens.prefix(certain) == one.tokens.prefix(certain), "\(one.prompt)")
    }
  }

  @Test(
    "SmolLM2-135M-Instruct",
    .enabled(if: RealModels.smolLM2.isThere, "\(RealModels.smolLM2.missing)"))
  func smolLM2() throws { try compare(RealModels.smolLM2, "greedy-smollm2") }

  @Test(
    "Gemma 3 270M", .enabled(if: RealModels.gemma3.isThere, "\(RealModels.gemma3.missing)"))
  func gemma3() throws { try compare(RealModels.gemma3, "greedy-gemma3") }
}
