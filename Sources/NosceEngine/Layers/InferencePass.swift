/// New rows of one sequence, behind what its cache keeps.
struct InferencePart {
  let cache: KeyValueCache
  let rows: Range<Int>
}

/// New tokens of several sequences, laid end to end.
struct InferenceBatch {
  private(set) var tokens: [Int32] = []
  private(set) var parts: [InferencePart] = []
  private(set) var sequences: [(positions: Range<Int>, length: Int)] = []
  private(set) var adapters: [AdapterSpan] = []

  /// `length` is that of the whole sequence as far as it is known, which some rotary angles depend
  /// on. Tokens of one subject belong together.
  mutating func append(
    _ new: ArraySlice<Int32>, behind cache: KeyValueCache, length: Int? = nil,
    adapter: AdapterOperands?
  ) {
    let rows = tokens.count..<tokens.count + new.count
    let end = cache.count + new.count
    tokens.append(contentsOf: new)
    sequences.append((cache.count..<end, length ?? end))
    parts.append(InferencePart(cache: cache, rows: rows))
    guard let adapter else { return }
    if let last = adapters.last, last.operands === adapter, last.rows.upperBound == rows.lowerBound
    {
      adapters[adapters.count - 1] = AdapterSpan(
        rows: last.rows.lowerBound..<rows.upperBound, operands: adapter)
    } else {
      adapters.append(AdapterSpan(rows: rows, operands: adapter))
    }
  }
}

/// Forward passes for generation and scoring, with memory kept between them. One thread at a time.
final class InferencePass {
  let model: LanguageModel
  let pass: TransformerPass

  init(_ model: LanguageModel, team: Team) {
    self.model = model
    pass = TransformerPass(model, keepsTraces: false, team: team)
  }

  /// Runs the new tokens through all layers; `body` gets the logits of the rows asked for, some at
  /// a time, (block, vocabulary), with the number of the first. With `keeping`, the caches grow by the
  /// new tokens.
  func run(
    _ batch: InferenceBatch, keeping: Bool, rows wanted: [Int32],
    _ body: (Int, MatrixView) -> Void = { _, _ in }
  ) throws(UnfiniteLogit) {
    let rows = BatchRows(
      tokens: batch.tokens, sequences: batch.sequences, padded: batch.tokens.count)
    let parameters = PassParameters(weights: model.weights, adapters: batch.adapters)
    let x = pass.forward(parameters, rows, attending: .cached(batch.parts, keeping: keeping))
    if keeping { for part in batch.parts { part.cache.count += part.rows.count } }
    if wanted.isEmpty { return }
    try pass.operations.head.eachLogits(x, rows: wanted, model.weights, body)
  }
}
