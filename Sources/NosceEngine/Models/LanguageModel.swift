import CNosceKernels
import Foundation

/// A decoder-only transformer with fixed weights. Token ids in, logits out; it knows no text.
///
/// Nothing changes after `init`, so any number of threads, trainers and samplers share one model.
package final class LanguageModel: @unchecked Sendable {
  // The buffers are written in init only; afterwards they are read through `weights`.
  package let configuration: ModelConfiguration
  package let layout: ParameterLayout
  /// What the machine really computes in; it may be less than what was asked for.
  package let precision: Precision
  let shape: ModelShape
  let rotary: RotaryTable
  private let floats: Buffer<Float>
  private let halves: Buffer<UInt16>?

  var weights: Weights { Weights(floats: floats, halves: halves) }

  /// Takes over `floats`, which nobody may write any more.
  init(
    configuration: ModelConfiguration, layout: ParameterLayout, rotary: RotaryTable,
    precision: Precision, floats: Buffer<Float>
  ) {
    self.configuration = configuration
    self.layout = layout
    self.rotary = rotary
    self.precision = precision.available
    self.floats = floats
    shape = ModelShape(configuration)
    if self.precision == .bfloat16 {
      let halves = Buffer<UInt16>(count: layout.count)
      nosce_to_bfloat16(nosce_best_level(), layout.count, floats.pointer, halves.pointer)
      self.halves = halves
    } else {
      halves = nil
    }
  }

  /// Reads a Hugging Face checkpoint folder.
  package convenience init(directory: URL, precision: Precision) throws {
    let configuration = try ModelConfiguration(contentsOf: directory)
    try Self.check(configuration)
    let checkpoint = try CheckpointWeights(directory: directory)
    try configuration.check(checkpoint)
    let layout = ParameterLayout(configuration)
    let floats = Buffer<Float>(count: layout.count)
    for tensor in layout.tensors {
      let values = try checkpoint.floats(tensor.name, shape: tensor.shape)
      values.withUnsafeBufferPointer { source in
        guard let start = source.baseAddress else { return }
        (floats.pointer + tensor.offset).update(from: start, count: tensor.count)
      }
    }
    checkpoint.releasePages()
    self.init(
      configuration: configuration, layout: layout, rotary: RotaryTable(configuration),
      precision: precision, floats: floats)
  }

  /// A new model: normal weights of the configuration's `initializerRange`, norms of one, and the
  /// two projections that write to the residual stream smaller by the square root of twice the
  /// number of layers.
  package convenience init(
    configuration: ModelConfiguration, precision: Precision = .float32, seed: UInt64
  ) throws {
    try Self.check(configuration)
    let layout = ParameterLayout(configuration)
    let floats = Buffer<Float>(count: layout.count)
    let residual = 1 / Double(2 * configuration.layerCount).squareRoot()
    for tensor in layout.tensors {
      let target = floats.pointer + tensor.offset
      guard tensor.isMatrix else {
        target.update(repeating: 1, count: tensor.count)
        continue
      }
      var generator = SeededGenerator(seed: seed, stream: tensor.name)
      let writes = ["o_proj.weight", "down_proj.weight"].contains { tensor.name.hasSuffix($0) }
      let deviation = configuration.initializerRange * (writes ? residual : 1)
      for index in 0..<tensor.count { target[index] = Float(generator.normal() * deviation) }
    }
    self.init(
      configuration: configuration, layout: layout, rotary: RotaryTable(configuration),
      precision: precision, floats: floats)
  }

  private static func check(_ configuration: ModelConfiguration) throws(EngineError) {
    guard !configuration.attentionBias, !configuration.mlpBias else {
      throw EngineError("config.json: found attention_bias or mlp_bias = true; allowed: false")
    }
  }

  /// The same weights computed with in another precision.
  package func with(precision: Precision) -> LanguageModel {
    LanguageModel(
      configuration: configuration, layout: layout, rotary: rotary, precision: precision,
      floats: floats)
  }

  /// The values of one weight, by its Hugging Face name.
  package func values(of name: String) -> [Float]? {
    guard let tensor = layout.tensors.first(where: { $0.name == name }) else { return nil }
    return Array(UnsafeBufferPointer(start: floats.pointer + tensor.offset, count: tensor.count))
  }

  /// Writes `config.json` and `model.safetensors`, the configuration last.
  package func save(to directory: URL, storage: NamedTensor.Storage = .float32) throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let tensors = layout.tensors.map { tensor in
      NamedTensor(
        name: tensor.name, shape: tensor.shape,
        values: Array(
          UnsafeBufferPointer(start: floats.pointer + tensor.offset, count: tensor.count)),
        storage: storage)
    }
    try SafetensorsWriter.write(
      tensors, to: directory.appendingPathComponent("model.safetensors"))
    var written = configuration
    written.storedType = storage == .bfloat16 ? .bfloat16 : .float32
    try written.write(to: directory)
  }

  /// A copy of the weights, for a trainer to change.
  func copyOfWeights() -> Buffer<Float> { Buffer(copying: floats.pointer, count: layout.count) }

  /// Refuses tokens that the model has no embedding for, and more of them than it has positions.
  func check(tokens: [Int32]) throws(EngineError) {
    for token in tokens where token < 0 || Int(token) >= configuration.vocabularySize {
      throw EngineError(
        "found token \(token); "
          + "allowed: 0 to \(configuration.vocabularySize - 1), the model's vocabulary"
      )
    }
    guard tokens.count <= configuration.maximumPositions else {
      throw EngineError(
        "found a sequence of \(tokens.count) tokens; "
          + "allowed: at most \(configuration.maximumPositions), the model's positions"
      )
    }
  }
}
