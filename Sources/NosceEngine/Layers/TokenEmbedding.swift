import CNosceKernels

/// The rows of the embedding table, and of the table of positions where a model has one.
///
///     x = scale · table[token] + positions[position]
final class TokenEmbedding {
  private let configuration: ModelConfiguration
  private let layout: ParameterLayout
  private let compute: Compute

  private var hidden: Int { configuration.hiddenSize }

  init(_ compute: Compute, _ configuration: ModelConfiguration, _ layout: ParameterLayout) {
    self.compute = compute
    self.configuration = configuration
    self.layout = layout
  }

  /// - Parameter x: (padded, hidden); rows behind the batch's own become zero.
  func forward(_ batch: BatchRows, into x: MatrixView, _ weights: Weights) {
    weights.embed(batch.tokens, layout: layout, width: hidden, into: x.pointer)
    let scale = configuration.embedding.scale
    if scale != 1 {
      // The reference rounds the factor to the precision that it computes in.
      let factor = compute.precision == .bfloat16 ? rounded(Float(scale)) : Float(scale)
      nosce_scale(compute.level, batch.count * hidden, factor, x.pointer)
    }
    if let positions = layout.positions {
      nosce_embedding_add(
        batch.count, hidden, weights.vector(positions), batch.positions, x.pointer)
    }
    x[rows: batch.count..<batch.padded].clear()
  }

  private func rounded(_ value: Float) -> Float { float(brainBits: brainBits(value)) }

  /// Adds the gradients of the tables.
  ///
  /// - Parameter dx: (padded, hidden), which is changed on the way.
  func backward(_ batch: PackedBatch, _ dx: MatrixView, into gradient: UnsafeMutablePointer<Float>)
  {
    if let positions = layout.positions {
      nosce_embedding_scatter(
        batch.rows, hidden, dx.pointer, batch.batchRows.positions, gradient + positions.offset)
    }
    let scale = configuration.embedding.scale
    if scale != 1 {
      nosce_scale(compute.level, batch.rows * hidden, Float(scale), dx.pointer)
    }
    if configuration.embedding.freezesPadding, let padding = configuration.padTokenID {
      for (row, token) in batch.tokens.enumerated() where Int(token) == padding {
        dx[rows: row..<row + 1].clear()
      }
    }
    nosce_embedding_scatter(
      batch.rows, hidden, dx.pointer, batch.tokens, gradient + layout.embedding.offset)
  }
}
