import CNosceKernels

/// The operations that layers consist of, shared out among the team.
extension TransformerPass {
  /// A norm, or for a nil one a copy, in the form that products read.
  func norm(
    _ norm: ParameterLayout.PlacedNorm?, _ rows: Int, _ x: Floats, copy: Floats?,
    _ weights: Weights,
    into target: Operand, _ trace: LayerTrace.NormTrace
  ) {
    team.split(rows, isSmall: isSmall(rows)) { range in
      let first = range.lowerBound
      let from = x + first * hidden
      let copy = copy.map { $0 + first * hidden }
      let to = target.at(first * hidden).pointer
      guard let norm else {
        nosce_scale_rows(
          level, range.count, hidden, from, hidden, 1, target.precision.type, to, hidden)
        copy?.update(from: from, count: range.count * hidden)
        return
      }
      if let bias = norm.bias {
        nosce_layernorm_forward(
          level, range.count, hidden, from, nil, weights.vector(norm.weight),
          weights.vector(bias), norm.epsilon, copy, target.precision.type, to,
          trace.mean.pointer + first, trace.inverse.pointer + first)
      } else {
        nosce_rmsnorm_forward(
          level, range.count, hidden, from, nil, weights.vector(norm.weight), norm.epsilon, copy,
          target.precision.type, to, trace.inverse.pointer + first)
      }
    }
  }

  /// target = residual + the norm of x.
  func addNormed(
    _ norm: ParameterLayout.PlacedNorm, _ rows: Int, _ x: Floats, to residual: Floats,
    into target: Floats, _ weights: Weights, _ inverse: Floats
  ) {
    team.split(rows, isSmall: isSmall(rows)) { range in
      let at = range.lowerBound * hidden
      nosce_postnorm_forward(
        level, range.count, hidden, x + at, weights.vector(norm.weight), norm.epsilon,
        residual + at, target + at, inverse + range.lowerBound)
    }
  }

  /// The norms of queries and keys, in place; what they were is kept.
  func normHeads(
    _ attention: Attention, _ at: ParameterLayout.Layer, _ rows: Int, _ trace: LayerTrace,
    _ weights: Weights
  ) {
    guard let query = at.queryNorm, let key = at.keyNorm else { return }
    let fused = trace.queryKeyValue.pointer
    let ld = attention.queryWidth + 2 * attention.keyWidth
    trace.unnormed.pointer.update(from: fused, count: rows * ld)
    for part in attention.normedParts(query, key, trace) {
      nosce_group_rmsnorm_forward(
        level, rows, part.groups, part.width, fused + part.offset, ld,
        weights.vector(part.norm.weight), part.norm.epsilon, fused + part.offset, ld, part.inverse)
    }
  }

  func attend(
    _ index: Int, _ attention: Attention, _ trace: LayerTrace, _ attending: Attending
  ) {
    switch attending {
    case .whole(let batch):
      scratch[0].reserve(nosce_attention_scratch(batch.longest, attention.headSize))
      batch.offsets.withUnsafeBufferPointer { offsets in
        var shape = wholeAttention(attention, trace, offsets)
        products.note(
          nosce_attention_forward(level, &shape, trace.attended.pointer, trace.logSums.pointer))
      }
    case .cached(let parts, let keeping):
      team.share(parts.count) { range, member in
        for part in parts[range] {
          attendCached(part, index, attention, trace, scratch[member], keeping: keeping)
        }
      }
    }
  }

  private func attendCached(
    _ part: InferencePart, _ index: Int, _ attention: Attention, _ trace: LayerTrace,
    _ scratch: Buffer<Float>, keeping: Bool
  ) {
    let ld = attention.queryWidth + 2 * attention.keyWidth
    let cache = part.cache
    let fused = trace.queryKeyValue.pointer + part.rows.lowerBound * ld
    scratch.reserve(
      nosce_cached_attention_scratch(cache.count, part.rows.count, attention.headSize))
    var shape = nosce_cached_attention(
      queries: part.rows.count, before: cache.count, heads: attention.heads,
      key_value_heads: attention.keyValueHeads, size: attention.headSize,
      scale: Float(attention.scale), softcap: Float(attention.scoreCap ?? 0),
      window: attention.window ?? 0, qkv: fused, ld_qkv: ld, keys: cache.keys(index),
      values: cache.values(index), capacity: cache.capacity, scratch: scratch.pointer)
    nosce_cached_attention_forward(
      level, &shape, trace.attended.pointer + part.rows.lowerBound * attention.queryWidth,
      attention.queryWidth)
    if keeping {
      nosce_keep_keys_values(
        part.rows.count, cache.count, attention.heads, attention.keyValueHeads,
        attention.headSize, fused, ld, cache.keys(index), cache.values(index), cache.capacity)
    }
  }

