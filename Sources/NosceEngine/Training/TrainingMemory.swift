import CNosceKernels

/// How much memory training an adapter takes, known before it starts.
///
/// Everything that grows with the length of a step is bounded: a pass reads at most `rowLimit` rows,
/// or one sequence where that is longer, and a step of more rows is several passes.
package struct TrainingMemory: Sendable {
  /// The packed base, which any number of trainings share.
  package var weights: Int
  /// Factors, gradients and moments.
  package var adapter: Int
  /// What passes keep of their layers, and the logits of a block.
  package var passes: Int

  package var total: Int { weights + adapter + passes }

  /// - Parameters:
  ///   - longest: the tokens of the longest row.
  ///   - step: the tokens of a whole step.
  package init(
    _ model: LanguageModel, adapter: AdapterLayout, longest: Int, step: Int, shards: Int
  ) {
    weights = model.packedBytes
    // Values, their packed form, a gradient for each shard, two moments.
    self.adapter = adapter.count * 4 * (4 + shards)
    let rows = max(longest, min((step + shards - 1) / shards, model.rowLimit))
    passes = shards * model.passBytes(rows: rows + model.precision.rowMultiple, adapter)
  }
}

extension LanguageModel {
  /// How many parts a step's gradient is computed in. Part of the result, so it depends on the
  /// model and not on the machine.
  package var adapterShards: Int { sharesProducts ? 2 : 1 }

  /// At most this many rows go through one training pass: about a gigabyte of kept layers.
  package var rowLimit: Int { max(256, (1 << 30) / max(1, bytesPerRow)) }

  /// What a training pass keeps of one row in all layers.
  private var bytesPerRow: Int {
    let width = precision.byteWidth
    let hidden = configuration.hiddenSize
    return configuration.layers.reduce(0) { sum, layer in
      let attention = layer.attention
      let norms = attention.queryNorm == nil ? 0 : attention.input.outputs * 4
      let branches =
        (layer.attentionOutputNorm == nil ? 0 : hidden * 4)
        + (layer.feedForwardOutputNorm == nil ? 0 : hidden * 4)
      let streams = hidden * (8 + 2 * width)
      let heads = attention.input.outputs * 4 + attention.queryWidth * (4 + width)
      return sum + streams + heads + norms + branches + layer.feedForward.input.outputs * 4
    }
  }

  func passBytes(rows: Int, _ adapter: AdapterLayout) -> Int {
    let width = precision.byteWidth
    let hidden = configuration.hiddenSize
    let vocabulary = configuration.vocabularySize
    let widest = configuration.layers.map(\.feedForward.input.outputs).max() ?? 0
    let size = configuration.layers.map(\.feedForward.size).max() ?? 0
    let lowRank = adapter.modules.reduce(0) { $0 + $1.rank } * width
    let working = hidden * (16 + 4 * width) + widest * width + size * (4 + width)
    let head = max(32, min(256, (8 << 20) / vocabulary / 32 * 32))
    // Buffers grow by a quarter more than they are asked for.
    return (rows * (bytesPerRow + working + lowRank) + head * vocabulary * (4 + width)) * 5 / 4
  }
}
