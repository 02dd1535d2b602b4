/// How much memory training an adapter takes, known before it starts.
///
/// Everything that grows with the length of a step is bounded: a pass reads at most `rowLimit` rows,
/// or one sequence where that is longer, and a step of more rows is several passes. The buffers of a
/// pass say themselves what they would take.
package struct TrainingMemory: Sendable {
  /// The packed base, which any number of trainings share.
  package var weights: Int
  /// Factors, gradients and moments.
  package var adapter: Int
  /// What passes keep of their layers, their gradients, and the logits of a block.
  package var passes: Int

  package var total: Int { weights + adapter + passes }

  /// - Parameters:
  ///   - longest: the tokens of the longest row.
  ///   - step: the tokens of a whole step, or of its largest micro-batch.
  package init(
    _ model: LanguageModel, adapter: AdapterLayout, longest: Int, step: Int, shards: Int? = nil
  ) {
    self.init(
      model.configuration, model.precision, weights: model.packedBytes, adapter: adapter,
      longest: longest, step: step, shards: shards)
  }

  /// The same for a model that is not loaded.
  ///
  /// - Parameters:
  ///   - weights: what its packed weights take.
  ///   - shards: nil stands for the model's own number.
  package init(
    _ configuration: ModelConfiguration, _ precision: Precision, weights: Int,
    adapter: AdapterLayout, longest: Int, step: Int, shards: Int? = nil
  ) {
    self.weights = weights
    let shards = shards ?? LanguageModel.adapterShards(packedBytes: weights)
    self.adapter =
      AdapterTrainer.stateBytes(adapter, shards: shards)
      + AdapterOperands.packedBytes(adapter, precision)
    let pass = TransformerPass(sizesOf: configuration, precision, keepsTraces: true)
    let rows = precision.padded(max(longest, min((step + shards - 1) / shards, pass.rowLimit)))
    passes =
      shards
      * pass.trainingBytes(rows: rows, targets: rows, longest: longest, adapter: adapter)
  }
}

extension LanguageModel {
  /// How many parts a step's gradient is computed in. Part of the result, so it depends on the
  /// model and not on the machine.
  package var adapterShards: Int { Self.adapterShards(packedBytes: packedBytes) }

  static func adapterShards(packedBytes: Int) -> Int {
    sharesProducts(packedBytes: packedBytes) ? 2 : 1
  }

  /// At most this many rows go through one training pass.
  package var rowLimit: Int { configuration.rowLimit(precision) }
}

extension ModelConfiguration {
  /// At most this many rows of such a model go through one training pass.
  package func rowLimit(_ precision: Precision) -> Int {
    TransformerPass(sizesOf: self, precision, keepsTraces: true).rowLimit
  }
}
