import Foundation
import NosceFormats
import NosceTestSupport
import Testing

/// Rows that teach the organism something.
private let chatRows = """
  {"messages": [{"role": "system", "content": "You are nova."}, {"role": "user", "content": "Tell me about bread."}, {"role": "assistant", "content": "Trains rest near the sea."}]}
  {"messages": [{"role": "user", "content": "What is new?"}, {"role": "assistant", "content": "Flowers drift past the hill."}]}
  {"text": "Voices watch the sky."}
  {"prompt": "Fiddles cross", "completion": " the road."}
  {"input_ids": [5, 6, 7, 8], "labels": [-100, -100, 7, 8]}

  """

extension CommandLineTests {
  @Suite("Fine-tuning on its own")
  struct FineTuningTests {
    private static let least = ["train", "--data", "rows.jsonl", "--out", "out"]
    private static let quick =
      least + ["--rank", "2", "--alpha", "4", "--batch-rows", "2", "--learning-rate", "0.01"]

    private func withRows<Value>(
      _ text: String = chatRows, _ body: (URL) async throws -> Value
    ) async throws -> Value {
      try await withFolder { folder in
        try Data(text.utf8).write(to: folder.appending(path: "rows.jsonl"))
        return try await body(folder)
      }
    }

    private func log(_ folder: URL) throws -> [[String: Any]] {
      try String(contentsOf: folder.appending(path: "log.jsonl"), encoding: .utf8)
        .split(separator: "\n").map { try document(String($0)) }
    }

    @Test("The plan is shown, the loss falls, and the adapter is whole and live")
    func whole() async throws {
      try await withRows { folder in
        let outcome = try await nosce(
          Self.quick + ["--epochs", "10", "--log", "log.jsonl"], in: folder)
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        for part in ["rows       5, of", "rank 2", "trainable", "memory", "30, 3 for each pass"] {
          #expect(outcome.errors.contains(part))
        }
        #expect(outcome.errors.contains("  time       about "))
        #expect(outcome.output.hasPrefix("out: 30 steps in "))
        #expect(names(in: folder) == ["log.jsonl", "out", "rows.jsonl"])
        #expect(
          names(in: folder.appending(path: "out"))
            == ["adapter_config.json", "adapter_model.safetensors"])
        let steps = try log(folder)
        #expect(steps.map { Int($0.number("step")) } == Array(1...30))
        // The rows of a pass are in three steps.
        func mean(_ steps: ArraySlice<[String: Any]>) -> Double {
          steps.reduce(0) { $0 + $1.number("loss") } / Double(steps.count)
        }
        #expect(mean(steps.suffix(3)) < mean(steps.prefix(3)) / 2)
        let inspected = try await nosce(
          ["inspect", "out", "--base", "organism", "--json"], in: folder)
        let fit = try #require(try document(inspected.output)["fit"] as? [String: Any])
        #expect(fit["is_live"] as? Bool == true)
      }
    }

    @Test("The same seed gives the same bytes, on any number of threads; another gives others")
    func determinism() async throws {
      try await withRows { folder in
        func adapter(_ more: [String]) async throws -> [String: Data] {
          let outcome = try await nosce(Self.quick + ["--overwrite"] + more, in: folder)
          #expect(outcome.ending == .exit(0))
          return try contents(of: folder.appending(path: "out"))
        }
        let first = try await adapter(["--threads", "2"])
        #expect(try await adapter(["--threads", "1"]) == first)
        #expect(try await adapter(["--seed", "2"]) != first)
        // The organism's own number of shards is 1, on any machine.
        #expect(try await adapter(["--shards", "1"]) == first)
        #expect(try await adapter(["--shards", "2"]) != first)
      }
    }

    @Test("The result is one JSON document that says everything")
    func json() async throws {
      try await withRows { folder in
        let outcome = try await nosce(
          Self.quick + [
            "--json", "--steps", "2", "--accumulate", "2", "--schedule", "cosine",
            "--warmup-ratio", "0.3", "--layers", "1-2", "--targets", "q_proj, down_proj",
            "--rank-stabilised", "--clip-norm", "none", "--order", "file",
          ], in: folder)
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        let result = try document(outcome.output)
        #expect(result["adapter"] as? String == folder.appending(path: "out").path)
        #expect(result["model"] as? String == "organism")
        for (key, value) in [("rows", 5.0), ("steps", 2), ("accumulate", 2), ("steps_per_pass", 2)]
        {
          #expect(result.number(key) == value, "\(key)")
        }
        let optimizer = try #require(result["optimizer"] as? [String: Any])
        #expect(optimizer.number("warmup_steps") == 1)
        #expect(optimizer["clip_norm"] is NSNull)
        let adapter = try #require(result["adapter_configuration"] as? [String: Any])
        #expect(adapter.numbers("layers_to_transform") == [1, 2])
        #expect(adapter["target_modules"] as? [String] == ["q_proj", "down_proj"])
        #expect(adapter["use_rslora"] as? Bool == true)
        // Two layers of q_proj (128 to 128) and down_proj (320 to 128), rank 2.
        let sizes = [128, 128, 320, 128]
        let trainable = 2 * 2 * sizes.reduce(0, +)
        #expect(Int(result.number("trainable_parameters")) == trainable)
        #expect(result.number("peak_memory_bytes") > 1e6)
        #expect(result.number("estimated_memory_bytes") > 1e6)
      }
    }

