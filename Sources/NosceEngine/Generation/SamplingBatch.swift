import CNosceKernels
import NosceCore

/// The sequences that one team of threads continues together.
final class SamplingBatch {
  struct Active {
    let number: Int
    let job: SamplingJob
    let cache: KeyValueCache
    var generator: SeededGenerator
    var tokens: [Int32] = []
    /// The token that the next pass reads.
    var unread: Int32
    let limit: Int
    var constraint: (any TokenConstraint)?
  }

  /// How many sequences run side by side.
  static let width = 64

  let model: LanguageModel
  let pass: InferencePass
  let team: Team
  /// One for each member of the team: (1, vocabulary)
  private let scratch: [Buffer<Float>]
  /// Logits of the tokens that may be drawn: (1, vocabulary), for each member of the team.
  private let gathered: [Buffer<Float>]
  var active: [Active] = []
  var lastPrompt: ReadPrompt?
  /// The memory of finished sequences.
  private var spare: [KeyValueCache] = []

  init(_ model: LanguageModel, team: Team) {
    self.model = model
    self.team = team
    pass = InferencePass(model, team: team)
    let vocabulary = model.configuration.vocabularySize
    scratch = (0..<team.size).map { _ in Buffer(count: vocabulary) }
    gathered = (0..<team.size).map { _ in Buffer(count: vocabulary) }
  }

  /// - Parameter finish: takes each sequence as it ends; false stops the work.
  func run(
    _ jobs: [SamplingJob], _ numbers: StrideTo<Int>, _ finish: (Int, SampledSequence) -> Bool
  ) throws {
    var waiting = numbers.makeIterator()
    var isStopped = false
    func end(_ number: Int, _ sequence: SampledSequence) {
      if !isStopped, !finish(number, sequence) { isStopped = true }
    }
    while !isStopped {
      while active.count < Self.width, let number = waiting.next() {
        if let admitted = try admit(number, jobs[number]) {
          insert(admitted)
        } else {
          end(number, SampledSequence(tokens: [], finish: .length))
        }
      }
      if active.isEmpty { return }
      do {
        try advance { sequence, finish, _ in
          end(sequence.number, SampledSequence(tokens: sequence.tokens, finish: finish))
        }
      } catch let failure as FailedStep {
        throw failure.error
      }
    }
  }

  /// A step in which one of the active sequences met a number that is not finite.
  struct FailedStep: Error {
    var index: Int
    var error: EngineError
  }

  /// Sequences of one subject stay together, so that its adapter is applied to all of them at once.
  func insert(_ sequence: Active) {
    let adapter = sequence.job.adapter
    let place = active.lastIndex { $0.job.adapter === adapter }
    active.insert(sequence, at: place.map { $0 + 1 } ?? active.endIndex)
  }

  func admit(_ number: Int, _ job: SamplingJob) throws -> Active? {
    let prompt = job.prompt
    let room = model.configuration.longestSequence - prompt.tokens.count
    let limit = min(prompt.maximumTokens, room)
    if let likeliest = prompt.promptLikeliest {
      job.listener?.read(try reportPrompt(prompt.tokens, job.adapter, likeliest: likeliest))
    }
    guard limit > 0 else { return nil }
    let read = try readPrompt(prompt.tokens, job.adapter)
    let cache = freshCache(capacity: prompt.tokens.count + limit)
    cache.copy(from: read)
    return Active(
      number: number, job: job, cache: cache,
      generator: SeededGenerator(seed: prompt.seed, engineStream: "sample"),
      unread: prompt.tokens[prompt.tokens.count - 1], limit: limit,
      constraint: prompt.constraint)
  }

