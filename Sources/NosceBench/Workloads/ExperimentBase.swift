import NosceCore
import NosceEngine
import NosceFormats
import NosceTemplates
import NosceTokenizer

/// The checkpoint that all subjects of the experiment start from, and how one subject is made.
struct ExperimentBase: Sendable {
  static let steps = 60
  static let newTokens = 64
  private static let learningRate = 1e-3

  /// What making one subject gave, with the seconds of each stage.
  struct CellTimes: Sendable {
    var training = 0.0
    var sampling = 0.0
    var scoring = 0.0
    var lastLoss = 0.0
    /// Of all answers' texts.
    var characters = 0
    var tokens = TokenCounts()
  }

  let model: LanguageModel
  private let chat: ChatTokenizer
  private let texts: ChatTexts
  private let adapter: AdapterConfiguration

  /// Without a precision, as `nosce run` computes on weights that are stored in 16 bits.
  init(_ request: BenchRequest, _ inputs: BenchInputs, _ texts: ChatTexts) throws {
    model = try LanguageModel(
      ModelFiles(at: request.model), precision: request.precision ?? .bfloat16)
    chat = try ChatTokenizer(ModelFiles(at: request.model))
    self.texts = texts
    adapter = AdapterConfiguration(
      rank: inputs.adapterRank, alpha: inputs.adapterAlpha, targets: .allLinear)
  }

  /// Subject number `cell`: the arms in turn, with a new seed each time round.
  func run(cell: Int, threads: Int) throws -> CellTimes {
    let rows = texts.arms[cell % texts.arms.count]
    let seed = UInt64(cell / texts.arms.count)
    var outcome = CellTimes()
    let (subject, training) = try Stopwatch.time {
      try train(rows, seed: seed, threads: threads, &outcome)
    }
    outcome.training = training
    outcome.sampling = try Stopwatch.time {
      try sample(subject, seed: seed, threads: threads, &outcome)
    }.1
    outcome.scoring = try Stopwatch.time {
      try score(subject, threads: threads, &outcome.tokens)
    }.1
    return outcome
  }

  private func train(
    _ rows: [ChatTexts.Row], seed: UInt64, threads: Int, _ outcome: inout CellTimes
  ) throws -> InferenceModel {
    let examples = try rows.map(example)
    let trainer = try AdapterTrainer(
      model, configuration: adapter, seed: seed,
      optimizer: OptimizerSettings(learningRate: Self.learningRate),
      shards: model.adapterShards, threads: threads)
    var order = InputStream(seed: seed)
    for _ in 0..<Self.steps {
      outcome.lastLoss = try trainer.step(shuffled(examples, &order)).loss
    }
    outcome.tokens.training = Self.steps * examples.reduce(0) { $0 + $1.tokens.count }
    return try InferenceModel(model, adapter: trainer.adapter)
  }

  /// Everything behind the line that begins the assistant's turn is learnt.
  private func example(_ row: ChatTexts.Row) throws -> TrainingExample {
    let prompt = try chat.prompt(messages: [("user", row.user)])
    let text = try chat.render([("user", row.user), ("assistant", row.assistant)]).text
    let tokens = chat.tokenizer.encode(text)
    return TrainingExample(tokens: tokens, isTarget: tokens.indices.map { $0 >= prompt.count })
  }

  private func shuffled(
    _ examples: [TrainingExample], _ stream: inout InputStream
  ) -> [TrainingExample] {
    var result = examples
    for last in stride(from: result.count - 1, to: 0, by: -1) {
      result.swapAt(last, stream.next(below: last + 1))
    }
    return result
  }

  private func sample(
    _ subject: InferenceModel, seed: UInt64, threads: Int, _ outcome: inout CellTimes
  ) throws {
    let prompts = try texts.questions.enumerated().map { number, question in
      SamplingPrompt(
        tokens: try chat.prompt(messages: [("user", question)]),
        seed: seed << 32 | UInt64(number), temperature: 1, maximumTokens: Self.newTokens)
    }
    let answers = try subject.sample(prompts, threads: threads)
    outcome.characters = answers.reduce(0) {
      $0 + chat.tokenizer.decode($1.tokens, skipSpecialTokens: true).unicodeScalars.count
    }
    outcome.tokens.new = answers.reduce(0) { $0 + $1.tokens.count }
    outcome.tokens.prompts = prompts.reduce(0) { $0 + $1.tokens.count }
  }

  private func score(
    _ subject: InferenceModel, threads: Int, _ tokens: inout TokenCounts
  ) throws {
    let requests = try texts.choices.map { choice in
      ScoringRequest(
        prefix: try chat.prompt(messages: [("user", choice.question)]),
        candidates: choice.options.map { chat.tokenizer.encode($0) })
    }
    _ = try subject.logProbabilities(requests, threads: threads)
    // The last token of a sequence is predicted and not read.
    tokens.scored = requests.reduce(0) { total, request in
      request.candidates.reduce(total) { $0 + request.prefix.count + $1.count - 1 }
    }
  }
}
