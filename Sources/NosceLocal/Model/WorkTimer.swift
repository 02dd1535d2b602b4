import NosceCore
import NosceEngine
import NoscePorts
import NosceRows

/// Times parts of the work of a plan, and ends within a time that is given.
///
/// Each part begins with something small, from which it is known how much more can be afforded. A
/// small model is timed on as much as it will be asked at a time; of a large one, a row, a question
/// and a text stand for the others.
struct WorkTimer {
  let model: LocalModel
  let end: ContinuousClock.Instant

  /// Seconds that are left.
  private var left: Double { max(0, (end - .now) / .seconds(1)) }

  private func seconds(_ work: () async throws -> Void) async throws -> Double {
    try Task.checkCancellation()
    let start = ContinuousClock.now
    try await work()
    return (ContinuousClock.now - start) / .seconds(1)
  }

  /// Seconds that a token of a prompt takes, from one question.
  func pace(of sample: WorkSample) async throws -> Double {
    let subject = try await model.open(nil)
    /// A second time, where that costs next to nothing: the first one also warms up.
    func shortest(_ work: () async throws -> Void) async throws -> Double {
      let first = try await seconds(work)
      return first < left / 10 ? min(first, try await seconds(work)) : first
    }
    if var request = sample.sampling.lazy.compactMap(\.requests.first).first {
      request.maximumTokens = 1
      let time = try await shortest { _ = try await subject.sample([request]) }
      return time / Double(max(1, try tokens(of: request.chat, request.prefill)))
    }
    guard var request = sample.scoring.first?.request else { return 0 }
    request.texts = Array(request.texts.prefix(1))
    let time = try await shortest { _ = try await subject.logProbabilities(request) }
    return time / Double(max(1, try tokens(of: request.chat, request.prefill)))
  }

  private func tokens(of chat: Chat, _ prefill: String?) throws -> Int {
    try model.promptTokens(chat, prefill: prefill).count
  }

  // MARK: Training

  /// Times two steps on as many rows as a step has, or as can be afforded; the first also warms up.
  func time(
    _ examples: [TrainingExample], _ settings: TrainingSettings, pace: Double
  ) throws -> (perRow: Double, perSubject: Double, memory: TrainingMemory) {
    let language = model.model
    let adapter = try LoRAAdapter(
      settings.adapter(layerCount: language.configuration.layerCount),
      model: language.configuration, seed: 0)
    let longest = examples.map(\.tokens.count).max() ?? 0
    let memory = TrainingMemory(
      language, adapter: adapter.layout, longest: longest,
      step: longest * (settings.batchRows ?? examples.count), shards: language.adapterShards)
    try ResourceForecast(
      peakBytes: memory.total - memory.weights, freeBytes: LocalModel.freeMemory
    ).checkMemory()
    // Forward, back through the activations, and into the adapter: three times as much as asking.
    let perToken = 3 * pace
    let step = affordable(
      Array(examples.prefix(min(settings.batchRows ?? examples.count, 8))), perToken: perToken)
    guard !step.isEmpty else {
      let mean =
        Double(examples.reduce(0) { $0 + $1.tokens.count }) / Double(max(1, examples.count))
      return (perToken * mean, 0, memory)
    }
    let start = ContinuousClock.now
    let trainer = try AdapterTrainer(
      language, adapter: adapter, optimizer: settings.optimizer, shards: language.adapterShards,
      threads: model.checkpoint.threads)
    _ = try trainer.step(step)
    try Task.checkCancellation()
    let warm = ContinuousClock.now
    _ = try trainer.step(step)
    let seconds = (ContinuousClock.now - warm) / .seconds(1)
    let first = (warm - start) / .seconds(1)
    return (seconds / Double(step.count), max(0, first - seconds), memory)
  }

  /// The first rows, two steps on which take at most half of what is left.
  private func affordable(_ rows: [TrainingExample], perToken: Double) -> [TrainingExample] {
    var room = left / 2
    return Array(
      rows.prefix { row in
        room -= 2 * perToken * Double(row.tokens.count)
        return room >= 0
      })
  }

  // MARK: Asking

