/// The loss and gradients of a batch, computed in a fixed number of shards.
///
/// The number of shards is part of the result (sums are taken shard by shard, in order); the number
/// of threads that work on them is not.
final class ShardedGradient {
  let shards: Int
  let threads: Int
  /// One for each shard, (parameters); after `compute` the optimizer adds them up in the first.
  let gradients: [Buffer<Float>]
  private let passes: [TransformerPass]
  private let precision: Precision
  private let trainsWeights: Bool
  /// At most this many rows go through one pass; nil means any number.
  private let rowLimit: Int?

  /// `makePass` makes the pass that one shard works with.
  init(
    count: Int, precision: Precision, trainsWeights: Bool, shards: Int, threads: Int,
    rowLimit: Int? = nil, makePass: () -> TransformerPass
  ) {
    precondition(shards > 0 && threads > 0)
    self.shards = shards
    self.threads = threads
    self.trainsWeights = trainsWeights
    self.rowLimit = rowLimit
    self.precision = precision
    gradients = (0..<shards).map { _ in Buffer(count: count) }
    passes = (0..<shards).map { _ in makePass() }
  }

  /// How many bytes the passes take at present.
  var passBytes: Int { passes.reduce(0) { $0 + $1.byteCount } }

  /// The mean loss over all target tokens of the micro-batches, and their number. The gradient of
  /// that mean is left in `gradients[0..<shards]`, still to be summed.
  func compute(
    _ microBatches: [[TrainingExample]], _ weights: Weights, _ adapter: AdapterOperands?
  ) throws(EngineError) -> (loss: Double, targets: Int) {
    let targets = microBatches.joined().reduce(0) { $0 + $1.targetCount }
    guard targets > 0 else {
      throw EngineError("found a training step without target tokens; allowed: at least one")
    }
    let scale = 1 / Float(targets)
    let parts = microBatches.map { split($0).map(passes(over:)) }
    var losses = [Double](repeating: 0, count: shards)
    var failures = [EngineError?](repeating: nil, count: shards)
    losses.withUnsafeMutableBufferPointer { losses in
      failures.withUnsafeMutableBufferPointer { failures in
        onThreads(threads, count: shards) { shard in
          self.gradients[shard].clear()
          let target = self.gradients[shard].pointer
          let gradients = PassParameters.Gradients(
            weights: trainsWeights ? target : nil, adapter: trainsWeights ? nil : target)
          for part in parts {
            do throws(EngineError) {
              for examples in part[shard] {
                let batch = PackedBatch(examples, precision: precision)
                guard batch.targetCount > 0 else { continue }
                let spans = adapter.map {
                  AdapterSpan(rows: 0..<batch.paddedRows, operands: $0)
                }
                let parameters = PassParameters(
                  weights: weights, adapters: spans.map { [$0] } ?? [], gradients: gradients)
                losses[shard] += try passes[shard].lossAndGradients(
                  parameters, batch, scale: scale)
              }
            } catch {
              failures[shard] = error
            }
          }
        }
      }
    }
    for failure in failures { if let failure { throw failure } }
    return (losses.reduce(0, +) / Double(targets), targets)
  }

  /// The examples of one shard, pass by pass.
  private func passes(over examples: ArraySlice<TrainingExample>) -> [[TrainingExample]] {
    guard let rowLimit else { return [Array(examples)] }
    var result: [[TrainingExample]] = []
    var rows = 0
    for example in examples {
      if result.isEmpty || rows + example.inputCount > rowLimit {
        result.append([])
        rows = 0
      }
      result[result.count - 1].append(example)
      rows += example.inputCount
    }
    return result
  }

  /// Contiguous shares of about equal numbers of tokens.
  private func split(_ examples: [TrainingExample]) -> [ArraySlice<TrainingExample>] {
    let total = examples.reduce(0) { $0 + $1.inputCount }
    var result: [ArraySlice<TrainingExample>] = []
    var start = 0
    var passed = 0
    for shard in 0..<shards {
      var end = start
      let goal = total * (shard + 1) / shards
      while end < examples.count,
        shard + 1 == shards || passed + examples[end].inputCount / 2 < goal
      {
        passed += examples[end].inputCount
        end += 1
      }
      result.append(examples[start..<end])
      start = end
    }
    return result
  }
}
