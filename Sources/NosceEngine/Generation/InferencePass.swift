import CNosceKernels

/// New tokens of several sequences, laid end to end, each behind what its cache keeps.
struct InferenceBatch {
  struct Part {
    let cache: KeyValueCache
    let rows: Range<Int>
  }

  private(set) var tokens: [Int32] = []
  private(set) var positions: [Int32] = []
  private(set) var parts: [Part] = []

  mutating func append(_ new: ArraySlice<Int32>, behind cache: KeyValueCache) {
    let start = tokens.count
    tokens.append(contentsOf: new)
    for index in 0..<new.count { positions.append(Int32(cache.count + index)) }
    parts.append(Part(cache: cache, rows: start..<tokens.count))
  }
}

/// Forward passes for generation and scoring, with memory kept between them. One thread at a time.
final class InferencePass {
  private let model: InferenceModel
  private let shape: ModelShape
  private let level = nosce_best_level()
  private let x = Buffer<Float>()
  private let normed = Buffer<Float>()
  private let inverse = Buffer<Float>()
  private let queryKeyValue = Buffer<Float>()
  private let attended = Buffer<Float>()
  private let gateUp = Buffer<Float>()
  private let activated = Buffer<Float>()
  private let scratch = Buffer<Float>()
  private let logits = Buffer<Float>()

  init(_ model: InferenceModel) {
    self.model = model
    shape = model.shape
  }

  /// Runs the new tokens through all layers and returns the logits of the rows asked for, one
  /// after another. With `keeping`, the caches grow by the new tokens.
  func logits(
    _ batch: InferenceBatch, keeping: Bool, rows wanted: [Int32]
  ) -> UnsafeMutablePointer<Float> {
    let rows = batch.tokens.count
    x.reserve(rows * shape.hidden)
    normed.reserve(max(rows, wanted.count) * shape.hidden)
    inverse.reserve(max(rows, wanted.count))
    queryKeyValue.reserve(rows * shape.fusedWidth)
    attended.reserve(rows * shape.queryWidth)
    gateUp.reserve(rows * 2 * shape.feedForward)
    activated.reserve(rows * shape.feedForward)
    for part in batch.parts {
      scratch.reserve(
        nosce_cached_attention_scratch(part.cache.count, part.rows.count, shape.headSize))
    }
    nosce_embedding_gather(
      rows, shape.hidden, model.norms + model.model.layout.embedding, batch.tokens, x.pointer)
    for layer in 0..<shape.layers { run(layer, batch, keeping: keeping) }
    if keeping { for part in batch.parts { part.cache.count += part.rows.count } }
    logits.reserve(wanted.count * shape.vocabulary)
    norm(wanted.count, model.model.layout.finalNorm, indices: wanted)
    product(
      wanted.count, normed, shape.hidden, model.head, shape.vocabulary, into: logits, adding: false)
    return logits.pointer
  }

  private func run(_ layer: Int, _ batch: InferenceBatch, keeping: Bool) {
    let rows = batch.tokens.count
    let at = model.layers[layer]
    norm(rows, at.inputNorm, indices: nil)
    product(
      rows, normed, shape.hidden, at.queryKeyValue, shape.fusedWidth, into: queryKeyValue,
      adding: false)
    nosce_rotary(
      level, rows, batch.positions, shape.heads + shape.keyValueHeads, shape.headSize,
      model.model.rotary.pointer, 1, queryKeyValue.pointer, shape.fusedWidth)
    for part in batch.parts {
      let fused = queryKeyValue.pointer + part.rows.lowerBound * shape.fusedWidth
      let cache = part.cache
      var attention = nosce_cached_attention(
        queries: part.rows.count, before: cache.count, heads: shape.heads,
        key_value_heads: shape.keyValueHeads, size: shape.headSize, qkv: fused,
        ld_qkv: shape.fusedWidth, keys: cache.keys(layer), values: cache.values(layer),
        capacity: cache.capacity, scratch: scratch.pointer)
      nosce_cached_attention_forward(
        level, &attention, attended.pointer + part.rows.lowerBound * shape.queryWidth,
        shape.queryWidth)
      if keeping {
        nosce_keep_keys_values(
          part.rows.count, cache.count, shape.heads, shape.keyValueHeads, shape.headSize, fused,
          shape.fusedWidth, cache.keys(layer), cache.values(layer), cache.capacity)
      }
    }
    product(
      rows, attended, shape.queryWidth, at.attentionOutput, shape.hidden, into: x, adding: true)
    norm(rows, at.postNorm, indices: nil)
    product(
      rows, normed, shape.hidden, at.gateUp, 2 * shape.feedForward, into: gateUp, adding: false)
    nosce_swiglu_forward(
      level, rows, shape.feedForward, gateUp.pointer, nosce_float32, activated.pointer)
    product(rows, activated, shape.feedForward, at.down, shape.hidden, into: x, adding: true)
  }

  private func norm(_ rows: Int, _ weight: Int, indices: [Int32]?) {
    func run(_ indices: UnsafePointer<Int32>?) {
      nosce_rmsnorm_forward(
        level, rows, shape.hidden, x.pointer, indices, model.norms + weight, shape.epsilon, nil,
        nosce_float32, normed.pointer, inverse.pointer)
    }
    if let indices { indices.withUnsafeBufferPointer { run($0.baseAddress) } } else { run(nil) }
  }

  private func product(
    _ rows: Int, _ input: Buffer<Float>, _ inputs: Int, _ weight: Int, _ outputs: Int,
    into output: Buffer<Float>, adding: Bool
  ) {
    nosce_packed_matmul(
      level, model.model.precision.type, rows, outputs, inputs, input.pointer, inputs,
      model.packed.operand.at(weight).pointer, adding, output.pointer, outputs)
  }
}