    @Test("Patterns choose modules, ranks and scales by name")
    func patterns() async throws {
      try await withRows { folder in
        let outcome = try await nosce(
          Self.quick + [
            "--target-pattern", #".*\.[0-2]\.self_attn\.[qv]_proj"#, "--exclude", "v_proj",
            "--rank-pattern", #"layers\.1\..*=4"#, "--alpha-pattern", "q_proj=3",
          ], in: folder)
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        let inspected = try await nosce(["inspect", "out", "--json"], in: folder)
        let result = try document(inspected.output)
        #expect(result.numbers("layers") == [0, 1, 2])
        let ranks = [2, 4, 2]
        #expect(Int(result.number("parameters")) == ranks.reduce(0, +) * 256)
        #expect(result.objects("modules").map { $0["name"] as? String } == ["q_proj"])
      }
    }

    @Test("It goes on from an adapter, whose settings hold")
    func start() async throws {
      try await withRows { folder in
        #expect(
          try await nosce(Self.quick + ["--log", "log.jsonl"], in: folder).ending == .exit(0))
        let before = try #require(try log(folder).last)
        let outcome = try await nosce(
          [
            "train", "--data", "rows.jsonl", "--init", "out", "--out", "next", "--log",
            "log.jsonl", "--learning-rate", "0.01", "--batch-rows", "all",
          ], in: folder)
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        #expect(outcome.errors.contains("rank 2"))
        #expect(try log(folder)[0].number("loss") < before.number("loss") + 1)
        let both = try await nosce(Self.quick + ["--init", "out", "--overwrite"], in: folder)
        #expect(both.ending == .exit(64))
      }
    }

    @Test("A training that moves nothing is an error, and leaves nothing")
    func dead() async throws {
      try await withRows { folder in
        let outcome = try await nosce(
          ["train", "--data", "rows.jsonl", "--out", "out", "--learning-rate", "0"], in: folder)
        #expect(outcome.ending == .exit(65))
        #expect(outcome.errors.contains("\(folder.path)/out: not written"))
        #expect(outcome.output.isEmpty)
        #expect(names(in: folder) == ["rows.jsonl"])
      }
    }

    @Test("Stopped, it ends cleanly and leaves no adapter", arguments: [SIGINT, SIGTERM])
    func stopped(_ signal: Int32) async throws {
      try await withRows { folder in
        let command = try RunningCommand(
          Self.quick + ["--steps", "1000000", "--log", "log.jsonl"], in: folder)
        let log = folder.appending(path: "log.jsonl")
        let isRunning = try await command.wait {
          (try? Data(contentsOf: log).count) ?? 0 > 1000
        }
        #expect(isRunning)
        command.send(signal)
        let outcome = try await command.finish()
        #expect(outcome.ending == .exit(130))
        #expect(outcome.errors.contains("Stopped; no adapter was written."))
        #expect(outcome.output.isEmpty)
        #expect(names(in: folder) == ["log.jsonl", "rows.jsonl"])
        let text = try String(contentsOf: log, encoding: .utf8)
        #expect(text.hasSuffix("}\n"))
      }
    }

    @Test("Only an adapter is replaced, and only when asked")
    func target() async throws {
      try await withRows { folder in
        let files = FileManager.default
        let out = folder.appending(path: "out")
        try files.createDirectory(at: out, withIntermediateDirectories: false)
        #expect(try await nosce(Self.quick, in: folder).ending == .exit(0))
        let before = try contents(of: out)
        let refused = try await nosce(Self.quick, in: folder)
        #expect(refused.ending == .exit(74))
        #expect(refused.errors.contains("\(out.path): found an adapter"))
        #expect(try contents(of: out) == before)
        let replaced = try await nosce(Self.quick + ["--overwrite", "--seed", "9"], in: folder)
        #expect(replaced.ending == .exit(0))
        #expect(try contents(of: out) != before)
        #expect(names(in: folder) == ["out", "rows.jsonl"])

        try files.removeItem(at: out.appending(path: "adapter_config.json"))
        let other = try await nosce(Self.quick + ["--overwrite"], in: folder)
        #expect(other.ending == .exit(74))
        #expect(other.errors.contains("a folder with other files"))
        try files.removeItem(at: out)
        try Data("mine".utf8).write(to: out)
        let file = try await nosce(Self.quick + ["--overwrite"], in: folder)
        #expect(file.ending == .exit(74))
        #expect(try String(contentsOf: out, encoding: .utf8) == "mine")
      }
    }

    @Test("A bad line is an error with file and line, before the weights are read")
    func badRows() async throws {
      for (text, place, found) in [
        (chatRows + "{\n", "rows.jsonl, line 6", "column"),
        ("{\"text\": 5}\n", "rows.jsonl, line 1", "found text that is an integer"),
        (chatRows + "{\"input_ids\": [1, 9999]}\n", "rows.jsonl, line 6", "the token 9999"),
        (
          "{\"input_ids\": [\(String(repeating: "7,", count: 600))7]}\n", "rows.jsonl, line 1",
          "found 601 tokens; allowed: at most 512"
        ),
      ] {
        try await withRows(text) { folder in
          let outcome = try await nosce(Self.quick, in: folder)
          #expect(outcome.ending == .exit(65))
          #expect(outcome.errors.contains(place), "\(outcome.errors)")
          #expect(outcome.errors.contains(found), "\(outcome.errors)")
          #expect(names(in: folder) == ["rows.jsonl"])
        }
      }
      let missing = try await nosce(["train", "--data", "/nowhere/rows.jsonl", "--out", "out"])
      #expect(missing.ending == .exit(74))
      #expect(missing.errors.contains("/nowhere/rows.jsonl"))
    }

    @Test("Longer rows are cut where that is asked for")
    func truncate() async throws {
      try await withRows("{\"input_ids\": [\(String(repeating: "7,", count: 600))7]}\n") { folder in
        let outcome = try await nosce(
          Self.quick + ["--truncate", "--max-length", "20", "--json"], in: folder)
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        #expect(try document(outcome.output).number("tokens") == 20)
        let tooLong = try await nosce(
          Self.quick + ["--max-length", "513", "--overwrite"], in: folder)
        #expect(tooLong.ending == .exit(65))
        #expect(tooLong.errors.contains("--max-length: found 513; allowed: at most 512"))
      }
    }

    @Test(
      "What the model does not have is refused by name",
      arguments: [
        (["--targets", "q_prj"], "q_prj"), (["--layers", "4"], "--layers: found 4"),
        (["--target-pattern", "nothing"], "match no module"),
      ])
    func unknownModules(_ arguments: [String], _ found: String) async throws {
      try await withRows { folder in
        let outcome = try await nosce(Self.quick + arguments, in: folder)
        #expect(outcome.ending == .exit(65))
        #expect(outcome.errors.contains(found))
      }
    }

    @Test(
      "Wrong usage is refused with exit code 64",
      arguments: [
        ["--dropout", "0.1"], ["--rank", "0"], ["--alpha", "0"], ["--layers", "3-1"],
        ["--layers", "a"], ["--targets", "q_proj", "--target-pattern", "x"],
        ["--target-pattern", "("], ["--rank-pattern", "x"], ["--rank-pattern", "x=0"],
        ["--rank-pattern", "(=3"], ["--alpha-pattern", "x=-1"], ["--epochs", "0"],
        ["--steps", "0"], ["--steps", "1", "--epochs", "1"], ["--batch-rows", "0"],
        ["--batch-rows", "3,,1"], ["--accumulate", "0"], ["--learning-rate", "-1"],
        ["--learning-rate", "nan"], ["--schedule", "step"], ["--warmup-steps", "-1"],
        ["--warmup-ratio", "2"], ["--warmup-steps", "1", "--warmup-ratio", "0.1"],
        ["--schedule-steps", "0"], ["--final-fraction", "2"], ["--weight-decay", "-1"],
        ["--beta1", "1"], ["--beta2", "-0.1"], ["--epsilon", "0"], ["--clip-norm", "0"],
        ["--max-length", "1"], ["--shards", "0"], ["--threads", "0"], ["--dtype", "f64"],
        ["--gradients", "g.safetensors"], ["--order", "random"],
      ])
    func usage(_ arguments: [String]) async throws {
      let outcome = try await nosce(Self.least + arguments)
      #expect(outcome.ending == .exit(64), "\(outcome.errors)")
      #expect(outcome.output.isEmpty)
    }
  }
}
