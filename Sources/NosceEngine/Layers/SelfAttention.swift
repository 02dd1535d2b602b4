import CNosceKernels

/// Causal attention: softmax(cap(q·k · scale)) over the values of the keys that a query sees.
final class SelfAttention {
  /// How attention finds what a row sees.
  enum Reach {
    /// Each sequence of the batch is whole.
    case whole(PackedBatch)
    /// Rows stand behind what caches keep, and join it where `keeping`.
    case cached([InferencePart], keeping: Bool)
  }

  struct Trace {
    /// (rows, (heads + 2 × key-value heads) × size), queries, keys and values
    let fused: RowBuffer
    /// (rows, heads × size)
    let output: RowBuffer
    /// (rows, heads × size), in bfloat16; in 32 bits products read `output` itself
    let roundedOutput: OperandBuffer
    /// (rows, heads), the logarithms of the softmax's sums
    let logSums: RowBuffer

    init(_ attention: Attention, _ precision: Precision) {
      fused = RowBuffer(width: attention.fusedWidth)
      output = RowBuffer(width: attention.queryWidth)
      roundedOutput = OperandBuffer(
        precision, width: precision == .bfloat16 ? attention.queryWidth : 0)
      logSums = RowBuffer(width: attention.heads)
    }

    /// (rows, heads × size), as the product behind it reads it
    func operand(_ rows: Int) -> OperandView {
      roundedOutput.width == 0 ? OperandView(output.view(rows)) : roundedOutput.view(rows)
    }
  }

  /// (rows, (heads + 2 × key-value heads) × size), the gradient of queries, keys and values
  private let dfused: RowBuffer
  /// (rows, (heads + 2 × key-value heads) × size), in bfloat16
  private let roundedDfused: OperandBuffer
  /// One for each member of the team: (`nosce_attention_scratch`), for the longest sequence
  private let scratch: [Buffer<Float>]
  private let compute: Compute
  private let headSize: Int

  init(_ compute: Compute, _ configuration: ModelConfiguration) {
    self.compute = compute
    headSize = configuration.layers.map(\.attention.headSize).max() ?? 0
    let widest = configuration.layers.map(\.attention.fusedWidth).max() ?? 0
    dfused = RowBuffer(width: widest)
    roundedDfused = OperandBuffer(
      compute.precision, width: compute.precision == .bfloat16 ? widest : 0)
    scratch = (0..<compute.team.size).map { _ in Buffer() }
  }

  var backwardBuffers: [any RowMemory] { [dfused, roundedDfused] }
  var scratchBytes: Int { scratch.reduce(0) { $0 + $1.byteCount } }

  /// What a pass over whole sequences takes beside its rows.
  func scratchBytes(longest: Int) -> Int {
    Buffer<Float>.byteCount(reserving: nosce_attention_scratch(longest, headSize))
  }

  // MARK: Forward

  /// Attends with the queries, keys and values in the trace.
  ///
  /// - Parameters:
  ///   - rows: those of the batch.
  ///   - padded: what products are given; the rows behind the batch's own become zero.
  /// - Returns: (padded, heads × size)
  func forward(
    _ trace: Trace, _ layer: PlacedLayer, _ reach: Reach, rows: Int, padded: Int
  ) -> OperandView {
    switch reach {
    case .whole(let batch):
      eachShare(layer.attention, trace, batch) { geometry in
        nosce_attention_forward(
          compute.level, &geometry, trace.output.pointer, trace.logSums.pointer)
      }
    case .cached(let parts, let keeping):
      compute.team.share(parts.count) { range, member in
        for part in parts[range] {
          forward(trace, layer, part, scratch[member], keeping: keeping)
        }
      }
    }
    let output = trace.output.view(padded)
    output[rows: rows..<padded].clear()
    return compute.operand(output, roundedInto: trace.roundedOutput)
  }

  /// New rows of one sequence, behind what its cache keeps.
  private func forward(
    _ trace: Trace, _ layer: PlacedLayer, _ part: InferencePart, _ scratch: Buffer<Float>,
    keeping: Bool
  ) {
    let attention = layer.attention
    let cache = part.cache
    let fused = trace.fused.view(part.rows.upperBound)[rows: part.rows]
    let output = trace.output.view(part.rows.upperBound)[rows: part.rows]
    let (keys, values) = (cache.keys(layer.index), cache.values(layer.index))
    scratch.reserve(
      nosce_cached_attention_scratch(cache.count, fused.rows, attention.headSize))
    var geometry = nosce_cached_attention(
      queries: fused.rows, before: cache.count, heads: attention.heads,
      key_value_heads: attention.keyValueHeads, size: attention.headSize,
      scale: Float(attention.scale), softcap: Float(attention.scoreCap ?? 0),
      window: attention.window ?? 0, qkv: fused.pointer, ld_qkv: fused.ld, keys: keys,
      values: values, capacity: cache.capacity, scratch: scratch.pointer)
    nosce_cached_attention_forward(compute.level, &geometry, output.pointer, output.ld)
    if keeping {
      nosce_keep_keys_values(
        fused.rows, cache.count, attention.heads, attention.keyValueHeads, attention.headSize,
        fused.pointer, fused.ld, keys, values, cache.capacity)
    }
  }

  /// Whole sequences, of which none sees another, shared out among the team.
  private func eachShare(
    _ attention: Attention, _ trace: Trace, _ batch: PackedBatch,
    _ body: (inout nosce_attention) -> Int32
  ) {
    let sequences = batch.offsets.count - 1
    let scratchCount = nosce_attention_scratch(batch.longest, attention.headSize)
    var statuses = [Int32](repeating: 0, count: scratch.count)
    batch.offsets.withUnsafeBufferPointer { offsets in
      statuses.withUnsafeMutableBufferPointer { statuses in
        compute.team.share(sequences) { range, member in
          scratch[member].reserve(scratchCount)
          var geometry = nosce_attention(
            sequences: range.count, offsets: offsets.baseAddress.map { $0 + range.lowerBound },
            heads: attention.heads, key_value_heads: attention.keyValueHeads,
            size: attention.headSize, scale: Float(attention.scale),
            softcap: Float(attention.scoreCap ?? 0), window: attention.window ?? 0,
            qkv: trace.fused.pointer, ld_qkv: trace.fused.width, scratch: scratch[member].pointer)
          let status = body(&geometry)
          if status != 0 { statuses[member] = status }
        }
      }
    }
    for status in statuses { compute.products.note(status) }
  }

  // MARK: Backward

  /// The gradient of queries, keys and values; rows behind the batch's own become zero.
  ///
  /// - Parameter doutput: (padded, heads × size)
  /// - Returns: (padded, (heads + 2 × key-value heads) × size)
  func backward(
    _ trace: Trace, _ layer: PlacedLayer, _ batch: PackedBatch, doutput: MatrixView
  ) -> MatrixView {
    let dfused = dfused.view(doutput.rows, width: layer.attention.fusedWidth)
    eachShare(layer.attention, trace, batch) { geometry in
      nosce_attention_backward(
        compute.level, &geometry, trace.output.pointer, trace.logSums.pointer, doutput.pointer,
        dfused.pointer)
    }
    dfused[rows: batch.rows..<doutput.rows].clear()
    return dfused
  }

  /// The gradient of queries, keys and values in the form that products read.
  func operand(_ dfused: MatrixView) -> OperandView {
    compute.operand(dfused, roundedInto: roundedDfused)
  }
}
