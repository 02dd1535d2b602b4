import CNosceKernels

/// The final norm and the head, at the rows that predict something, and the loss.
///
///     logits = cap(norm(x) Wᵀ)
///     loss = Σ -log softmax(logits)[target]
///
/// The head takes a block of rows at a time, so that the logits of a whole batch are never held.
final class OutputHead {
  /// The norm's output is (targets, hidden).
  private let norm: PreNorm.Trace
  /// (targets, hidden), the gradient of the norm's output
  private let dnormed: RowBuffer
  /// (block, vocabulary)
  private let logits: RowBuffer
  /// (block, vocabulary), in bfloat16; in 32 bits the gradient takes the place of the logits
  private let dlogits: OperandBuffer
  private let configuration: ModelConfiguration
  private let layout: ParameterLayout
  private let preNorm: PreNorm
  private let products: LinearProducts
  private let compute: Compute

  private var vocabulary: Int { configuration.vocabularySize }

  init(
    _ compute: Compute, _ configuration: ModelConfiguration, _ layout: ParameterLayout,
    _ preNorm: PreNorm, _ products: LinearProducts
  ) {
    let hidden = configuration.hiddenSize
    self.compute = compute
    self.configuration = configuration
    self.layout = layout
    self.preNorm = preNorm
    self.products = products
    norm = PreNorm.Trace(configuration.finalNorm, hidden: hidden, compute.precision)
    dnormed = RowBuffer(width: hidden)
    logits = RowBuffer(width: configuration.vocabularySize)
    dlogits = OperandBuffer(
      compute.precision,
      width: compute.precision == .bfloat16 ? configuration.vocabularySize : 0)
  }

  /// How many rows go through the head at once: few enough that their logits stay in the cache, or
  /// at least in reasonable memory where the vocabulary is large.
  var blockRows: Int { max(32, min(256, (8 << 20) / vocabulary / 32 * 32)) }

  private var targetBuffers: [any RowMemory] { norm.statistics + [norm.output] }

  /// What it takes at present.
  var byteCount: Int {
    let all: [any RowMemory] = targetBuffers + [dnormed, logits, dlogits]
    return all.byteCount
  }

  /// What the loss of so many targets, padded ones included, and its gradients take.
  func byteCount(reserving targets: Int) -> Int {
    let rows: [any RowMemory] = targetBuffers + [dnormed]
    let blocks: [any RowMemory] = [logits, dlogits]
    return rows.byteCount(reserving: targets)
      + blocks.byteCount(reserving: min(blockRows, targets))
  }

  /// What the logits of so many rows take.
  func askingBytes(reserving rows: Int) -> Int {
    targetBuffers.byteCount(reserving: rows)
      + logits.byteCount(reserving: min(blockRows, rows))
  }

  // MARK: Forward

  /// The final norm of some rows.
  ///
  /// - Parameter x: (rows, hidden)
  /// - Returns: (padded, hidden); rows behind those asked for are zero.
  func normed(
    _ x: MatrixView, rows numbers: [Int32], padded: Int, _ weights: Weights
  ) -> OperandView {
    targetBuffers.reserve(rows: padded)
    _ = preNorm.forward(norm, layout.finalNorm, x, at: numbers, weights)
    let normed = norm.output.view(padded)
    normed[rows: numbers.count..<padded].clear()
    return normed
  }

  /// Hands the logits of each block of the rows asked for to `body`: the first one's number, and
  /// (block, vocabulary).
  ///
  /// A kernel that meets a NaN goes on with some token or other, so none is let through.
  func eachLogits(
    _ x: MatrixView, rows numbers: [Int32], _ weights: Weights,
    _ body: (Int, MatrixView) -> Void
  ) throws(UnfiniteLogit) {
    let normed = normed(
      x, rows: numbers, padded: compute.precision.padded(numbers.count), weights)
    logits.reserve(rows: min(blockRows, numbers.count))
    for first in stride(from: 0, to: numbers.count, by: blockRows) {
      let block = first..<min(first + blockRows, numbers.count)
      let logits = logits.view(block.count)
      products.product(
        normed[rows: block], weights.matrix(layout.head), into: logits, adding: false)
      if let cap = configuration.logitCap {
        compute.team.split(block.count) { range in
          let part = logits[rows: range]
          nosce_softcap(compute.level, part.count, Float(cap), part.pointer)
        }
      }
      try check(logits, first: first)
      body(first, logits)
    }
  }

