import CNosceKernels
import NosceCore

/// The sequences that one team of threads continues together.
final class SamplingBatch {
  private struct Active {
    let number: Int
    let cache: KeyValueCache
    var generator: SeededGenerator
    var tokens: [Int32] = []
    /// The token that the next pass reads.
    var unread: Int32
    let limit: Int
    var constraint: (any TokenConstraint)?
  }

  /// How many sequences run side by side.
  private static let width = 64

  private let model: LanguageModel
  private let pass: InferencePass
  private let team: Team
  private let jobs: [SamplingJob]
  /// One for each member of the team: (1, vocabulary)
  private let scratch: [Buffer<Float>]
  /// Logits of the tokens that may be drawn; none where nothing is held to anything.
  private let gathered: [Buffer<Float>]
  private var active: [Active] = []
  private var lastPrompt: (tokens: [Int32], adapter: AdapterOperands?, cache: KeyValueCache)?
  /// The memory of finished sequences.
  private var spare: [KeyValueCache] = []

  init(_ model: LanguageModel, _ jobs: [SamplingJob], team: Team) {
    self.model = model
    self.jobs = jobs
    self.team = team
    pass = InferencePass(model, team: team)
    let vocabulary = model.configuration.vocabularySize
    scratch = (0..<team.size).map { _ in Buffer(count: vocabulary) }
    let isHeld = jobs.contains { $0.prompt.constraint != nil }
    gathered = isHeld ? (0..<team.size).map { _ in Buffer(count: vocabulary) } : []
  }

  /// - Parameter finish: takes each sequence as it ends; false stops the work.
  func run(_ numbers: StrideTo<Int>, _ finish: (Int, SampledSequence) -> Bool) throws {
    var waiting = numbers.makeIterator()
    var isStopped = false
    func end(_ number: Int, _ sequence: SampledSequence) {
      if !isStopped, !finish(number, sequence) { isStopped = true }
    }
    while !isStopped {
      while active.count < Self.width, let number = waiting.next() {
        if let admitted = try admit(number) {
          insert(admitted)
        } else {
          end(number, SampledSequence(tokens: [], finish: .length))
        }
      }
      if active.isEmpty { return }
      try advance(end)
    }
  }

  /// Sequences of one subject stay together, so that its adapter is applied to all of them at once.
  private func insert(_ sequence: Active) {
    let adapter = jobs[sequence.number].adapter
    let place = active.lastIndex { jobs[$0.number].adapter === adapter }
    active.insert(sequence, at: place.map { $0 + 1 } ?? active.endIndex)
  }

  private func admit(_ number: Int) throws -> Active? {
    let prompt = jobs[number].prompt
    let room = model.configuration.longestSequence - prompt.tokens.count
    let limit = min(prompt.maximumTokens, room)
    guard limit > 0 else { return nil }
    let read = try readPrompt(prompt.tokens, jobs[number].adapter)
    let cache = freshCache(capacity: prompt.tokens.count + limit)
    cache.copy(from: read)
    return Active(
      number: number, cache: cache,
      generator: SeededGenerator(seed: prompt.seed, engineStream: "sample"),
      unread: prompt.tokens[prompt.tokens.count - 1], limit: limit,
      constraint: prompt.constraint)
  }

  /// The keys and values of all but the prompt's last token. A prompt that is asked many times in a
  /// row is read once.
  private func readPrompt(_ tokens: [Int32], _ adapter: AdapterOperands?) throws -> KeyValueCache {
    if let lastPrompt, lastPrompt.tokens == tokens, lastPrompt.adapter === adapter {
      return lastPrompt.cache
    }
    let cache = KeyValueCache(model.configuration, capacity: tokens.count)
    try read(tokens.dropLast(), length: tokens.count, into: cache, adapter)
    lastPrompt = (tokens, adapter, cache)
    return cache
  }

  private func read(
    _ tokens: ArraySlice<Int32>, length: Int, into cache: KeyValueCache,
    _ adapter: AdapterOperands?
  ) throws {
    guard !tokens.isEmpty else { return }
    var batch = InferenceBatch()
    batch.append(tokens, behind: cache, length: length, adapter: adapter)
    try pass.run(batch, keeping: true, rows: [])
  }

  private func freshCache(capacity: Int) -> KeyValueCache {
    guard let index = spare.firstIndex(where: { $0.capacity >= capacity }) else {
      return KeyValueCache(model.configuration, capacity: capacity)
    }
    return spare.remove(at: index)
  }

  /// One new token for every active sequence.
  private func advance(_ finish: (Int, SampledSequence) -> Void) throws {
    var batch = InferenceBatch()
    for sequence in active {
      let adapter = jobs[sequence.number].adapter
      try readAgainIfLong(sequence, adapter)
      batch.append([sequence.unread], behind: sequence.cache, adapter: adapter)
    }
    let drawn = try draw(batch)
    var remaining: [Active] = []
    for (sequence, token) in zip(active, drawn) {
      var sequence = sequence
      if let ending = try take(token, &sequence) {
        finish(sequence.number, SampledSequence(tokens: sequence.tokens, finish: ending))
        spare.append(sequence.cache)
      } else {
        remaining.append(sequence)
      }
    }
    active = remaining
  }

