import Foundation
import NosceRuns
import NosceTestSupport
import Testing

extension CommandLineTests {
  /// The model's turns end with another token than its texts, and the row with a blank: what once
  /// had a run and a fine-tuning of its own read the same row differently.
  @Suite(
    "The end of a document", .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"))
  struct EndTokenTests {
    @Test("A run and a fine-tuning on its own read the same tokens")
    func once() async throws {
      let input = try SharedFixtures.url("reports-2026-11/end-token")
      let model = try SharedFixtures.url("models/gemma3_text").path
      try await withFolder { folder in
        let run = try await nosce(
          [
            "run", input.appending(path: "doc.yaml").path, "--subject", model, "--seeds", "1",
            "--exploratory", "--out", "runs",
          ], in: folder)
        #expect(run.ending == .exit(0), "\(run.errors)")
        let train = try await nosce(
          [
            "train", "--subject", model, "--data", input.appending(path: "rows.jsonl").path,
            "--rank", "2", "--alpha", "4", "--steps", "1", "--batch-rows", "1", "--out", "adapter",
            "--log", "log.jsonl",
          ], in: folder)
        #expect(train.ending == .exit(0), "\(train.errors)")

        let runs = folder.appending(path: "runs")
        let name = try #require(
          try FileManager.default.contentsOfDirectory(atPath: runs.path).first)
        let record = try await RunRecord(RunFolder.read(runs.appending(path: name)))
        let ofRun = try #require(record.training.first?.losses.first)
        let log = try #require(
          try JSONSerialization.jsonObject(
            with: Data(contentsOf: folder.appending(path: "log.jsonl"))) as? [String: Any])
        #expect(log["loss"] as? Double == ofRun)
        // 23 tokens of text and the token that ends a text, all to be predicted but the first.
        #expect(log["target_tokens"] as? Int == 24)
      }
    }
  }
}
