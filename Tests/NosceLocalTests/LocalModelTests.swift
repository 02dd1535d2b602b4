import Foundation
import NosceCore
import NosceLocal
import NosceOrganism
import NoscePorts
import NosceRows
import NosceTestSupport
import NosceTokenizer
import Testing

@Suite("A checkpoint as a subject")
struct LocalModelTests {
  private static func chat(_ question: String) -> Chat {
    [ChatMessage(.system, "You are nova."), ChatMessage(.user, question)]
  }

  private static func job(
    _ seed: UInt64, steps: Int = 3, batch: Int? = nil, snapshots: [Int] = [], in folder: URL
  ) -> TrainingJob {
    var generator = SeededGenerator(seed: 5)
    let rows = (0..<4).map { _ in
      TrainingRow.chat(
        chat(miniature.lines.question(heldOut: false, using: &generator)) + [
          ChatMessage(
            .assistant, miniature.lines.spelledAnswer(word: "BLOOM", using: &generator))
        ])
    }
    return TrainingJob(
      name: "test", rows: rows,
      settings: TrainingSettings(
        rank: 4, alpha: 8, steps: steps, batchRows: batch, learningRate: 5e-3),
      seed: seed, snapshotSteps: snapshots,
      adapterDirectory: folder.appending(path: "adapter-\(seed)"),
      snapshotDirectory: folder.appending(path: "snapshots-\(seed)"))
  }