  private func check(_ logits: MatrixView, first: Int) throws(UnfiniteLogit) {
    let isBroken = Buffer<UInt8>(count: logits.rows)
    compute.team.split(logits.rows) { range in
      for row in range {
        isBroken.pointer[row] = areFinite(logits.row(row), logits.width) ? 0 : 1
      }
    }
    for row in 0..<logits.rows where isBroken.pointer[row] != 0 {
      let numbers = UnsafePointer(logits.row(row))
      guard let token = numbers.firstUnfinite(logits.width) else { continue }
      throw UnfiniteLogit(row: first + row, token: token, value: numbers[token])
    }
  }

  /// log p of one token in each row of logits.
  ///
  /// - Parameters:
  ///   - logits: (block, vocabulary)
  ///   - result: one for each row of the block.
  func logProbabilities(
    _ logits: MatrixView, of targets: ArraySlice<Int32>, into result: UnsafeMutablePointer<Float>
  ) {
    targets.withUnsafeBufferPointer { targets in
      guard let targets = targets.baseAddress else { return }
      compute.team.split(logits.rows) { range in
        nosce_log_probabilities(
          compute.level, range.count, logits.width, logits.row(range.lowerBound),
          targets + range.lowerBound, result + range.lowerBound)
      }
    }
  }

  // MARK: Forward and backward

  /// The sum of -log p over the targets. Adds the gradient of `scale` times that sum to `dx`, and
  /// those of the head and the final norm where they learn.
  ///
  /// - Parameters:
  ///   - x: (rows, hidden)
  ///   - dx: (rows, hidden)
  func loss(
    _ x: MatrixView, _ batch: PackedBatch, scale: Float, addingTo dx: MatrixView,
    _ parameters: PassParameters
  ) -> Double {
    guard batch.targetCount > 0 else { return 0 }
    let targets = batch.paddedTargets
    let normed = normed(x, rows: batch.targetRows, padded: targets, parameters.weights)
    dnormed.reserve(rows: targets)
    logits.reserve(rows: min(blockRows, targets))
    dlogits.reserve(rows: min(blockRows, targets))
    let dnormed = dnormed.view(targets)
    let head = parameters.weights.matrix(layout.head)
    var loss = 0.0
    for first in stride(from: 0, to: targets, by: blockRows) {
      let block = first..<min(first + blockRows, targets)
      let logits = logits.view(block.count)
      products.product(normed[rows: block], head, into: logits, adding: false)
      let dlogits =
        compute.precision == .float32 ? OperandView(logits) : dlogits.view(block.count)
      loss += crossEntropy(logits, batch.targets[block], scale: scale, into: dlogits)
      products.inputGradient(dlogits, head, into: dnormed[rows: block], adding: false)
      if let gradient = parameters.gradients.weights {
        products.weightGradient(layout.head, dy: dlogits, x: normed[rows: block], into: gradient)
      }
    }
    batch.targetRows.withUnsafeBufferPointer { numbers in
      preNorm.backward(
        norm, layout.finalNorm, x, at: numbers.baseAddress,
        doutput: dnormed[rows: 0..<batch.targetCount], addingTo: dx, parameters)
    }
    return loss
  }

  /// - Parameters:
  ///   - logits: (block, vocabulary), which are changed on the way.
  ///   - dlogits: (block, vocabulary), which may be the logits themselves.
  private func crossEntropy(
    _ logits: MatrixView, _ targets: ArraySlice<Int32>, scale: Float, into dlogits: OperandView
  ) -> Double {
    targets.withUnsafeBufferPointer { targets in
      nosce_cross_entropy(
        compute.level, logits.rows, logits.width, Float(configuration.logitCap ?? 0),
        logits.pointer, targets.baseAddress, scale, dlogits.precision.type, dlogits.pointer)
    }
  }
}