  func wholeAttention(
    _ attention: Attention, _ trace: LayerTrace, _ offsets: UnsafeBufferPointer<Int32>
  ) -> nosce_attention {
    nosce_attention(
      sequences: offsets.count - 1, offsets: offsets.baseAddress, heads: attention.heads,
      key_value_heads: attention.keyValueHeads, size: attention.headSize,
      scale: Float(attention.scale), softcap: Float(attention.scoreCap ?? 0),
      window: attention.window ?? 0, qkv: trace.queryKeyValue.pointer,
      ld_qkv: attention.queryWidth + 2 * attention.keyWidth, scratch: scratch[0].pointer)
  }

  // MARK: Products

  /// y[rows, out] (+)= x · Wᵀ + b
  func linear(
    _ linear: ParameterLayout.Linear, _ rows: Int, _ x: Operand, _ weights: Weights,
    into y: Floats, adding: Bool
  ) {
    product(
      rows, x, ldX: linear.matrix.inputs, weights.matrix(linear.matrix), into: y,
      ldY: linear.matrix.outputs, adding: adding)
    guard let bias = linear.bias else { return }
    let width = linear.matrix.outputs
    team.split(rows, isSmall: isSmall(rows)) { range in
      nosce_add_bias(
        level, range.count, width, weights.vector(bias), y + range.lowerBound * width, width)
    }
  }

  func product(
    _ rows: Int, _ x: Operand, ldX: Int, _ matrix: MatrixOperand, into y: Floats, ldY: Int,
    adding: Bool
  ) {
    switch matrix {
    case .plain(let weight, let shape):
      products.forward(
        rows: rows, input: shape.inputs, output: shape.outputs, x: x, ldX: ldX, weight: weight,
        ldWeight: shape.inputs, into: y, ldY: ldY, adding: adding)
    case .packed(let weight):
      let panels = nosce_packed_panels(weight.outputs)
      let isSmall = rows * weight.outputs * weight.inputs < 1 << 16
      // Rows do not depend on one another, so a narrow product is shared out by rows.
      if panels < 2 * team.size {
        team.split(rows, isSmall: isSmall) { range in
          nosce_packed_product(
            level, precision.type, range.count, weight.outputs, weight.inputs,
            x.at(range.lowerBound * ldX).pointer, ldX, weight.pointer, 0, panels, adding,
            y + range.lowerBound * ldY, ldY)
        }
      } else {
        team.split(panels, isSmall: isSmall) { range in
          nosce_packed_product(
            level, precision.type, rows, weight.outputs, weight.inputs, x.pointer, ldX,
            weight.pointer, range.lowerBound, range.upperBound, adding, y, ldY)
        }
      }
    }
  }

  /// Adds an adapter's part to the output of a linear group, and keeps the low-rank numbers.
  func adapt(
    _ adapters: [AdapterSpan], _ layer: Int, _ place: AdapterPlace, _ trace: LayerTrace,
    _ rows: Int, _ x: Operand, into y: Floats
  ) {
    let kept = trace.lowRank[place.rawValue]
    kept.reserve(rows * (adapters.map(\.operands.layout.largestRank).max() ?? 0))
    for span in adapters {
      guard let site = span.operands.site(layer, place) else { continue }
      let first = span.rows.lowerBound
      let count = span.rows.count
      let rank = site.layout.rank
      let keptRows = kept.operand.at(first * rank)
      product(
        count, x.at(first * site.layout.inputSize), ldX: site.layout.inputSize, .packed(site.a),
        into: lowRank.pointer, ldY: rank, adding: false)
      for (module, b) in zip(site.layout.modules, site.b) {
        let part = keptRows.at(module.rankOffset)
        nosce_scale_rows(
          level, count, module.rank, lowRank.pointer + module.rankOffset, rank,
          module.scale * span.operands.strength, precision.type, part.pointer, rank)
        product(
          count, part, ldX: rank, .packed(b),
          into: y + first * site.layout.outputSize + module.outputOffset,
          ldY: site.layout.outputSize, adding: true)
      }
    }
  }

  /// Floats as a product's operand: themselves, or rounded into `buffer`.
  func asOperand(
    _ floats: Floats, _ buffer: OperandBuffer, rows: Int, width: Int
  ) -> Operand {
    guard precision == .bfloat16 else { return Operand(floats) }
    buffer.reserve(rows * width)
    let operand = buffer.operand
    team.split(rows, isSmall: isSmall(rows)) { range in
      let at = range.lowerBound * width
      nosce_to_bfloat16(
        level, range.count * width, floats + at,
        operand.at(at).pointer.assumingMemoryBound(to: UInt16.self))
    }
    return operand
  }
}

extension Attention {
  /// The parts of a row [queries | keys | values] that have a norm.
  func normedParts(
    _ query: ParameterLayout.PlacedNorm, _ key: ParameterLayout.PlacedNorm, _ trace: LayerTrace
  ) -> [(
    offset: Int, groups: Int, width: Int, norm: ParameterLayout.PlacedNorm,
    inverse: UnsafeMutablePointer<Float>
  )] {
    let (queries, keys) = normsWholeWidth ? (1, 1) : (heads, keyValueHeads)
    return [
      (0, queries, queryWidth / queries, query, trace.queryInverse.pointer),
      (queryWidth, keys, keyWidth / keys, key, trace.keyInverse.pointer),
    ]
  }
}