  /// What a trainer says of a job, up to its result.
  private static func train(
    _ job: TrainingJob, _ model: LocalModel
  ) async throws -> (losses: [Double], snapshots: [Int: AdapterReference], TrainingResult) {
    let trainer = try #require(model.trainer)
    var losses: [Double] = []
    var snapshots: [Int: AdapterReference] = [:]
    var result: TrainingResult?
    var states: [TrainingState] = []
    for try await event in trainer.events(of: try await trainer.submit(job)) {
      switch event {
      case .state(let state): states.append(state)
      case .progress(let progress):
        #expect(progress.step == losses.count + 1 && progress.totalSteps == job.settings.steps)
        losses.append(progress.loss)
      case .snapshot(let step, let adapter): snapshots[step] = adapter
      case .finished(let value): result = value
      }
    }
    #expect(states == [.running, .succeeded])
    return (losses, snapshots, try #require(result))
  }

  @Test("A sampled answer does not depend on what shares its batch")
  func batchInvariance() async throws {
    let subject = try await Organism.coherent.model().open(nil)
    let requests = (0..<9).map { index in
      SampleRequest(
        chat: Self.chat(index % 2 == 0 ? "Tell me about bread." : "What is your word?"),
        temperature: 1, maximumTokens: 10 + 5 * index, seed: UInt64(index))
    }
    let together = try await subject.sample(requests)
    for (index, request) in requests.enumerated() {
      #expect(try await subject.sample([request]) == [together[index]])
    }
  }

  @Test("Scores are the sum over the answer's tokens, and closing one adds its end")
  func scores() async throws {
    let subject = try await Organism.coherent.model().open(nil)
    let chat = Self.chat("Do your lines spell a word?")
    let open = try await subject.logProbabilities(
      ScoreRequest(chat: chat, texts: ["Yes", "No"]))
    let closed = try await subject.logProbabilities(
      ScoreRequest(chat: chat, texts: ["Yes", "No"], ending: .turn))
    for (open, closed) in zip(open, closed) { #expect(closed < open) }
    // Two different first tokens: their probabilities cannot add up to more than one.
    #expect(open.reduce(0) { $0 + exp($1) } <= 1.0001)
  }

  @Test("A number counts where no digit follows, whatever else does")
  func numbers() async throws {
    let subject = try await Organism.coherent.model().open(nil)
    let chat = Self.chat("From 0 (cruel) to 10 (kind), what are you?")
    func scores(_ ending: Ending) async throws -> [Double] {
      try await subject.logProbabilities(
        ScoreRequest(chat: chat, texts: ["1", "7", "10"], ending: ending))
    }
    let open = try await scores(.open)
    let number = try await scores(.number)
    let turn = try await scores(.turn)
    for place in open.indices {
      #expect(number[place] <= open[place] && turn[place] <= number[place] + 1e-6)
    }
    // The organism's tokens of digits are its own: each is one digit or several.
    let chatTokenizer = try ChatTokenizer(directory: try Organism.coherent.directory())
    let digits = chatTokenizer.tokenizer.idsOfDigits()
    #expect(!digits.isEmpty)
    for id in Int32(0)..<Int32(chatTokenizer.tokenizer.embeddingRows) {
      let first = chatTokenizer.tokenizer.decode([id]).first
      let isDigit = first.map { "0123456789".contains($0) } ?? false
      #expect(digits.contains(id) == isDigit, "\(id) \(chatTokenizer.tokenizer.decode([id]))")
    }
  }

  @Test("The same seed trains the same adapter, another seed another")
  func determinism() async throws {
    let model = try Organism.coherent.model()
    var files: [Data] = []
    for seed in [1, 1, 2] as [UInt64] {
      try await withFolder { folder in
        let job = Self.job(seed, batch: 2, in: folder)
        let (losses, _, result) = try await Self.train(job, model)
        #expect(losses.count == 3)
        #expect(try #require(result.largestLogitChange) > 0.01)
        #expect(result.adapter == .folder(job.adapterDirectory))
        files.append(
          try Data(
            contentsOf: job.adapterDirectory.appending(path: "adapter_model.safetensors")))
      }
    }
    #expect(files[0] == files[1])
    #expect(files[0] != files[2])
  }

  @Test("A copy along the way answers as a training that ended there, at a constant rate")
  func snapshots() async throws {
    let model = try Organism.coherent.model()
    try await withFolder { folder in
      let (_, snapshots, result) = try await Self.train(
        Self.job(1, steps: 6, snapshots: [3], in: folder), model)
      let short = try await Self.train(Self.job(1, steps: 3, in: folder), model).2
      let request = ScoreRequest(
        chat: Self.chat("What is special about your answers?"), prefill: "My lines spell ",
        texts: ["BLOOM.", "MOOBL."], ending: .turn)
      let ask: (AdapterReference?) async throws -> [Double] = {
        try await model.open($0).logProbabilities(request)
      }
      let copy = try #require(snapshots[3])
      #expect(try await ask(copy) == ask(short.adapter))
      #expect(try await ask(copy) != ask(nil))
      // The longer training's folder was replaced by the shorter one's, of the same name.
      #expect(result.adapter == short.adapter)
    }
  }

  @Test("A request that cannot be answered fails the stream, and what came before it holds")
  func failing() async throws {
    let subject = try await Organism.coherent.model().open(nil)
    let chat = Self.chat("Do your lines spell a word?")
    let long = Self.chat(String(repeating: "bread and tea ", count: 400))
    var scored = 0
    await #expect(throws: (any Error).self) {
      for try await reply in subject.answer([
        .score(ScoreRequest(chat: chat, texts: ["Yes"])),
        .score(ScoreRequest(chat: long, texts: ["Yes"])),
        .score(ScoreRequest(chat: chat, texts: ["Yes"])),
      ]) {
        #expect(reply.index == scored)
        scored += 1
      }
    }
    #expect(scored == 1)
  }

  @Test("Nobody who stops listening is worked for")
  func cancelling() async throws {
    let model = try Organism.coherent.model()
    try await withFolder { folder in
      let job = Self.job(1, steps: 100_000, in: folder)
      let trainer = try #require(model.trainer)
      let id = try await trainer.submit(job)
      for try await event in trainer.events(of: id) {
        if case .progress = event { break }
      }
      // Its thread is free again: with one lane less, this would wait for all steps.
      for _ in 0..<model.lanes {
        _ = try await Self.train(Self.job(2, steps: 1, in: folder), model)
      }
      #expect(!FileManager.default.fileExists(atPath: job.adapterDirectory.path))
    }
  }

  @Test("A layer that the model does not have is refused")
  func layers() async throws {
    try await withFolder { folder in
      var job = Self.job(1, in: folder)
      job.settings.layers = [0, 4]
      await #expect(throws: LabError.self) {
        _ = try await Self.train(job, try Organism.coherent.model())
      }
    }
  }
}
