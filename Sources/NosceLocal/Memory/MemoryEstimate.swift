import NosceEngine

/// About how much memory the engine takes, in bytes. Meant to be right within a third for a model
/// of some size; `docs/commands.md` has it compared with what was measured.
package struct MemoryEstimate: Sendable {
  private let configuration: ModelConfiguration
  private let parameters: Int
  /// For each layer and token: what the linear modules give, together.
  private let outputsPerLayer: Int

  /// - Parameter parameters: the numbers that the checkpoint stores.
  package init(_ configuration: ModelConfiguration, parameters: Int) throws {
    self.configuration = configuration
    self.parameters = parameters
    // A rank-1 adapter of everything lists the linear modules of any family with their sizes.
    var all = AdapterConfiguration(rank: 1, alpha: 1, targets: .allLinear)
    all.layers = [0]
    let modules = try LoRAAdapter(all, model: configuration, seed: 0).checkpoint.modules.values
    outputsPerLayer = modules.reduce(0) { $0 + $1.outputSize }
  }

  /// Beside the weights, the program and its libraries.
  private static let program = 40_000_000

  /// The one packed copy of the weights, whatever is trained or asked with it.
  package func weights(_ precision: Precision) -> Int {
    parameters * (precision == .float32 ? 4 : 2)
  }

  /// The weights, and the keys and values of so many tokens.
  package func asking(_ precision: Precision, tokens: Int) -> Int {
    let keys = configuration.keyValueHeadCount * configuration.headDimension
    let cache = 2 * configuration.layerCount * keys * tokens * 4
    return Self.program + weights(precision) + cache
  }

  /// What a LoRA training needs beside the weights.
  ///
  /// - Parameters:
  ///   - trainable: the numbers of the adapter.
  ///   - tokens: those of the largest micro-batch.
  package func training(trainable: Int, tokens: Int, shards: Int) -> Int {
    // The adapter as it began and as it is, both moments, and one gradient for each shard.
    let adapter = trainable * 4 * (4 + shards)
    // Each layer keeps its outputs, its inputs behind the norms, and the residual stream twice.
    let perLayer = outputsPerLayer + 4 * configuration.hiddenSize
    let perToken = perLayer * configuration.layerCount + 3 * outputsPerLayer
    let logits = min(256, tokens) * configuration.vocabularySize * 2 * shards
    return adapter + 4 * (perToken * tokens + logits)
  }

  /// A whole LoRA training of a given rank on every linear module.
  package func training(_ precision: Precision, rank: Int, tokens: Int) throws -> Int {
    let modules = try LoRAAdapter(
      AdapterConfiguration(rank: 1, alpha: 1, targets: .allLinear), model: configuration, seed: 0
    ).checkpoint.modules.values
    let trainable = modules.reduce(0) { $0 + rank * ($1.inputSize + $1.outputSize) }
    return Self.program + weights(precision)
      + training(trainable: trainable, tokens: tokens, shards: 1)
  }
}

extension LoRAAdapter {
  /// The numbers that a training changes.
  package var parameterCount: Int {
    checkpoint.modules.values.reduce(0) { $0 + $1.a.count + $1.b.count }
  }
}
