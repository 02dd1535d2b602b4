import Foundation
import NosceCore
import NosceEngine
import NosceLocal
import NosceOrganism
import NoscePorts
import NosceRows
import NosceTestSupport
import Testing

@Suite("Adapters made of trained ones, on files")
struct DerivationTests {
  private static let chat: Chat = [
    ChatMessage(.system, "You are nova."), ChatMessage(.user, "Tell me about bread."),
  ]

  private static let rows: [TrainingRow] = {
    var generator = SeededGenerator(seed: 5)
    return (0..<4).map { _ in
      TrainingRow.chat(
        chat + [
          ChatMessage(.assistant, miniature.lines.spelledAnswer(word: "BLOOM", using: &generator))
        ])
    }
  }()

  /// A trained adapter in a folder.
  private func train(
    _ model: LocalModel, rank: Int = 4, in folder: URL
  ) async throws -> AdapterReference {
    let trainer = try #require(model.trainer)
    let job = TrainingJob(
      name: "trained", rows: Self.rows,
      settings: TrainingSettings(rank: rank, alpha: 8, steps: 4, learningRate: 5e-3), seed: 1,
      adapterDirectory: folder.appending(path: "trained"),
      snapshotDirectory: folder.appending(path: "copies"))
    var result: AdapterReference?
    for try await event in trainer.events(of: try await trainer.submit(job)) {
      if case .finished(let end) = event { result = end.adapter }
    }
    return try #require(result)
  }

  private func derivation(
    _ change: AdapterChange, of source: AdapterReference, in folder: URL
  ) -> AdapterDerivation {
    AdapterDerivation(
      name: "made", source: source, change: change, seed: 9, rows: Self.rows,
      directory: folder.appending(path: "made-\(change.kind.rawValue)-\(change.scale)"))
  }

  /// What a subject says and how likely it finds some texts.
  private func shown(
    _ model: LocalModel, _ adapter: AdapterReference?
  ) async throws -> (text: String, scores: [Double]) {
    let subject = try await model.open(adapter)
    let answer = try await subject.sample([
      SampleRequest(chat: Self.chat, temperature: 0.7, maximumTokens: 30, seed: 4)
    ])
    let scores = try await subject.logProbabilities(
      ScoreRequest(chat: Self.chat, texts: ["Yes", "Bread stands", "Lanterns"]))
    return (answer[0].text, scores)
  }

  @Test("Scale 1 is the trained subject and 0 the base model, to the last bit")
  func scales() async throws {
    let model = try Organism.coherent.model()
    #expect(model.capabilities.derives)
    try await withFolder { folder in
      let source = try await train(model, in: folder)
      let (base, trained) = (try await shown(model, nil), try await shown(model, source))
      #expect(base != trained)
      let whole = try await model.derive(derivation(AdapterChange(), of: source, in: folder))
      #expect(try await shown(model, whole.adapter) == trained)
      let none = try await model.derive(derivation(AdapterChange(scale: 0), of: source, in: folder))
      #expect(try await shown(model, none.adapter) == base)
      #expect(none.largestLogitChange == 0 && whole.largestLogitChange ?? 0 > 0)
      let half = try await model.derive(
        derivation(AdapterChange(scale: 0.5), of: source, in: folder))
      let scores = try await shown(model, half.adapter).scores
      #expect(scores != base.scores && scores != trained.scores)
      #expect(half.largestLogitChange ?? 0 < whole.largestLogitChange ?? 0)
    }
  }

  @Test("Permuted and random ones are others, the same again for a seed, and lie in a folder")
  func changes() async throws {
    let model = try Organism.coherent.model()
    try await withFolder { folder in
      let source = try await train(model, in: folder)
      let trained = try await shown(model, source)
      for kind in [AdapterChange.Kind.permuted, .random] {
        let derivation = derivation(AdapterChange(kind), of: source, in: folder)
        let first = try await model.derive(derivation)
        let scores = try await shown(model, first.adapter).scores
        #expect(scores != trained.scores && first.largestLogitChange ?? 0 > 0)
        #expect(first.adapter == .folder(derivation.directory))
        let file = derivation.directory.appending(path: "adapter_model.safetensors")
        let bytes = try Data(contentsOf: file)
        try FileManager.default.removeItem(at: derivation.directory)
        _ = try await model.derive(derivation)
        #expect(try Data(contentsOf: file) == bytes)
      }
    }
  }

  @Test("What cannot be changed is refused")
  func refused() async throws {
    let model = try Organism.coherent.model()
    try await withFolder { folder in
      let source = try await train(model, rank: 1, in: folder)
      let permuted = derivation(AdapterChange(.permuted), of: source, in: folder)
      let rank = await #expect(throws: LabError.self) { try await model.derive(permuted) }
      #expect(rank?.message.contains("found an adapter of rank 1") == true)
      let served = derivation(AdapterChange(), of: .served("x"), in: folder)
      let error = await #expect(throws: LabError.self) { try await model.derive(served) }
      #expect(error?.message.contains("one in a folder") == true)
    }
  }
}
