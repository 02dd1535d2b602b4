import CNosceKernels

/// A prompt to continue, with everything that decides how.
package struct SamplingPrompt: Sendable {
  package var tokens: [Int32]
  /// Each prompt draws from its own generator.
  package var seed: UInt64
  /// 0 takes the likeliest token every time.
  package var temperature: Float
  /// Only the likeliest tokens are drawn that have so much probability together, at the temperature.
  package var nucleus: Float
  package var maximumTokens: Int
  /// Any of these ends the continuation; it is not part of the result.
  package var stopTokens: Set<Int32>
  /// Asked after each token whether the continuation so far is at its end, for ends that are no token
  /// of their own. Unlike a stop token, the last token is part of the result.
  package var isEnded: (@Sendable ([Int32]) -> Bool)?
  /// What the continuation is held to. It alone says then when the continuation ends, be it with a stop
  /// token or not.
  package var constraint: (any TokenConstraint)?
  /// How many of the likeliest tokens are told of with each that is drawn; nil where nothing is.
  package var likeliest: Int?
  /// The same for the tokens of the prompt itself.
  package var promptLikeliest: Int?

  package init(
    tokens: [Int32], seed: UInt64, temperature: Float = 1, nucleus: Float = 1, maximumTokens: Int,
    stopTokens: Set<Int32> = [], isEnded: (@Sendable ([Int32]) -> Bool)? = nil,
    constraint: (any TokenConstraint)? = nil, likeliest: Int? = nil, promptLikeliest: Int? = nil
  ) {
    self.likeliest = likeliest
    self.promptLikeliest = promptLikeliest
    self.tokens = tokens
    self.seed = seed
    self.temperature = temperature
    self.nucleus = nucleus
    self.maximumTokens = maximumTokens
    self.stopTokens = stopTokens
    self.isEnded = isEnded
    self.constraint = constraint
  }
}

package struct SampledSequence: Sendable, Equatable {
  package enum Finish: Sendable, Equatable {
    case stop, length
    /// It could not be what it was held to.
    case gaveUp(reason: String)
  }
  package var tokens: [Int32]
  package var finish: Finish
}

/// One subject's prompt, where several subjects of one base model are asked together.
package struct SamplingJob: Sendable {
  package var prompt: SamplingPrompt
  let adapter: AdapterOperands?
  /// Hears of each token as it is drawn.
  let listener: (any SamplingListener)?

  package init(
    _ prompt: SamplingPrompt, subject: InferenceModel, listener: (any SamplingListener)? = nil
  ) {
    self.prompt = prompt
    self.listener = listener
    adapter = subject.adapter
  }
}

extension InferenceModel {
  /// Continues every prompt. A finished sequence leaves its batch at once and the next one joins;
  /// no result depends on which others were there.
  ///
  /// - Parameter finished: hears of each sequence as it ends, with the number of its prompt, on any of
  ///   the threads; false stops the work, and the rest stays empty.
  @discardableResult
  package func sample(
    _ prompts: [SamplingPrompt], threads: Int = 1,
    finished: @Sendable (Int, SampledSequence) -> Bool = { _, _ in true }
  ) throws -> [SampledSequence] {
    try model.sample(
      prompts.map { SamplingJob($0, subject: self) }, threads: threads, finished: finished)
  }
}

extension LanguageModel {
  /// Continues the prompts of several subjects that ride on this model's weights.
  ///
  /// A logit that is no finite number ends all of it with an error that names prompt and step.
  package func sample(
    _ jobs: [SamplingJob], threads: Int = 1,
    finished: @Sendable (Int, SampledSequence) -> Bool = { _, _ in true }
  ) throws -> [SampledSequence] {
    for job in jobs { try check(job.prompt) }
    var results = [SampledSequence](
      repeating: SampledSequence(tokens: [], finish: .length), count: jobs.count)
    let workers = sharesProducts ? 1 : max(1, min(threads, jobs.count))
    if workers == 1 {
      let batch = SamplingBatch(self, team: Team(size: sharesProducts ? threads : 1))
      try batch.run(jobs, stride(from: 0, to: jobs.count, by: 1)) {
        results[$0] = $1
        return finished($0, $1)
      }
      return results
    }
    try results.withUnsafeMutableBufferPointer { results in
      try tryOnThreads(workers, count: workers) { worker in
        let batch = SamplingBatch(self, team: Team(size: 1))
        try batch.run(jobs, stride(from: worker, to: jobs.count, by: workers)) {
          results[$0] = $1
          return finished($0, $1)
        }
      }
    }
    return results
  }
}

extension LanguageModel {
  func check(_ prompt: SamplingPrompt) throws(EngineError) {
    guard !prompt.tokens.isEmpty else {
      throw EngineError("found an empty prompt; allowed: at least one token")
    }
    try check(tokens: prompt.tokens)
  }
}
