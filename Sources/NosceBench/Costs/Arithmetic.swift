/// The useful work of a workload in floating-point operations, two for each multiply-add.
///
/// It counts what the result needs, whatever a program really executes: the products with the
/// weights, attention over the causal triangle, and the head where its numbers are used. Norms,
/// softmax, drawing tokens and the optimizer are left out.
package struct Arithmetic: Sendable {
  package let size: ModelSize

  package init(_ size: ModelSize) { self.size = size }

  /// The matrix weights of one layer.
  package var layerWeights: Int {
    size.hidden * (size.queryWidth + 2 * size.keyWidth) + size.queryWidth * size.hidden
      + 3 * size.hidden * size.feedForward
  }

  /// The factors of an adapter of the given rank on the seven linear modules of every layer.
  package func adapterParameters(rank: Int) -> Int {
    let sides =
      (size.hidden + size.queryWidth) + 2 * (size.hidden + size.keyWidth)
      + (size.queryWidth + size.hidden) + 3 * (size.hidden + size.feedForward)
    return size.layers * rank * sides
  }

  /// Queries with keys, and probabilities with values, for `count` new tokens of one sequence that
  /// see `past` earlier ones and each other.
  package func attention(_ count: Int, past: Int = 0) -> Int {
    4 * size.layers * size.queryWidth * (count * past + count * (count + 1) / 2)
  }

  /// A forward pass over `count` new tokens of one sequence; the head is needed at `heads` of them.
  package func forward(_ count: Int, past: Int = 0, heads: Int) -> Int {
    2 * count * size.layers * layerWeights + attention(count, past: past)
      + 2 * heads * size.hidden * size.vocabulary
  }

  /// A training step of all weights: the forward pass, and two products for each of it backwards.
  package func fullStep(rows: Int, length: Int) -> Int {
    3 * rows * forward(length, heads: length)
  }

  /// A training step of an adapter. The frozen weights need the gradient of their input only;
  /// attention and the adapter need both.
  package func adapterStep(rows: Int, length: Int, rank: Int) -> Int {
    let attending = rows * attention(length)
    let frozen = rows * forward(length, heads: length) - attending
    return 2 * frozen + 3 * attending + 6 * rows * length * adapterParameters(rank: rank)
  }

  /// Continuing prompts of these lengths by `count` tokens: the prompts with one row of the head
  /// each, and then every new token but the last read once.
  package func sampling(prompts: [Int], count: Int) -> Int {
    prompts.reduce(0) { total, length in
      let steps = (0..<max(0, count - 1)).reduce(0) { $0 + forward(1, past: length + $1, heads: 1) }
      return total + forward(length, heads: 1) + steps
    }
  }

  /// Scoring candidates behind a prompt that is read once.
  package func scoring(prompt: Int, candidates: [Int]) -> Int {
    candidates.reduce(forward(prompt, heads: 1)) {
      $0 + forward($1 - 1, past: prompt, heads: $1 - 1)
    }
  }

  /// The bytes of weights that one decoding step reads: every layer, and the head.
  package func weightBytes(each width: Int = 2) -> Int {
    width * (size.layers * layerWeights + size.hidden * size.vocabulary)
  }

  /// The keys and values of so many tokens.
  package func cacheBytes(tokens: Int, each width: Int = 2) -> Int {
    width * 2 * size.layers * size.keyWidth * tokens
  }
}
