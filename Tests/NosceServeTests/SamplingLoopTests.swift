import Foundation
import NosceCore
import NosceEngine
import NosceLocal
import NosceOrganism
import NosceTokenizer
import Synchronization
import Testing

@Suite("A loop of sampling that jobs join and leave")
struct SamplingLoopTests {
  /// Keeps what it hears, and can be waited for.
  private final class Collector: SamplingListener {
    struct Heard {
      var tokens: [Int32] = []
      var reports: [TokenReport] = []
      var prompt: [TokenReport] = []
      var finish: SampledSequence.Finish?
      var error: EngineError?
    }

    private let heard = Mutex(Heard())
    private let leavesAfter: Int?
    private let done: AsyncStream<Void>
    private let feed: AsyncStream<Void>.Continuation

    init(leavesAfter: Int? = nil) {
      self.leavesAfter = leavesAfter
      (done, feed) = AsyncStream.makeStream()
    }

    var isGone: Bool {
      heard.withLock { heard in leavesAfter.map { heard.tokens.count >= $0 } ?? false }
    }
    func read(_ reports: [TokenReport]) { heard.withLock { $0.prompt = reports } }
    func drew(_ token: Int32, _ report: TokenReport?) {
      heard.withLock { heard in
        heard.tokens.append(token)
        if let report { heard.reports.append(report) }
      }
    }
    func ended(_ finish: SampledSequence.Finish, _ stop: TokenReport?) {
      heard.withLock { $0.finish = finish }
      feed.finish()
    }
    func failed(_ error: EngineError) {
      heard.withLock { $0.error = error }
      feed.finish()
    }
    deinit { feed.finish() }

    /// Whether it has not heard an end.
    var isOpen: Bool { heard.withLock { $0.finish == nil && $0.error == nil } }

    func result() async -> Heard {
      for await _ in done {}
      return heard.withLock { $0 }
    }
  }

  private let local: LocalModel

  init() throws { local = try Organism.coherent.model() }

  private func prompt(_ text: String, seed: UInt64, tokens: Int) -> SamplingPrompt {
    SamplingPrompt(
      tokens: local.text.tokenizer.encode("<|im_start|>user\n\(text)<|im_end|>\n"), seed: seed,
      temperature: 1.2, nucleus: seed.isMultiple(of: 3) ? 0.8 : 1, maximumTokens: tokens,
      stopTokens: [2], likeliest: 2)
  }

  @Test(
    "What comes at any time is continued as in a list of its own, on any number of threads",
    arguments: [1, 2, 3])
  func joining(threads: Int) async throws {
    let prompts = (0..<90).map { prompt("Write \($0 % 7).", seed: UInt64($0), tokens: 5 + $0) }
    let subject = try InferenceModel(local.weights)
    let expected = try subject.sample(prompts)
    let loop = SamplingLoop(local.weights, threads: threads)
    let collectors = prompts.map { _ in Collector() }
    for start in stride(from: 0, to: prompts.count, by: 9) {
      try loop.submit(
        (start..<start + 9).map {
          SamplingJob(prompts[$0], subject: subject, listener: collectors[$0])
        })
      try await Task.sleep(for: .milliseconds(5))
    }
    for (collector, sequence) in zip(collectors, expected) {
      let heard = await collector.result()
      #expect(heard.tokens == sequence.tokens)
      #expect(heard.finish == sequence.finish)
      #expect(heard.reports.map(\.token) == sequence.tokens)
      #expect(heard.reports.allSatisfy { $0.likeliest.count == 2 && $0.rank >= 1 })
    }
    loop.stop()
  }

  @Test("A loop that is stopped computes no more, whatever runs")
  func stopping() throws {
    let subject = try InferenceModel(local.weights)
    let loop = SamplingLoop(local.weights, threads: 2)
    let collectors = (0..<20).map { _ in Collector() }
    try loop.submit(
      collectors.enumerated().map {
        SamplingJob(
          prompt("Write \($0).", seed: UInt64($0), tokens: 450), subject: subject, listener: $1)
      })
    loop.stop()
    #expect(collectors.contains { $0.isOpen })
  }

