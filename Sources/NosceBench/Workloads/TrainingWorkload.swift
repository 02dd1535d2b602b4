import Foundation
import NosceEngine
import NosceFormats

/// Training steps on the batches of the inputs, one after another.
struct TrainingWorkload {
  private static let warmUpSteps = 2

  private let request: BenchRequest
  private let inputs: BenchInputs
  private let precision: Precision
  private let batches: [[TrainingExample]]
  private let rows: Int
  private let length: Int

  init(_ request: BenchRequest, _ inputs: BenchInputs) throws(BenchError) {
    self.request = request
    self.inputs = inputs
    precision = request.precision ?? .bfloat16
    guard let row = inputs.training.first?.first,
      inputs.training.allSatisfy({ batch in
        batch.count == inputs.training[0].count && batch.allSatisfy { $0.count == row.count }
      })
    else {
      throw BenchError(
        "\(request.inputs.path): train: found rows of different length; allowed: batches of one shape"
      )
    }
    batches = inputs.training.map { batch in batch.map { TrainingExample(tokens: $0) } }
    rows = inputs.training[0].count
    length = row.count
  }

  /// Steps in a repetition: enough to be timed well.
  private var stepsPerRepetition: Int {
    switch request.modelName {
    case BenchModel.tiny.name: 20
    case BenchModel.small.name: 4
    default: 1
    }
  }

  func adapter() throws -> BenchResult {
    let (trainer, loading) = try Stopwatch.time {
      let model = try LanguageModel(ModelFiles(at: request.model), precision: precision)
      return try AdapterTrainer(
        model,
        configuration: AdapterConfiguration(
          rank: inputs.adapterRank, alpha: inputs.adapterAlpha, targets: .allLinear),
        seed: 1, optimizer: OptimizerSettings(learningRate: 1e-4),
        shards: model.adapterShards, threads: request.threads)
    }
    let arithmetic = Arithmetic(ModelSize(trainer.model.configuration))
    var result = try measure(loading: loading) { try trainer.step($0).loss }
    result.precision = trainer.model.precision
    result.operations = Double(
      arithmetic.adapterStep(rows: rows, length: length, rank: inputs.adapterRank))
    result.details.append(
      ("trainable", .integer(arithmetic.adapterParameters(rank: inputs.adapterRank))))
    return result
  }

  func allWeights() throws -> BenchResult {
    let (trainer, loading) = try Stopwatch.time { try makeFullTrainer() }
    let configuration = trainer.configuration
    var result = try measure(loading: loading) { try trainer.step($0).loss }
    result.precision = trainer.precision
    result.operations = Double(
      Arithmetic(ModelSize(configuration)).fullStep(rows: rows, length: length))
    result.details.append(
      (
        "trainable",
        .integer(configuration.parameterCount)
      ))
    return result
  }

  private func makeFullTrainer() throws -> FullTrainer {
    FullTrainer(
      try ModelParameters(ModelFiles(at: request.model)), precision: precision,
      optimizer: OptimizerSettings(learningRate: 1e-5),
      shards: FullTrainer.shards, threads: request.threads)
  }

  /// Times steps; precision and operations are left for the caller to fill in.
  private func measure(
    loading: Double, _ step: ([TrainingExample]) throws -> Double
  ) throws -> BenchResult {
    var losses: [Double] = []
    func next() throws {
      losses.append(try step(batches[losses.count % batches.count]))
    }
    let warmUp = try Stopwatch.time { for _ in 0..<Self.warmUpSteps { try next() } }.1
    let steps = stepsPerRepetition
    let (seconds, disturbance) = try QuietTimer(patience: request.patience).measure {
      for _ in 0..<steps { try next() }
    }
    return BenchResult(
      precision: precision, tokens: rows * length, seconds: seconds.map { $0 / Double(steps) },
      operations: 0, loading: loading, warmUp: warmUp, disturbance: disturbance,
      details: [
        ("batch", .integer(rows)), ("seq", .integer(length)), ("steps_per_rep", .integer(steps)),
        ("loss_first", .rounded(losses.first ?? .nan)),
        ("loss_last", .rounded(losses.last ?? .nan)),
      ])
  }
}
