import Foundation
import NosceEngine
import NosceFormats
import NosceStatistics

/// Log-probabilities of every candidate behind its prompt.
struct ScoringWorkload {
  /// The size of the whole task, for which the time is stated too.
  private static let wholeItems = 50

  private let request: BenchRequest
  private let items: [BenchInputs.ScoreItem]

  init(_ request: BenchRequest, _ inputs: BenchInputs) throws(BenchError) {
    self.request = request
    let count = request.items ?? inputs.scoring.count
    guard (1...inputs.scoring.count).contains(count) else {
      throw BenchError(
        "--items: found \(count); allowed: 1 to \(inputs.scoring.count), as in "
          + request.inputs.path)
    }
    items = Array(inputs.scoring.prefix(count))
  }

  func run() throws -> BenchResult {
    let (model, loading) = try Stopwatch.time {
      try InferenceModel(
        LanguageModel(ModelFiles(at: request.model), precision: request.precision ?? .bfloat16))
    }
    let warmUp = try Stopwatch.time { _ = try score(model, items.prefix(1)) }.1
    var sums: [[Double]] = []
    let (seconds, disturbance) = try QuietTimer(patience: request.patience).measure {
      sums = try score(model, items[...])
    }
    let arithmetic = Arithmetic(ModelSize(model.model.configuration))
    let operations = items.reduce(0) {
      $0 + arithmetic.scoring(prompt: $1.prompt.count, candidates: $1.candidates.map(\.count))
    }
    let candidates = items.reduce(0) { $0 + $1.candidates.count }
    var result = BenchResult(
      precision: model.model.precision,
      tokens: items.reduce(0) { $0 + $1.candidates.reduce(0) { $0 + $1.count } },
      seconds: seconds, operations: Double(operations), loading: loading, warmUp: warmUp,
      disturbance: disturbance)
    let median = seconds.median ?? .nan
    result.details = [
      ("items", .integer(items.count)), ("candidates", .integer(candidates)),
      ("cand_s", .rounded(Double(candidates) / median)),
      ("full_50x32_s", .rounded(median * Double(Self.wholeItems) / Double(items.count))),
      // The prompt is read once: what is executed is what is useful.
      ("executed_gflop", .rounded(Double(operations) / 1e9)),
      ("sum_logprob_first_item", .number(sums.first.map { $0.reduce(0, +) } ?? 0)),
    ]
    return result
  }

  /// The sum of each candidate's log-probabilities.
  private func score(
    _ model: InferenceModel, _ items: ArraySlice<BenchInputs.ScoreItem>
  ) throws -> [[Double]] {
    try model.logProbabilities(
      items.map { ScoringRequest(prefix: $0.prompt, candidates: $0.candidates) },
      threads: request.threads
    ).map { candidates in candidates.map { $0.reduce(0) { $0 + Double($1) } } }
  }
}
