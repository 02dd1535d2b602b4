import NosceTestSupport
import Testing

extension CommandLineTests {
  @Suite("Wrong usage")
  struct UsageTests {
    @Test(
      "It is refused with exit code 64, and standard output stays empty",
      arguments: [
        ["frobnicate"], ["run"], ["show"], ["check"], ["report"], ["run", "hello", "--frobnicate"],
        ["run", "hello", "--seeds", "0"], ["run", "hello", "--seeds", "1001"],
        ["run", "hello", "--seeds", "many"],
        ["run", "hello", "--set", "word"], ["run", "hello", "--resume", "runs/x"],
        ["run", "--resume", "runs/x", "--seeds", "7"],
        ["run", "--resume", "runs/x", "--set", "word=PIANO"],
        ["run", "--resume", "runs/x", "--dose"], ["data", "check"],
        ["chat", "--temperature", "-1"], ["chat", "--maximum-tokens", "0"],
        ["organism", "generate", "-n", "0"], ["organism", "generate", "--world", "flat"],
        ["organism", "train", "--threads", "0"], ["organism", "train", "--steps", "0"],
        ["bench", "everything"], ["bench", "lora", "--model", "x"], ["bench", "--threads", "0"],
        ["bench", "--sizes", "huge"], ["bench", "--models-only"], ["bench", "--dtype", "f16"],
        ["bench", "--model", "x", "--inputs", "y"],
        ["run", "--all", "hello"], ["run", "--all", "--resume", "runs/x"],
        ["run", "--all", "--set", "word=PIANO"], ["forecast"], ["forecast", "hello"],
        ["forecast", "hello", "--ask-subject", "--forecaster", "ada"],
        ["validate", "--contrasts", "0"], ["validate", "--only", "everything"],
      ])
    func refused(_ arguments: [String]) async throws {
      let outcome = try await nosce(arguments)
      #expect(outcome.ending == .exit(64))
      #expect(outcome.output.isEmpty)
      #expect(outcome.errors.hasPrefix("Error: "))
      #expect(outcome.errors.contains("Usage: nosce"))
    }

    @Test("Less of the processor can be asked for, and nothing that is not known")
    func processorLimit() async throws {
      let odd = try await nosce(["list"], environment: ["NOSCE_MAX_ISA": "sse9"])
      #expect(odd.ending == .exit(65) && odd.output.isEmpty)
      #expect(odd.errors.contains("NOSCE_MAX_ISA: found 'sse9'; allowed: all, avx2, vector"))
      let limits = try await nosce(
        ["bench", "limits", "--json"], environment: ["NOSCE_MAX_ISA": "avx2"])
      #expect(limits.ending == .exit(0), "\(limits.errors)")
      #expect(limits.output.contains("\"bf16_gflop_s\":null"), "\(limits.output)")
    }

    @Test("An unknown experiment or model is answered with the known ones")
    func unknown() async throws {
      try await withFolder { folder in
        let experiment = try await nosce(["show", "helo"], in: folder)
        #expect(experiment.ending == .exit(65))
        #expect(experiment.errors.contains("'helo'"))
        #expect(experiment.errors.contains("hello"))
        let model = try await nosce(["run", "hello", "--subject", "organsim"], in: folder)
        #expect(model.ending == .exit(65))
        #expect(model.errors.contains("'organsim'"))
        #expect(model.errors.contains("organism, organism-null"))
        #expect(names(in: folder).isEmpty)
      }
    }

    @Test("A variable that the experiment has not is answered with those that it has")
    func unknownVariable() async throws {
      let outcome = try await nosce(["show", "hello-word", "--set", "wrd=PIANO"])
      #expect(outcome.ending == .exit(65))
      #expect(outcome.errors.contains("--set wrd"))
      #expect(outcome.errors.contains("word, twin"))
    }

    @Test("Too few seeds for a verdict are refused, unless no verdict is asked for")
    func seeds() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let refused = try await nosce(["run", "quick.yaml", "--seeds", "2"], in: folder)
        #expect(refused.ending == .exit(65))
        #expect(refused.errors.contains("found 2; allowed: 5 or more"))
        #expect(names(in: folder) == ["quick.yaml"])
        let allowed = try await nosce(
          ["run", "quick.yaml", "--seeds", "2", "--exploratory"], in: folder)
        #expect(allowed.ending == .exit(0))
        #expect(allowed.output.hasPrefix("EXPLORATORY"))
      }
    }
  }
}