  /// Puts a drawn token to its sequence; how that ends, where it does.
  private func take(
    _ token: Int32, _ sequence: inout Active
  ) throws -> SampledSequence.Finish? {
    let prompt = jobs[sequence.number].prompt
    let isStop = prompt.stopTokens.contains(token)
    if let step = try sequence.constraint?.take(token) {
      switch step {
      case .goesBack(let count):
        try goBack(to: count, &sequence)
        return nil
      case .ends:
        if !isStop { sequence.tokens.append(token) }
        return .stop
      case .goesOn: sequence.tokens.append(token)
      }
    } else if isStop {
      return .stop
    } else {
      sequence.tokens.append(token)
      if prompt.isEnded?(sequence.tokens) == true { return .stop }
    }
    sequence.unread = token
    return sequence.tokens.count == sequence.limit ? .length : nil
  }

  /// Drops what is behind so many tokens of a continuation, as though it had never been drawn.
  private func goBack(to count: Int, _ sequence: inout Active) throws {
    let prompt = jobs[sequence.number].prompt.tokens
    precondition(count <= sequence.tokens.count, "a continuation goes back and not ahead")
    let before = sequence.cache.count
    sequence.tokens.removeLast(sequence.tokens.count - count)
    sequence.unread = sequence.tokens.last ?? prompt[prompt.count - 1]
    let kept = prompt.count - 1 + count
    sequence.cache.count = kept
    if kept > 0, !model.configuration.sharesAngles(kept, before) {
      sequence.cache.count = 0
      try read(
        (prompt + sequence.tokens).prefix(kept), length: kept, into: sequence.cache,
        jobs[sequence.number].adapter)
    }
  }

  /// A sequence that outgrows the short factors of its angles (longrope) is read again with the
  /// long ones, as the reference does; its keys would not fit otherwise.
  private func readAgainIfLong(_ sequence: Active, _ adapter: AdapterOperands?) throws {
    let length = sequence.cache.count + 1
    let outgrows = model.configuration.rotaries.contains {
      $0.regime(length: length) == .long && $0.regime(length: length - 1) == .standard
    }
    guard outgrows, length > 1 else { return }
    let tokens = jobs[sequence.number].prompt.tokens + sequence.tokens
    sequence.cache.count = 0
    try read(tokens.prefix(length - 1), length: length, into: sequence.cache, adapter)
  }

  /// Runs the batch and draws the next token of each active sequence.
  private func draw(_ batch: InferenceBatch) throws -> [Int32] {
    let vocabulary = model.configuration.vocabularySize
    var uniforms = [Float](repeating: 0, count: active.count)
    for index in active.indices where jobs[active[index].number].prompt.temperature > 0 {
      uniforms[index] = active[index].generator.uniformFloat()
    }
    let allowed = try active.map { try allowedTokens($0, vocabulary) }
    var tokens = [Int32](repeating: 0, count: active.count)
    do {
      try draw(batch, vocabulary, uniforms, allowed, into: &tokens)
    } catch let logit as UnfiniteLogit {
      let sequence = active[logit.row]
      throw model.failure(
        logit, "prompt \(sequence.number + 1), step \(sequence.tokens.count + 1)",
        hasAdapter: jobs[sequence.number].adapter != nil)
    }
    return tokens
  }

  /// What a sequence may go on with; nil for anything.
  private func allowedTokens(_ sequence: Active, _ vocabulary: Int) throws -> TokenSet? {
    guard let set = try sequence.constraint?.allowed() else { return nil }
    guard let highest = set.highest, Int(highest) < vocabulary else {
      throw EngineError(
        "prompt \(sequence.number + 1), step \(sequence.tokens.count + 1): found a constraint that "
          + "allows \(set.highest.map { "token \($0)" } ?? "no token"); allowed: some of the "
          + "\(vocabulary) that there are")
    }
    return set
  }

  private func draw(
    _ batch: InferenceBatch, _ vocabulary: Int, _ uniforms: [Float], _ allowed: [TokenSet?],
    into tokens: inout [Int32]
  ) throws {
    try tokens.withUnsafeMutableBufferPointer { tokens in
      let rows = batch.parts.map { Int32($0.rows.upperBound - 1) }
      try pass.run(batch, keeping: true, rows: rows) { first, logits in
        team.share(logits.rows) { range, member in
          for row in range {
            let index = first + row
            let temperature = jobs[active[index].number].prompt.temperature
            let all = logits.row(row)
            guard let set = allowed[index] else {
              tokens[index] = nosce_sample(
                nosce_best_level(), vocabulary, all, temperature, uniforms[index],
                scratch[member].pointer)
              continue
            }
            // The others are left out before the sum is made, and so the rest is renormalised.
            let some = gathered[member].pointer
            set.gather(all, into: some)
            let place = nosce_sample(
              nosce_best_level(), set.count, some, temperature, uniforms[index],
              scratch[member].pointer)
            tokens[index] = set.token(at: Int(place))
          }
        }
      }
    }
  }
}
