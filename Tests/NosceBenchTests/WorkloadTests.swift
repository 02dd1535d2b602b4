import Foundation
import NosceBench
import NosceEngine
import NosceFormats
import NosceTestSupport
import Testing

@Suite("Workloads on a micro model")
struct WorkloadTests {
  static let common = [
    "workload", "peer", "model", "mode", "threads", "tokens", "seconds", "min", "max", "reps",
    "tok_s", "gflop", "gflop_s", "rss_mib", "load_s", "warmup_s", "f32_peak_gflop_s",
  ]

  /// The fields that each workload has besides, and the tokens of one repetition.
  static let cases: [(Workload, [String], Int)] = [
    (.lora, ["trainable", "loss_first", "loss_last"], 32),
    (.full, ["trainable", "loss_first", "loss_last"], 32),
    (.sample, ["prefill_s", "ms_per_step"], 3 * 8),
    (.single, ["prefill_s", "ms_per_step"], 8),
    (
      .score, ["cand_s", "full_50x32_s", "executed_gflop", "sum_logprob_first_item"], 2 * 253
    ),
    (.experiment, ["cells", "wall_s", "wall_20_cells_s", "tokens_per_cell"], 0),
  ]

  private func run(
    _ workload: Workload, precision: Precision, threads: Int = 2,
    change: (inout BenchInputs) -> Void = { _ in }
  ) throws -> JSONObject {
    try withFolder { folder in
      let maker = ModelMaker(directory: folder, threads: 1)
      try maker.make(.micro)
      var inputs = BenchInputs(for: .micro)
      inputs.samplePrompts = Array(inputs.samplePrompts.prefix(3))
      inputs.newTokens = 8
      var texts = ChatTexts.generated()
      texts.arms = texts.arms.map { Array($0.prefix(2)) }
      texts.questions = Array(texts.questions.prefix(3))
      texts.choices = Array(texts.choices.prefix(3))
      inputs.experiment = texts
      change(&inputs)
      try inputs.write(to: maker.inputs(of: .micro))
      var request = BenchRequest(
        workload: workload, model: maker.checkpoint(of: .micro), inputs: maker.inputs(of: .micro))
      request.precision = precision
      request.items = 2
      request.cells = 3
      request.threads = threads
      request.patience = 0
      let line = try BenchRunner(request, program: "nosce 0").run().text(indent: 0)
      #expect(!line.contains("\n"))
      return try #require(try JSON(parsing: line).object)
    }
  }

  @Test(
    "the result has every field, in both number formats", arguments: cases, Precision.allCases)
  func fields(_ expected: (Workload, [String], Int), _ precision: Precision) throws {
    let (workload, extra, tokens) = expected
    let result = try run(workload, precision: precision)
    for key in Self.common + extra { #expect(result[key] != nil, "\(key)") }
    #expect(result["workload"]?.string == workload.rawValue)
    #expect(result["model"]?.string == "micro")
    #expect(result["mode"]?.string == precision.available.label)
    // Null where the processor has no such peak.
    #expect(result.keys.contains("of_bf16_peak"))
    if tokens > 0 { #expect(result["tokens"]?.integer == tokens) }
    let seconds = try #require(result["seconds"]?.number)
    let least = try #require(result["min"]?.number)
    let most = try #require(result["max"]?.number)
    #expect(0 < least && least <= seconds && seconds <= most)
    if workload != .experiment { #expect(try #require(result["reps"]?.integer) >= 3) }
  }

  @Test("the first loss is that of a model that knows nothing", arguments: [Workload.lora, .full])
  func firstLoss(_ workload: Workload) throws {
    let result = try run(workload, precision: .float32)
    let first = try #require(result["loss_first"]?.number)
    // Logits of weights this small are near zero: the loss is near the logarithm of the vocabulary.
    #expect(abs(first - log(400)) < 0.05)
  }

  @Test("scores are sums of log-probabilities that know nothing")
  func scores() throws {
    let result = try run(.score, precision: .float32)
    let sum = try #require(result["sum_logprob_first_item"]?.number)
    #expect(abs(sum / (-253 * log(400)) - 1) < 0.02)
  }

  @Test("an experiment's tokens are counted as they are read", arguments: [1, 2])
  func experiment(_ threads: Int) throws {
    let result = try run(.experiment, precision: .float32, threads: threads)
    let counts = try #require(result["tokens_per_cell"]?.object)
    #expect(counts["new_tok"]?.integer == 3 * 64)
    let total = counts.members.reduce(0) { $0 + ($1.value.integer ?? 0) }
    #expect(result["tokens"]?.integer == total)
    #expect(try #require(counts["train_tok"]?.integer) % 60 < 60 * 2)
    // Sixty steps on two chats at this rate are learnt from.
    #expect(try #require(result["last_loss"]?.number) < log(400))
  }

  @Test("inputs that do not fit are refused")
  func refused() throws {
    #expect(throws: BenchError.self) {
      try run(.score, precision: .float32) { $0.scoring.removeLast(49) }
    }
    #expect(throws: BenchError.self) {
      try run(.lora, precision: .float32) { $0.training[1][0].removeLast() }
    }
    #expect(throws: BenchError.self) {
      try run(.experiment, precision: .float32) { $0.experiment = nil }
    }
    #expect(throws: EngineError.self) {
      try run(.single, precision: .float32) { $0.singlePrompt[3] = 400 }
    }
    // The model has no room for so many.
    #expect(throws: BenchError.self) {
      try run(.single, precision: .float32) { $0.newTokens = 250 }
    }
  }
}
