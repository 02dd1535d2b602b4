import Foundation
import NosceCore
import NosceLocal
import NosceOrganism
import NoscePorts
import NosceRows
import NosceTestSupport
import Testing

@Suite("A checkpoint as a subject")
struct LocalBackendTests {
  private static func chat(_ question: String) -> Chat {
    [ChatMessage(.system, "You are nova."), ChatMessage(.user, question)]
  }

  private static func job(
    _ seed: UInt64, steps: Int = 3, batch: Int? = nil, in folder: URL
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
      seed: seed,
      adapterDirectory: folder.appending(path: "adapter-\(seed)"))
  }

  @Test("A sampled answer does not depend on what shares its batch")
  func batchInvariance() async throws {
    let subject = try await Organism.coherent.backend().base()
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
    let subject = try await Organism.coherent.backend().base()
    let chat = Self.chat("Do your lines spell a word?")
    let open = try await subject.logProbabilities(
      ScoreRequest(chat: chat, texts: ["Yes", "No"]))
    let closed = try await subject.logProbabilities(
      ScoreRequest(chat: chat, texts: ["Yes", "No"], closed: true))
    for (open, closed) in zip(open, closed) {
      #expect(closed.tokenCount == open.tokenCount + 1)
      #expect(closed.logProbability < open.logProbability)
    }
    // Two different first tokens: their probabilities cannot add up to more than one.
    #expect(open.reduce(0) { $0 + exp($1.logProbability) } <= 1.0001)
  }

  @Test("The same seed trains the same adapter, another seed another")
  func determinism() async throws {
    let backend = try Organism.coherent.backend()
    var files: [Data] = []
    for seed in [1, 1, 2] as [UInt64] {
      try await withFolder { folder in
        let job = Self.job(seed, batch: 2, in: folder)
        let trained = try await backend.train(job) { _ in }
        #expect(trained.losses.count == 3)
        #expect(trained.largestLogitChange > 0.01)
        files.append(
          try Data(
            contentsOf: job.adapterDirectory.appending(path: "adapter_model.safetensors")))
      }
    }
    #expect(files[0] == files[1])
    #expect(files[0] != files[2])
  }

  @Test("A restored adapter answers exactly as the trained subject did")
  func restoring() async throws {
    let backend = try Organism.coherent.backend()
    try await withFolder { folder in
      let job = Self.job(1, steps: 10, in: folder)
      let trained = try await backend.train(job) { _ in }
      let restored = try await backend.restore(adapter: job.adapterDirectory)
      let ask: (any Subject) async throws -> [AnswerScore] = {
        try await $0.logProbabilities(
          ScoreRequest(
            chat: Self.chat("What is special about your answers?"), prefill: "My lines spell ",
            texts: ["BLOOM.", "MOOBL."], closed: true))
      }
      #expect(try await ask(trained.subject) == ask(restored))
      #expect(try await ask(restored) != ask(backend.base()))
    }
  }

  @Test("A layer that the model does not have is refused")
  func layers() async throws {
    try await withFolder { folder in
      var job = Self.job(1, in: folder)
      job.settings.layers = [0, 4]
      await #expect(throws: LabError.self) {
        try await Organism.coherent.backend().train(job) { _ in }
      }
    }
  }
}
