/// The exact inputs of every workload for one model, as token ids.
package struct BenchInputs: Sendable, Equatable {
  /// A prompt and the answers whose log-probabilities are asked for.
  package struct ScoreItem: Sendable, Equatable {
    package var prompt: [Int32]
    package var candidates: [[Int32]]
  }

  package var model: String
  package var adapterRank = 16
  package var adapterAlpha = 32.0
  /// Batches of rows of equal length; step s reads batch s modulo their number.
  package var training: [[[Int32]]]
  /// Prompts that are continued side by side, of 32 to 64 tokens.
  package var samplePrompts: [[Int32]]
  package var singlePrompt: [Int32]
  /// How many tokens each prompt is continued by.
  package var newTokens = 128
  package var scoring: [ScoreItem]
  /// The texts of the whole experiment; the smallest model alone has one.
  package var experiment: ChatTexts?
}

extension BenchInputs {
  /// Makes the inputs of a model: independent streams for training, prompts, the single prompt and
  /// the scored items, each in the order of its numbers.
  package init(for model: BenchModel) {
    let bound = model.tokenizerSize
    var stream = InputStream(seed: 1)
    let training = (0..<4).map { _ in
      (0..<model.batchRows).map { _ in stream.ids(model.batchLength, below: bound) }
    }
    stream = InputStream(seed: 2)
    let prompts = (0..<32).map { stream.ids(32 + (7 * $0) % 33, below: bound) }
    stream = InputStream(seed: 3)
    let single = stream.ids(64, below: bound)
    stream = InputStream(seed: 4)
    let items = (0..<50).map { item in
      let prompt = stream.ids(112 + item % 17, below: bound)
      let candidates = (0..<32).map { stream.ids(6 + $0 % 5, below: bound) }
      return ScoreItem(prompt: prompt, candidates: candidates)
    }
    self.init(
      model: model.name, training: training, samplePrompts: prompts, singlePrompt: single,
      scoring: items, experiment: model.name == BenchModel.tiny.name ? .generated() : nil)
  }
}
