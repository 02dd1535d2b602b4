import CNosceKernels

/// Trains a LoRA adapter on a frozen model.
///
/// Many trainers may share one model, each on its own thread. By default a trainer uses one thread;
/// the result depends on the number of shards, which is the model's own unless another is given, and
/// not on the number of threads.
package final class AdapterTrainer {
  package let model: LanguageModel
  package var step: Int { optimizer.step }
  private let start: LoRAAdapter
  private let operands: AdapterOperands
  private let optimizer: AdamW
  private let sharded: ShardedGradient

  /// Goes on from `adapter`, which may be a new one.
  package init(
    _ model: LanguageModel, adapter: LoRAAdapter, optimizer settings: OptimizerSettings,
    shards: Int? = nil, threads: Int = 1
  ) throws {
    self.model = model
    start = adapter
    operands = try AdapterOperands(adapter, precision: model.precision)
    let layout = adapter.layout
    optimizer = AdamW(
      settings, count: layout.count,
      tensors: layout.modules.flatMap { module in
        [
          (module.offsetA, module.rank * module.inputSize, true),
          (module.offsetB, module.rank * module.outputSize, true),
        ]
      })
    let shards = shards ?? model.adapterShards
    // Threads that no shard is left for share out the operations of a pass, which changes no bit.
    sharded = ShardedGradient(
      count: layout.count, precision: model.precision, trainsWeights: false,
      shards: shards, threads: threads, rowLimit: model.rowLimit
    ) { TransformerPass(model, keepsTraces: true, team: Team(size: max(1, threads / shards))) }
  }

  /// Starts from a new adapter.
  package convenience init(
    _ model: LanguageModel, configuration: AdapterConfiguration, seed: UInt64,
    optimizer: OptimizerSettings, shards: Int? = nil, threads: Int = 1
  ) throws {
    try self.init(
      model, adapter: try LoRAAdapter(configuration, model: model.configuration, seed: seed),
      optimizer: optimizer, shards: shards, threads: threads)
  }

  /// How many bytes the numbers of an adapter take beside their packed form: as they began and as
  /// they are, two moments, and a gradient for each shard.
  static func stateBytes(_ layout: AdapterLayout, shards: Int) -> Int {
    layout.count * MemoryLayout<Float>.stride * (4 + shards)
  }

  /// How many bytes its passes take at present.
  package var passBytes: Int { sharded.passBytes }

  /// One optimizer step over all micro-batches together.
  package func step(_ microBatches: [[TrainingExample]]) throws -> StepReport {
    for example in microBatches.joined() { try model.check(tokens: example.tokens) }
    let number = optimizer.step
    let (loss, targets) = try sharded.compute(microBatches, model.weights, operands)
    guard loss.isFinite else {
      throw model.failure(ofStep: number, "a loss of \(loss.isNaN ? "nan" : "\(loss)")")
    }
    let (norm, rate): (Double, Double)
    do throws(EngineError) {
      (norm, rate) = try optimizer.update(
        operands.values.pointer, rounded: nil, gradients: sharded.gradients,
        threads: sharded.threads)
    } catch {
      throw model.unfiniteTensors.isEmpty
        ? error : model.failure(ofStep: number, "a gradient that is no finite number")
    }
    operands.refresh()
    return StepReport(
      step: number, loss: loss, gradientNorm: norm, learningRate: rate, targetTokens: targets)
  }

  package func step(_ batch: [TrainingExample]) throws -> StepReport { try step([batch]) }

  /// The adapter as it is now.
  package var adapter: LoRAAdapter {
    var result = start
    result.values = operands.values.array
    return result
  }

  /// The gradients of the last step before clipping, by module path.
  package var gradients: [String: AdapterFactors] {
    start.factors(of: sharded.gradients[0].array)
  }
}
