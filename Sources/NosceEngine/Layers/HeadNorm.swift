import CNosceKernels

/// The norms of queries and keys, over each head or over all heads together, in place.
final class HeadNorm {
  struct Trace {
    /// (rows, (heads + 2 × key-value heads) × size), queries, keys and values before the norms
    let unnormed: RowBuffer
    /// (rows, heads), or (rows, 1) where one norm runs over all of them
    let queryInverse: RowBuffer
    /// (rows, key-value heads), or (rows, 1) where one norm runs over all of them
    let keyInverse: RowBuffer

    init(_ attention: Attention) {
      let isUsed = attention.queryNorm != nil && attention.keyNorm != nil
      let (queries, keys) = attention.normGroups
      unnormed = RowBuffer(width: isUsed ? attention.fusedWidth : 0)
      queryInverse = RowBuffer(width: isUsed ? queries : 0)
      keyInverse = RowBuffer(width: isUsed ? keys : 0)
    }

    var statistics: [any RowMemory] { [queryInverse, keyInverse] }
  }

  /// The part of a row [queries | keys | values] that one norm runs over.
  private struct Part {
    let columns: Range<Int>
    let groups: Int
    let norm: ParameterLayout.PlacedNorm
    /// (rows, groups)
    let inverse: RowBuffer

    var width: Int { columns.count / groups }
  }

  private let compute: Compute

  init(_ compute: Compute) { self.compute = compute }

  private func parts(_ layer: PlacedLayer, _ trace: Trace) -> [Part] {
    guard let query = layer.at.queryNorm, let key = layer.at.keyNorm else { return [] }
    let attention = layer.attention
    let (queries, keys) = attention.normGroups
    let end = attention.queryWidth
    return [
      Part(columns: 0..<end, groups: queries, norm: query, inverse: trace.queryInverse),
      Part(
        columns: end..<end + attention.keyWidth, groups: keys, norm: key,
        inverse: trace.keyInverse),
    ]
  }

  /// - Parameter fused: (rows, (heads + 2 × key-value heads) × size)
  func forward(_ trace: Trace, _ layer: PlacedLayer, _ fused: MatrixView, _ weights: Weights) {
    let parts = parts(layer, trace)
    if parts.isEmpty { return }
    trace.unnormed.view(fused.rows).copy(fused)
    for part in parts {
      let x = fused[columns: part.columns]
      nosce_group_rmsnorm_forward(
        compute.level, x.rows, part.groups, part.width, x.pointer, x.ld,
        weights.vector(part.norm.weight), part.norm.epsilon, x.pointer, x.ld,
        part.inverse.pointer)
    }
  }

  /// - Parameter dfused: (rows, (heads + 2 × key-value heads) × size), the gradient behind the norms,
  ///   and afterwards that before them.
  func backward(
    _ trace: Trace, _ layer: PlacedLayer, _ dfused: MatrixView, _ parameters: PassParameters
  ) {
    for part in parts(layer, trace) {
      let x = trace.unnormed.view(dfused.rows)[columns: part.columns]
      let dx = dfused[columns: part.columns]
      nosce_group_rmsnorm_backward(
        compute.level, x.rows, part.groups, part.width, x.pointer, x.ld,
        parameters.weights.vector(part.norm.weight), part.inverse.pointer, dx.pointer, dx.ld,
        false, dx.pointer, dx.ld, parameters.gradient(part.norm.weight))
    }
  }
}

extension Attention {
  /// The numbers of a row [queries | keys | values].
  var fusedWidth: Int { queryWidth + 2 * keyWidth }

  /// How many parts of a row's queries, and of its keys, have a norm of their own.
  var normGroups: (queries: Int, keys: Int) {
    normsWholeWidth ? (1, 1) : (heads, keyValueHeads)
  }
}