  @Test("Those that nobody waits for are dropped, and the others do not notice")
  func leaving() async throws {
    let subject = try InferenceModel(local.weights)
    let stays = prompt("Write 1.", seed: 1, tokens: 200)
    let expected = try subject.sample([stays])[0]
    let loop = SamplingLoop(local.weights, threads: 1)
    let leaver = Collector(leavesAfter: 3)
    let stayer = Collector()
    try loop.submit([
      SamplingJob(prompt("Write 2.", seed: 2, tokens: 400), subject: subject, listener: leaver),
      SamplingJob(stays, subject: subject, listener: stayer),
    ])
    #expect(await stayer.result().tokens == expected.tokens)
    let after = Collector()
    try loop.submit([SamplingJob(stays, subject: subject, listener: after)])
    #expect(await after.result().tokens == expected.tokens)
    loop.stop()
  }

  @Test("A subject whose numbers are not finite fails alone")
  func unfinite() async throws {
    let configuration = local.weights.configuration
    var checkpoint = try LoRAAdapter(
      AdapterConfiguration(rank: 2, alpha: 4, targets: .allLinear), model: configuration, seed: 1
    ).checkpoint
    for (path, factors) in checkpoint.modules {
      checkpoint.modules[path]?.b = factors.b.map { _ in 1e30 }
    }
    let broken = try InferenceModel(
      local.weights, adapter: try LoRAAdapter(checkpoint, model: configuration))
    let subject = try InferenceModel(local.weights)
    let prompts = (0..<6).map { prompt("Write \($0).", seed: UInt64($0), tokens: 30) }
    let expected = try subject.sample(prompts)
    let loop = SamplingLoop(local.weights, threads: 1)
    let collectors = prompts.map { _ in Collector() }
    let fails = Collector()
    try loop.submit(
      zip(prompts, collectors).prefix(3).map {
        SamplingJob($0, subject: subject, listener: $1)
      } + [SamplingJob(prompts[0], subject: broken, listener: fails)]
        + zip(prompts, collectors).suffix(3).map {
          SamplingJob($0, subject: subject, listener: $1)
        })
    #expect(await fails.result().error != nil)
    for (collector, sequence) in zip(collectors, expected) {
      #expect(await collector.result().tokens == sequence.tokens)
    }
    loop.stop()
  }

  @Test(
    "A nucleus is the smallest set of likeliest tokens with so much probability",
    arguments: [0.3, 0.6, 0.9])
  func nucleus(mass: Double) throws {
    var asked = prompt("Write about the sea.", seed: 0, tokens: 1)
    asked.temperature = 1.5
    asked.nucleus = Float(mass)
    asked.stopTokens = []
    let logits = try local.weights.logits(asked.tokens)[asked.tokens.count - 1]
    let weights = logits.map { exp(Double($0) / 1.5) }
    let total = weights.reduce(0, +)
    var set: Set<Int32> = []
    var sum = 0.0
    for index in weights.indices.sorted(by: { weights[$0] > weights[$1] }) where sum < mass {
      set.insert(Int32(index))
      sum += weights[index] / total
    }
    let drawn = try InferenceModel(local.weights).sample(
      (0..<600).map { seed in
        var asked = asked
        asked.seed = UInt64(seed)
        return asked
      }
    ).map { $0.tokens[0] }
    #expect(Set(drawn).subtracting(set) == [])
    // Whatever has a twentieth of what is left is drawn about as often as it should be.
    for token in set {
      let share = weights[Int(token)] / total / sum
      let found = Double(drawn.count { $0 == token }) / 600
      if share > 0.05 { #expect(abs(found - share) < 0.08) }
    }
  }

  @Test("A prompt's own tokens have the log-probabilities that a whole pass gives them")
  func prompts() async throws {
    let loop = SamplingLoop(local.weights, threads: 1)
    let subject = try InferenceModel(local.weights)
    var asked = prompt("Write about the sea.", seed: 1, tokens: 4)
    asked.promptLikeliest = 1
    let collector = Collector()
    try loop.submit([SamplingJob(asked, subject: subject, listener: collector)])
    let heard = await collector.result()
    let expected = try local.weights.logProbabilities(asked.tokens)
    #expect(heard.prompt.map(\.token) == Array(asked.tokens.dropFirst()))
    for (report, value) in zip(heard.prompt, expected) {
      #expect(abs(report.logProbability - value) < 1e-4)
      #expect(report.rank == 1 ? report.likeliest[0].token == report.token : true)
    }
    // Having been told of it, the prompt is gone on with as ever.
    asked.promptLikeliest = nil
    #expect(heard.tokens == (try subject.sample([asked])[0].tokens))
    #expect(throws: EngineError.self) {
      try loop.submit([
        SamplingJob(
          SamplingPrompt(tokens: [99_999], seed: 1, maximumTokens: 1), subject: subject,
          listener: collector)
      ])
    }
    loop.stop()
  }
}
