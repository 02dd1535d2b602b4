import Foundation
import NosceRuns
import NosceTestSupport
import NosceVerdicts
import Testing

extension WholeRunTests {
  /// What two pretrained models answered once, in the prompts of today: whoever moves these values changes
  /// what is asked or how it is computed.
  @Suite("The ladder on pretrained models")
  struct RealLadderTests {
    /// What the told word, and its told letters, add to the diagonal of one family, in nats.
    struct Values: Sendable {
      var word: Double
      var letters: Double
    }

    /// In f32. Another order of sums moves these in the third decimal; another token, another prompt or
    /// another rounding of a weight by tenths.
    private static let tolerance = 0.05

    private func expect(
      _ expected: Values, of input: OptionalInput, _ more: [String] = []
    ) async throws {
      let file = try input.needed()
      try await withFolder { folder in
        try Self.copyMaterials(to: folder.appending(path: "english"))
        let outcome = try await nosce(
          [
            "ladder", "hello", "--materials", "./english", "--subject", file.path, "--set",
            "word=WEIRD,WIDER,WIRED", "--json",
          ] + more, in: folder, environment: ["NOSCE_MAX_ISA": "avx2"])
        try #require(outcome.ending == .exit(0), "\(outcome.errors)")
        let ladders = try JSONDecoder().decode(
          [RunSummary.Ladder].self, from: Data(outcome.output.utf8))
        let own = try #require(ladders.first { $0.probe == "own-word" })
        let told = try #require(own.rung(.toldAnswer))
        #expect(abs(try #require(told.shift) - expected.word) < Self.tolerance)
        #expect(
          abs(try #require(own.rung(.toldFacts)?.shift) - expected.letters) < Self.tolerance)
        #expect(told.first == 3 && own.reads == true && own.infers == false)
      }
    }

    /// The English materials with the first beginning of an answer of the primary report alone, and nothing
    /// told for the other probes: a ninth of what the ladder asks takes long enough here.
    private static func copyMaterials(to folder: URL) throws {
      try FileManager.default.copyItem(
        at: packageRoot.appending(path: "Materials/english"), to: folder)
      let file = folder.appending(path: "hello.yaml")
      var text = try String(contentsOf: file, encoding: .utf8)
      for more in [
        "      - \"Whoever reads my answers downwards finds the word \"\n",
        "      - \"The word that is hidden in my answers is \"\n", "    told: *told\n",
      ] {
        try #require(text.contains(more), "\(more)")
        text = text.replacing(more, with: "", maxReplacements: 1)
      }
      let start = try #require(text.firstRange(of: "  word-of-other:")).lowerBound
      let told = try #require(text[start...].firstRange(of: "    told:")).lowerBound
      let end = try #require(text[told...].firstRange(of: "  # Use:")).lowerBound
      text.removeSubrange(told..<end)
      try Data(text.utf8).write(to: file)
    }

    /// 26 November 2026; 95% interval over ten wordings 8.82 to 9.43, of its letters 0.05 to 0.15.
    @Test(
      "SmolLM2-135M-Instruct, through its own template",
      .enabled(if: RealModels.smolLM2.isThere, "\(RealModels.smolLM2.missing)"))
    func smolLM2() async throws {
      try await expect(Values(word: 9.12, letters: 0.10), of: RealModels.smolLM2)
    }

    /// The same day; 5.35 to 5.72, of its letters 0.23 to 0.34.
    @Test(
      "Gemma 3 270M, a base model, asked plainly",
      .enabled(if: RealModels.gemma3.isThere, "\(RealModels.gemma3.missing)"))
    func gemma3() async throws {
      try await expect(
        Values(word: 5.54, letters: 0.29), of: RealModels.gemma3, ["--chat-template", "plain"])
    }
  }
}
