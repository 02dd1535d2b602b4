import CNosceKernels

/// A prompt to continue, with everything that decides how.
package struct SamplingPrompt: Sendable {
  package var tokens: [Int32]
  /// Each prompt draws from its own generator.
  package var seed: UInt64
  /// 0 takes the likeliest token every time.
  package var temperature: Float
  package var maximumTokens: Int
  /// Any of these ends the continuation; it is not part of the result.
  package var stopTokens: Set<Int32>

  package init(
    tokens: [Int32], seed: UInt64, temperature: Float = 1, maximumTokens: Int,
    stopTokens: Set<Int32> = []
  ) {
    self.tokens = tokens
    self.seed = seed
    self.temperature = temperature
    self.maximumTokens = maximumTokens
    self.stopTokens = stopTokens
  }
}

package struct SampledSequence: Sendable, Equatable {
  package enum Finish: Sendable { case stop, length }
  package var tokens: [Int32]
  package var finish: Finish
}

extension InferenceModel {
  /// Continues every prompt. A finished sequence leaves its batch at once and the next one joins;
  /// no result depends on which others were there.
  package func sample(
    _ prompts: [SamplingPrompt], threads: Int = 1
  ) throws -> [SampledSequence] {
    for prompt in prompts {
      guard !prompt.tokens.isEmpty else {
        throw EngineError("found an empty prompt; allowed: at least one token")
      }
      try model.check(tokens: prompt.tokens)
    }
    var results = [SampledSequence](
      repeating: SampledSequence(tokens: [], finish: .length), count: prompts.count)
    let workers = max(1, min(threads, prompts.count))
    results.withUnsafeMutableBufferPointer { results in
      onThreads(workers, count: workers) { worker in
        var batch = SamplingBatch(self, prompts)
        batch.run(stride(from: worker, to: prompts.count, by: workers)) { results[$0] = $1 }
      }
    }
    return results
  }
}

/// The sequences that one thread continues together.
private struct SamplingBatch {
  private struct Active {
    let number: Int
    let cache: KeyValueCache
    var generator: SeededGenerator
    var tokens: [Int32] = []
    /// The token that the next pass reads.
    var unread: Int32
    let limit: Int
  }

  /// How many sequences run side by side.
  private static let width = 48

  private let model: InferenceModel
  private let pass: InferencePass
  private let prompts: [SamplingPrompt]
  private let scratch: Buffer<Float>
  private var active: [Active] = []
  private var lastPrompt: (tokens: [Int32], cache: KeyValueCache)?
  /// The memory of finished sequences.
  private var spare: [KeyValueCache] = []

  init(_ model: InferenceModel, _ prompts: [SamplingPrompt]) {
    self.model = model
    self.prompts = prompts
    pass = InferencePass(model)
    scratch = Buffer(count: model.shape.vocabulary)
  }

  mutating func run(_ numbers: StrideTo<Int>, _ finish: (Int, SampledSequence) -> Void) {
    var waiting = numbers.makeIterator()
    while true {
      while active.count < Self.width, let number = waiting.next() {
        if let admitted = admit(number) {
          active.append(admitted)
        } else {
          finish(number, SampledSequence(tokens: [], finish: .length))
        }
      }
      if active.isEmpty { return }
      advance(finish)
    }
  }

  private mutating func admit(_ number: Int) -> Active? {
    let prompt = prompts[number]
    let room = model.model.configuration.maximumPositions - prompt.tokens.count
    let limit = min(prompt.maximumTokens, room)
    guard limit > 0 else { return nil }
    let read = readPrompt(prompt.tokens)
    let cache = freshCache(capacity: prompt.tokens.count + limit)
    cache.copy(from: read)
    return Active(
      number: number, cache: cache,
      generator: SeededGenerator(seed: prompt.seed, stream: "sample"),
      unread: prompt.tokens[prompt.tokens.count - 1], limit: limit)
  }

  /// The keys and values of all but the prompt's last token. A prompt that is asked many times in a
  /// row is read once.
  private mutating func readPrompt(_ tokens: [Int32]) -> KeyValueCache {
    if let lastPrompt, lastPrompt.tokens == tokens { return lastPrompt.cache }
    let cache = KeyValueCache(model.shape, capacity: tokens.count)
    if tokens.count > 1 {
      var batch = InferenceBatch()
      batch.append(tokens.dropLast(), behind: cache)
      _ = pass.logits(batch, keeping: true, rows: [])
    }
    lastPrompt = (tokens, cache)
    return cache
  }

  private mutating func freshCache(capacity: Int) -> KeyValueCache {
    guard let index = spare.firstIndex(where: { $0.capacity >= capacity }) else {
      return KeyValueCache(model.shape, capacity: capacity)
    }
    return spare.remove(at: index)
  }

  /// One new token for every active sequence.
  private mutating func advance(_ finish: (Int, SampledSequence) -> Void) {
    var batch = InferenceBatch()
    for sequence in active { batch.append([sequence.unread], behind: sequence.cache) }
    let logits = pass.logits(
      batch, keeping: true, rows: batch.parts.map { Int32($0.rows.upperBound - 1) })
    let vocabulary = model.shape.vocabulary
    var remaining: [Active] = []
    for (index, sequence) in active.enumerated() {
      var sequence = sequence
      let prompt = prompts[sequence.number]
      let token = nosce_sample(
        nosce_best_level(), vocabulary, logits + index * vocabulary, prompt.temperature,
        prompt.temperature > 0 ? sequence.generator.uniformFloat() : 0, scratch.pointer)
      if prompt.stopTokens.contains(token) {
        finish(sequence.number, SampledSequence(tokens: sequence.tokens, finish: .stop))
        spare.append(sequence.cache)
        continue
      }
      sequence.tokens.append(token)
      if sequence.tokens.count == sequence.limit {
        finish(sequence.number, SampledSequence(tokens: sequence.tokens, finish: .length))
        spare.append(sequence.cache)
        continue
      }
      sequence.unread = token
      remaining.append(sequence)
    }
    active = remaining
  }
}
