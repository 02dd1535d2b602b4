import Foundation
import NosceTestSupport
import Testing

extension CommandLineTests {
  /// Checkpoints and adapters against what the reference libraries computed from them.
  @Suite(
    "Agreement with the reference", .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"))
  struct ReferenceTests {
    static let models = ["models/llama", "models/llama3-rope"]
    static let adapters = ["lora/llama-qv-r4", "lora/llama-rslora-patterns"]

    /// Arguments that name the model, and the golden file's tolerance, which it states with reasons.
    private func place(_ path: String) throws -> (arguments: [String], golden: [String: Any]) {
      let golden = try SharedFixtures.golden(path)
      guard path.hasPrefix("lora/") else {
        return ([try SharedFixtures.url(path).path], golden)
      }
      let model = try SharedFixtures.url("models/\(try #require(golden["model"] as? String))")
      return ([model.path, "--adapter", try SharedFixtures.url(path).path], golden)
    }

    @Test("Logits at every position", arguments: models + adapters)
    func logits(_ path: String) async throws {
      let (place, golden) = try place(path)
      for sequence in golden.objects("sequences") {
        let outcome = try await nosce(
          ["logits"] + place + ["--ids", sequence.ids("ids"), "--all-positions", "--json"])
        #expect(outcome.ending == .exit(0))
        let positions = try document(outcome.output).objects("positions")
        let tolerance = golden.number("suggested_atol")
        let last = try #require(positions.last)
        #expect(distance(last.numbers("logits"), sequence.numbers("last_logits")) < tolerance)
        guard let all = sequence["logits"] as? [[NSNumber]] else { continue }
        #expect(positions.count == all.count)
        for (position, expected) in zip(positions, all) {
          let expected = expected.map(\.doubleValue)
          #expect(distance(position.numbers("logits"), expected) < tolerance)
        }
      }
    }

    @Test("A length of the first training that stands outside of the rotary settings")
    func ropeOutside() async throws {
      let outcome = try await nosce([
        "logits", try SharedFixtures.url("reports-2026-11/rope-outside").path, "--ids",
        "5,40,77,120,9,200,33,8,61,17,90,211,45,6", "--top", "1", "--json",
      ])
      let position = try #require(try document(outcome.output).objects("positions").first)
      let likeliest = try #require(position.objects("top").first)
      #expect(likeliest.number("id") == 198)
      // The value is given to four places.
      #expect(abs(likeliest.number("logit") - 7.7203) < 2e-4)
    }

    @Test("Token-exact log-probabilities", arguments: models + adapters)
    func scores(_ path: String) async throws {
      let (place, golden) = try place(path)
      for sequence in golden.objects("sequences") {
        let ids = sequence.ids("ids").split(separator: ",")
        let outcome = try await nosce(
          ["score"] + place + [
            "--ids", String(ids[0]), "--answer-ids", ids.dropFirst().joined(separator: ","),
            "--json",
          ])
        #expect(outcome.ending == .exit(0))
        let answer = try #require(try document(outcome.output).objects("answers").first)
        // A difference of logits: twice their tolerance.
        #expect(
          distance(answer.numbers("log_probabilities"), sequence.numbers("logprobs"))
            < 2 * golden.number("suggested_atol"))
      }
    }

    @Test("Answers in words are the same tokens", arguments: models)
    func words(_ path: String) async throws {
      let (place, golden) = try place(path)
      for score in golden.objects("score") {
        let prompt = try #require(score["prompt"] as? String)
        let completion = try #require(score["completion"] as? String)
        let outcome = try await nosce(
          ["score"] + place + ["--prompt", prompt, "--answer", completion, "--json"])
        #expect(outcome.ending == .exit(0))
        let result = try document(outcome.output)
        #expect(result.ids("prompt_ids") == score.ids("prompt_ids"))
        let answer = try #require(result.objects("answers").first)
        // A tokenizer that marks the beginning of a text marks it in the middle of the golden
        // file's two parts, too; ours go on with one text.
        guard answer.ids("ids") == score.ids("completion_ids") else {
          #expect(path == "models/llama3-rope")
          continue
        }
        #expect(
          abs(answer.number("sum") - score.number("sum_logprob"))
            < 2 * golden.number("suggested_atol") * Double(answer.numbers("ids").count))
      }
    }

    @Test("Greedy continuations are the same tokens", arguments: models + adapters)
    func greedy(_ path: String) async throws {
      let (place, golden) = try place(path)
      for greedy in golden.objects("greedy") {
        let expected = greedy.ids("new_ids")
        let outcome = try await nosce(
          ["generate"] + place + [
            "--ids", greedy.ids("prompt_ids"), "--no-stop", "--json",
            "--max-tokens", "\(expected.split(separator: ",").count)",
          ])
        #expect(outcome.ending == .exit(0))
        let sample = try #require(try document(outcome.output).objects("samples").first)
        #expect(sample.ids("ids") == expected)
        #expect(sample["finish"] as? String == "length")
      }
    }
  }
}
