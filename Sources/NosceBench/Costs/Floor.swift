/// The least time that a workload can take on a machine: its useful operations at the bfloat16
/// peak, or the bytes it must read at memory bandwidth, whichever is longer, phase by phase.
package struct Floor: Sendable {
  private let arithmetic: Arithmetic
  private let limits: MachineLimits

  package init(_ size: ModelSize, _ limits: MachineLimits) {
    arithmetic = Arithmetic(size)
    self.limits = limits
  }

  private func compute(_ operations: Int) -> Double { Double(operations) / limits.peak }

  /// Seconds of an adapter's training step.
  package func adapterStep(rows: Int, length: Int, rank: Int) -> Double {
    compute(arithmetic.adapterStep(rows: rows, length: length, rank: rank))
  }

  /// Seconds of a training step of all weights. AdamW in 32 bits reads a parameter, its two moments
  /// and its gradient, and writes the first three: 28 bytes for each.
  package func fullStep(rows: Int, length: Int, isTied: Bool) -> Double {
    let size = arithmetic.size
    let parameters =
      size.layers * arithmetic.layerWeights + size.hidden * size.vocabulary * (isTied ? 1 : 2)
    return compute(arithmetic.fullStep(rows: rows, length: length))
      + 28 * Double(parameters) / limits.memoryBandwidth
  }

  /// Seconds of continuing all prompts side by side.
  package func sampling(prompts: [Int], count: Int) -> Double {
    let weights = Double(arithmetic.weightBytes())
    let bandwidth = weights < 16 * 1024 * 1024 ? limits.cacheBandwidth : limits.memoryBandwidth
    let reading = prompts.reduce(0) { $0 + arithmetic.forward($1, heads: 1) }
    var seconds = max(compute(reading), weights / bandwidth)
    for step in 0..<max(0, count - 1) {
      let operations = prompts.reduce(0) { $0 + arithmetic.forward(1, past: $1 + step, heads: 1) }
      let tokens = prompts.reduce(0) { $0 + $1 + step }
      let bytes = weights + Double(arithmetic.cacheBytes(tokens: tokens))
      seconds += max(compute(operations), bytes / bandwidth)
    }
    return seconds
  }

  /// Seconds of scoring these candidates behind their prompts.
  package func scoring(_ items: [(prompt: Int, candidates: [Int])]) -> Double {
    compute(
      items.reduce(0) { $0 + arithmetic.scoring(prompt: $1.prompt, candidates: $1.candidates) })
  }

  /// Seconds of work of which only the number of operations is known.
  package func seconds(operations: Double) -> Double { operations / limits.peak }
}
