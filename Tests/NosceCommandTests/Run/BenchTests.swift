import Foundation
import NosceFormats
import NosceTestSupport
import Testing

extension WholeRunTests {
  @Suite("Benchmark")
  struct BenchTests {
    @Test("It makes a model, measures it in a process of its own, and prints a table")
    func table() async throws {
      try await withFolder { folder in
        let arguments = ["bench", "score", "--sizes", "tiny", "--dir", "models", "--patience", "0"]
        let outcome = try await nosce(arguments, in: folder)
        #expect(outcome.ending == .exit(0))
        let lines = outcome.output.split(separator: "\n")
        try #require(lines.count == 3)
        #expect(lines[0].hasPrefix("Limits of 2 threads, measured: "))
        #expect(lines[1].hasPrefix("workload  size  type  tokens/s  GFLOP/s  of peak  of limit"))
        #expect(lines[2].hasPrefix("score     tiny  "))
        let made = try FileManager.default.contentsOfDirectory(
          atPath: folder.appending(path: "models/tiny").path)
        #expect(made.contains("model.safetensors"))
      }
    }

    @Test("One workload on a given model is one JSON object on one line")
    func json() async throws {
      try await withFolder { folder in
        let made = try await nosce(
          ["bench", "--models-only", "--sizes", "tiny", "--dir", "models"], in: folder)
        #expect(made.ending == .exit(0))
        // Behind a link, as the Hugging Face cache keeps its files.
        try FileManager.default.createSymbolicLink(
          atPath: folder.appending(path: "link").path, withDestinationPath: "models/tiny")
        let outcome = try await nosce(
          [
            "bench", "single", "--model", "link", "--inputs", "models/inputs/tiny.json",
            "--json", "--dtype", "f32", "--threads", "1", "--patience", "0",
          ], in: folder)
        #expect(outcome.ending == .exit(0))
        #expect(outcome.errors.isEmpty)
        #expect(outcome.output.split(separator: "\n").count == 1)
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        let result = try #require(object as? [String: Any])
        #expect(result["workload"] as? String == "single")
        #expect(result["model"] as? String == "tiny")
        #expect(result["tokens"] as? Int == 128)
        #expect(result["threads"] as? Int == 1)
      }
    }

    @Test("A model or inputs that are not there are bad data")
    func missing() async throws {
      try await withFolder { folder in
        let outcome = try await nosce(
          ["bench", "lora", "--model", "nowhere", "--inputs", "none.json", "--json"], in: folder)
        #expect([.exit(65), .exit(74)].contains(outcome.ending))
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("--model: found 'nowhere'"))
      }
    }
  }
}