  /// Seconds for one sampled answer: the mean over the probes, each as many at a time as it asks.
  ///
  /// What is not affordable is reckoned (``WorkReckoning``).
  func time(_ sampling: [WorkSample.Sampling], pace: Double) async throws -> Double? {
    let subject = try await model.open(nil)
    let kinds = sampling.filter { !$0.requests.isEmpty }
    // Scoring has the other half.
    let share = left / 2 / Double(max(1, kinds.count))
    var total = 0.0
    var answers = 0
    for kind in kinds where answers == 0 || left > 0 {
      var requests = kind.requests
      let limit = requests[0].maximumTokens
      func run(_ tokens: Int) async throws -> (seconds: Double, written: Int) {
        var written = 0
        let time = try await seconds {
          let replies = try await subject.sample(
            requests.map { request in
              var request = request
              request.maximumTokens = tokens
              request.seed = 1
              return request
            })
          written = replies.map(\.tokenCount).max() ?? 0
        }
        return (time, written)
      }
      let all = requests
      requests = Array(all.prefix(1))
      let one = try await run(1)
      // They are read twice, and some tokens are written.
      let affordable = share / max(1e-9, 4 * one.seconds)
      requests = Array(all.prefix(max(1, Int(min(affordable, Double(all.count))))))
      let begun = requests.count == 1 ? one : try await run(1)
      // Answers that end early cost less; those that do not are only begun.
      let tokens = min(limit, affordable < 1 ? 3 : 12)
      let some = try await run(tokens)
      let perStep = max(0, some.seconds - begun.seconds) / Double(max(1, some.written - 1))
      let steps = some.written < tokens ? some.written : limit
      var (reading, writing) = (begun.seconds, perStep)
      if requests.count < all.count {
        let reckoning = WorkReckoning(pace: pace)
        let unread = WorkReckoning.unread(
          try all.map { try model.promptTokens($0.chat, prefill: $0.prefill) })
        reading += reckoning.scoring(unread.dropFirst(requests.count).reduce(0, +), texts: 0)
        writing = reckoning.step(
          of: all.count, asFew: perStep, most: InferenceModel.mostAtATime)
      }
      let cost = reading + writing * Double(max(0, steps - 1))
      total += cost / Double(all.count) * Double(kind.answers)
      answers += kind.answers
    }
    return answers == 0 ? nil : total / Double(answers)
  }

  /// Seconds for one scored text.
  func time(_ scoring: [WorkSample.Scoring], pace: Double) async throws -> Double? {
    let subject = try await model.open(nil)
    let reckoning = WorkReckoning(pace: pace)
    var total = 0.0
    var texts = 0
    for (number, kind) in scoring.enumerated() {
      let share = left / Double(scoring.count - number)
      let count = kind.request.texts.count
      func run(_ count: Int) async throws -> Double {
        var request = kind.request
        request.texts = Array(request.texts.prefix(count))
        return try await seconds { _ = try await subject.logProbabilities(request) }
      }
      let prompt = reckoning.scoring(
        try tokens(of: kind.request.chat, kind.request.prefill), texts: 0)
      let perText = reckoning.scoring(0, texts: 1)
      let cost: Double
      var next: Double?
      if prompt + perText * Double(count) <= share {
        cost = try await run(count)
        if let following = kind.following, kind.calls < kind.prompts {
          if 3 * cost <= share {
            let both = try await seconds {
              _ = try await subject.replies(to: [.score(kind.request), .score(following)])
            }
            next = max(0, both - cost)
          } else {
            let unread = WorkReckoning.unread(
              try [kind.request, following].map {
                try model.promptTokens($0.chat, prefill: $0.prefill)
              })
            next = reckoning.scoring(unread[1], texts: count)
          }
        }
      } else if prompt * 2 + perText * 4 <= share {
        // What the prompt costs, and what each further text does.
        let (one, some) = (try await run(1), try await run(min(count, 4)))
        cost = one + max(0, some - one) / Double(max(1, min(count, 4) - 1)) * Double(count - 1)
      } else {
        cost = prompt + perText * Double(count)
      }
      total += cost * Double(kind.calls) + (next ?? cost) * Double(kind.prompts - kind.calls)
      texts += kind.prompts * count
    }
    return texts == 0 ? nil : total / Double(texts)
  }
}