  /// The keys and values of all but the prompt's last token. What it has in common with the one before
  /// is not read again.
  private func readPrompt(_ tokens: [Int32], _ adapter: AdapterOperands?) throws -> KeyValueCache {
    if let lastPrompt, lastPrompt.tokens == tokens[...], lastPrompt.adapter === adapter {
      return lastPrompt.cache
    }
    let cache = ReadPrompt.cache(
      for: tokens[...], length: tokens.count, capacity: tokens.count, adapter: adapter,
      behind: lastPrompt, model.configuration)
    try read(
      tokens.dropLast().dropFirst(cache.count), length: tokens.count, into: cache, adapter)
    lastPrompt = ReadPrompt(
      tokens: tokens[...], length: tokens.count, adapter: adapter, cache: cache)
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

  /// Keeps the memory of a sequence for others, but not more than can be used at a time.
  func keep(_ cache: KeyValueCache) {
    spare.append(cache)
    guard spare.count > Self.width,
      let smallest = spare.indices.min(by: { spare[$0].capacity < spare[$1].capacity })
    else { return }
    spare.remove(at: smallest)
  }

  /// One new token for every active sequence; `finish` also gets the report of a stop token.
  func advance(_ finish: (Active, SampledSequence.Finish, TokenReport?) -> Void) throws {
    var batch = InferenceBatch()
    for sequence in active {
      let adapter = sequence.job.adapter
      try readAgainIfLong(sequence, adapter)
      batch.append([sequence.unread], behind: sequence.cache, adapter: adapter)
    }
    let drawn = try draw(batch)
    var remaining: [Active] = []
    for (sequence, (token, report)) in zip(active, drawn) {
      var sequence = sequence
      let before = sequence.tokens.count
      let ending = try take(token, &sequence)
      let isPart = sequence.tokens.count > before
      if isPart { sequence.job.listener?.drew(token, report) }
      if let ending {
        finish(sequence, ending, isPart ? nil : report)
        keep(sequence.cache)
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
    let prompt = sequence.job.prompt
    let isStop = prompt.stopTokens.contains(token)
    if let step = try sequence.constraint?.take(token) {
      switch step {
      case .goesBack(let count):
        try goBack(to: count, &sequence)
        return nil
      case .ends:
        if !isStop { sequence.tokens.append(token) }
        return .stop
      case .givesUp(let reason): return .gaveUp(reason: reason)
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
    let prompt = sequence.job.prompt.tokens
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
        sequence.job.adapter)
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
    let tokens = sequence.job.prompt.tokens + sequence.tokens
    sequence.cache.count = 0
    try read(tokens.prefix(length - 1), length: length, into: sequence.cache, adapter)
  }

  /// Runs the batch and draws the next token of each active sequence.
  private func draw(_ batch: InferenceBatch) throws -> [(token: Int32, report: TokenReport?)] {
    let vocabulary = model.configuration.vocabularySize
    var uniforms = [Float](repeating: 0, count: active.count)
    for index in active.indices where active[index].job.prompt.temperature > 0 {
      uniforms[index] = active[index].generator.uniformFloat()
    }
    let allowed = try active.map { try allowedTokens($0, vocabulary) }
    var drawn = [(token: Int32, report: TokenReport?)](repeating: (0, nil), count: active.count)
    do {
      try draw(batch, vocabulary, uniforms, allowed, into: &drawn)
    } catch let logit as UnfiniteLogit {
      let sequence = active[logit.row]
      throw FailedStep(
        index: logit.row,
        error: model.failure(
          logit, "prompt \(sequence.number + 1), step \(sequence.tokens.count + 1)",
          hasAdapter: sequence.job.adapter != nil))
    }
    return drawn
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
    into drawn: inout [(token: Int32, report: TokenReport?)]
  ) throws {
    try drawn.withUnsafeMutableBufferPointer { drawn in
      let rows = batch.parts.map { Int32($0.rows.upperBound - 1) }
      try pass.run(batch, keeping: true, rows: rows) { first, logits in
        team.share(logits.rows) { range, member in
          for row in range {
            let index = first + row
            let prompt = active[index].job.prompt
            let all = logits.row(row)
            let token = draw(
              all, vocabulary, prompt, uniforms[index], allowed[index], member: member)
            drawn[index].token = token
            if let likeliest = prompt.likeliest {
              drawn[index].report = TokenReport(token, all, vocabulary, likeliest: likeliest)
            }
          }
        }
      }
    }
  }

  /// Draws a token from a row of logits.
  private func draw(
    _ all: UnsafeMutablePointer<Float>, _ vocabulary: Int, _ prompt: SamplingPrompt,
    _ uniform: Float, _ allowed: TokenSet?, member: Int
  ) -> Int32 {
    let temperature = prompt.temperature
    var set = allowed
    if set == nil, temperature > 0, prompt.nucleus < 1 {
      set = Nucleus.tokens(all, vocabulary, temperature: temperature, mass: prompt.nucleus)
    }
    guard let set else {
      return nosce_sample(
        nosce_best_level(), vocabulary, all, temperature, uniform, scratch[member].pointer)
    }
    // The others are left out before the sum is made, and so the rest is renormalised.
    let some = gathered[member].pointer
    set.gather(all, into: some)
    let place = nosce_sample(
      nosce_best_level(), set.count, some, temperature, uniform, scratch[member].pointer)
    return set.token(at: Int(place))
  }
}
