import Foundation
import NosceEngine
import NosceFormats
import NosceTokenizer
import Synchronization

/// Whole subjects from a checkpoint on disk: a LoRA adapter trained on ten chats, 200 answers
/// sampled, 800 answers scored.
///
/// All subjects share the frozen base. They are worked on side by side, one on each thread, as a run
/// of `nosce run` does it.
struct ExperimentWorkload {
  private let request: BenchRequest
  private let texts: ChatTexts
  private let inputs: BenchInputs

  init(_ request: BenchRequest, _ inputs: BenchInputs) throws(BenchError) {
    self.request = request
    self.inputs = inputs
    guard let texts = inputs.experiment else {
      throw BenchError(
        "\(request.inputs.path): found no experiment; allowed: inputs with one, as the smallest "
          + "model has them")
    }
    self.texts = texts
  }

  func run() throws -> BenchResult {
    let watch = Stopwatch()
    let base = try ExperimentBase(request, inputs, texts)
    let loading = watch.seconds
    let cells = request.cells
    let workers = max(1, min(request.threads, cells))
    let next = Atomic<Int>(0)
    let outcomes = Mutex<(done: [ExperimentBase.CellTimes], failure: (any Error)?)>(([], nil))
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let cell = next.add(1, ordering: .relaxed).oldValue
        guard cell < cells, outcomes.withLock({ $0.failure == nil }) else { return }
        do {
          let outcome = try base.run(cell: cell, threads: request.threads / workers)
          outcomes.withLock { $0.done.append(outcome) }
        } catch {
          outcomes.withLock { $0.failure = $0.failure ?? error }
        }
      }
    }
    let wall = watch.seconds
    let (done, failure) = outcomes.withLock { $0 }
    if let failure { throw failure }
    return result(base, done, loading: loading, wall: wall, workers: workers)
  }

  /// Times are the wall clock's, shared out over the subjects: work on two of them at a time counts
  /// half for each.
  private func result(
    _ base: ExperimentBase, _ done: [ExperimentBase.CellTimes], loading: Double, wall: Double,
    workers: Int
  ) -> BenchResult {
    let cells = Double(done.count)
    let counts = done.reduce(into: TokenCounts()) { $0.add($1.tokens) }.divided(by: done.count)
    var result = BenchResult(
      precision: base.model.precision, tokens: counts.total, seconds: [wall / cells],
      operations: operations(counts, Arithmetic(ModelSize(base.model.configuration))),
      loading: loading, warmUp: 0, disturbance: nil)
    func stage(_ seconds: (ExperimentBase.CellTimes) -> Double) -> JSON {
      .rounded(done.reduce(0) { $0 + seconds($1) } / cells / Double(workers))
    }
    result.details = [
      ("cells", .integer(done.count)), ("wall_s", .rounded(wall)),
      ("wall_20_cells_s", .rounded(wall * 20 / cells)),
      (
        "stages",
        .object([
          ("load", .rounded(loading / cells)), ("train", stage(\.training)),
          ("sample", stage(\.sampling)), ("score", stage(\.scoring)),
        ])
      ),
      ("tokens_per_cell", counts.json),
      ("characters_per_cell", .integer(done.reduce(0) { $0 + $1.characters } / done.count)),
      ("last_loss", .rounded(done.map(\.lastLoss).reduce(0, +) / cells)),
    ]
    return result
  }

  /// Of one subject, from the mean lengths of its rows, prompts and scored sequences, the last
  /// fifteen tokens of which are taken for the answer.
  private func operations(_ counts: TokenCounts, _ arithmetic: Arithmetic) -> Double {
    let rows = texts.arms.first?.count ?? 1
    let options = texts.choices.reduce(0) { $0 + $1.options.count }
    func mean(_ total: Int, of number: Int) -> Int {
      Int((Double(total) / Double(max(1, number))).rounded())
    }
    let row = mean(counts.training, of: ExperimentBase.steps * rows)
    let prompt = mean(counts.prompts, of: texts.questions.count)
    let scored = mean(counts.scored, of: options)
    let answer = min(15, scored - 1)
    let training =
      ExperimentBase.steps
      * arithmetic.adapterStep(rows: rows, length: row, rank: inputs.adapterRank)
    let sampling = arithmetic.sampling(
      prompts: texts.questions.map { _ in prompt }, count: ExperimentBase.newTokens)
    let scoring =
      texts.choices.count * arithmetic.forward(scored - answer, heads: 1)
      + options * arithmetic.forward(answer, past: scored - answer, heads: answer)
    return Double(training + sampling + scoring)
  }
}

/// Real tokens that a subject reads or writes.
struct TokenCounts: Sendable, Equatable {
  var training = 0
  var new = 0
  var prompts = 0
  var scored = 0

  var total: Int { training + new + prompts + scored }

  mutating func add(_ other: TokenCounts) {
    training += other.training
    new += other.new
    prompts += other.prompts
    scored += other.scored
  }

  func divided(by count: Int) -> TokenCounts {
    TokenCounts(
      training: training / count, new: new / count, prompts: prompts / count,
      scored: scored / count)
  }

  var json: JSON {
    .object([
      ("train_tok", .integer(training)), ("new_tok", .integer(new)),
      ("prompt_tok", .integer(prompts)), ("score_tok", .integer(scored)),
    ])
  }
}
