import CNosceKernels
import Foundation

/// Trains every weight of a model.
///
/// The result depends on the seed, the data, the settings and the number of shards, and not on the
/// number of threads. A trainer belongs to one task at a time.
package final class FullTrainer {
  /// In how many parts a step's gradient is computed unless another number is given. Part of the
  /// result, so it is no property of the machine: 2, as both bundled models were trained.
  package static let shards = 2

  package let configuration: ModelConfiguration
  package let precision: Precision
  package var step: Int { optimizer.step }
  private let start: ModelParameters
  /// Every tensor where the layout places it: (`layout.count`)
  private let floats: Buffer<Float>
  /// The same, rounded to bfloat16: (`layout.count`)
  private let halves: Buffer<UInt16>?
  /// Norms, biases and positions: (`layout.vectorCount`)
  private let vectors: Buffer<Float>
  private let optimizer: AdamW
  private let sharded: ShardedGradient

  package init(
    _ parameters: ModelParameters, precision: Precision = .float32,
    optimizer settings: OptimizerSettings, shards: Int = FullTrainer.shards, threads: Int = 2
  ) {
    start = parameters
    configuration = parameters.configuration
    let layout = parameters.layout
    let precision = precision.available
    self.precision = precision
    floats = Buffer(copying: parameters.floats.pointer, count: layout.count)
    halves = precision == .bfloat16 ? Buffer(count: layout.count) : nil
    vectors = Buffer(count: layout.vectorCount)
    optimizer = AdamW(
      settings, count: layout.count,
      tensors: layout.tensors.map { ($0.offset, $0.count, $0.isMatrix) })
    let configuration = configuration
    let rotaries = configuration.rotaries.map {
      RotaryTable($0, positions: configuration.maximumPositions)
    }
    sharded = ShardedGradient(
      count: layout.count, precision: precision, trainsWeights: true, shards: shards,
      threads: threads
    ) {
      TransformerPass(
        configuration: configuration, layout: layout, rotaries: rotaries, precision: precision,
        keepsTraces: true, team: Team(size: 1))
    }
    round()
  }

  private var weights: Weights { Weights(floats: floats, halves: halves, vectors: vectors) }

  /// Brings the other forms of the weights up to date.
  private func round() {
    start.writeVectors(from: floats.pointer, to: vectors.pointer)
    guard let halves else { return }
    nosce_to_bfloat16(nosce_best_level(), start.layout.count, floats.pointer, halves.pointer)
  }

  /// One optimizer step over all micro-batches together.
  package func step(_ microBatches: [[TrainingExample]]) throws -> StepReport {
    for example in microBatches.joined() { try configuration.check(tokens: example.tokens) }
    let number = optimizer.step
    let (loss, targets) = try sharded.compute(microBatches, weights, nil)
    let (norm, rate) = try optimizer.update(
      floats.pointer, rounded: halves?.pointer, gradients: sharded.gradients,
      threads: sharded.threads)
    start.writeVectors(from: floats.pointer, to: vectors.pointer)
    return StepReport(
      step: number, loss: loss, gradientNorm: norm, learningRate: rate, targetTokens: targets)
  }

  package func step(_ batch: [TrainingExample]) throws -> StepReport { try step([batch]) }

  /// The mean loss over the examples' targets; nothing changes.
  package func loss(of examples: [TrainingExample]) throws -> Double {
    for example in examples { try configuration.check(tokens: example.tokens) }
    return try sharded.compute([examples], weights, nil).loss
  }

  /// The gradients of the last step before clipping, by Hugging Face name.
  package var gradients: [String: [Float]] {
    var result: [String: [Float]] = [:]
    for tensor in start.layout.tensors {
      result[tensor.name] = tensor.stored(sharded.gradients[0].pointer + tensor.offset)
    }
    return result
  }

  /// The weights as they are now.
  package var parameters: ModelParameters {
    ModelParameters(
      configuration: configuration, layout: start.layout,
      floats: Buffer(copying: floats.pointer, count: start.layout.count))
  }

  // MARK: Resuming

  private static let version = "nosce-trainer-1"

  /// Writes the weights, the optimizer's moments and the step into one file, atomically. A trainer
  /// that restores it continues with the same bytes.
  package func saveState(to url: URL) throws {
    let count = start.layout.count
    func tensor(_ name: String, _ buffer: Buffer<Float>) -> NamedTensor {
      NamedTensor(
        name: name, shape: [count],
        values: Array(UnsafeBufferPointer(start: buffer.pointer, count: count)))
    }
    try SafetensorsWriter.write(
      [
        tensor("weights", floats), tensor("mean", optimizer.mean),
        tensor("variance", optimizer.variance),
      ],
      metadata: ["format": Self.version, "step": String(optimizer.step)], to: url)
  }

  /// Takes up where `saveState` left off; the model and the settings must be the same.
  package func restoreState(from url: URL) throws {
    let file = try SafetensorsFile(contentsOf: url)
    guard file.metadata["format"] == Self.version, let text = file.metadata["step"],
      let step = Int(text), step >= 0
    else {
      throw EngineError("\(url.path): found no trainer state; allowed: a file of \(Self.version)")
    }
    func values(_ name: String) throws -> [Float] {
      let values = try file.floats(name)
      guard values.count == start.layout.count else {
        throw EngineError(
          "\(url.path): found \(values.count) \(name); "
            + "allowed: \(start.layout.count), as this model has"
        )
      }
      return values
    }
    let weights = try values("weights")
    optimizer.restore(mean: try values("mean"), variance: try values("variance"), step: step)
    for index in weights.indices { floats.pointer[index] = weights[index] }
    round()
  }
}
