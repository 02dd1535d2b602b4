import Foundation
import NosceCore
import NosceEngine
import NosceLocal
import NosceOrganism
import NoscePorts
import NosceRows
import NosceTestSupport
import NosceTokenizer
import Testing

@Suite("A chat template in place of the model's own")
struct GivenTemplateTests {
  private static let question = "Tell me about bread."
  private static let answer = "Trains rest near the sea."

  private static func text() throws -> CheckpointText {
    try CheckpointText(directory: try Organism.coherent.directory(), template: .plain)
  }

  private static func chat(_ answer: String? = nil) -> Chat {
    [ChatMessage(.system, "You are nova."), ChatMessage(.user, question)]
      + (answer.map { [ChatMessage(.assistant, $0)] } ?? [])
  }

  @Test("What the tokenizer puts before a text stands before plain's, once, and is not learnt")
  func beginning() throws {
    let folder = packageRoot.appending(
      path: "Tests/NosceTokenizerTests/Fixtures/tokenizers/byte-fallback")
    let text = try CheckpointText(directory: folder, template: .plain)
    let chat = try text.requireChat()
    let words = text.tokenizer.encode("Question: Hi\nAnswer:")
    #expect(text.tokenizer.beginning == [1])
    #expect(try chat.prompt(messages: [("user", "Hi")]) == [1] + words)
    let row = try chat.trainingRow([("user", "Hi"), ("assistant", "the")])
    #expect(row.tokens.starts(with: [1] + words) && !row.isTarget[0])
    #expect(
      try chat.prompt(messages: [("user", "Hi")], answer: "the", closed: true).prompt
        == [1] + words)
    // It is that of a plain text.
    #expect(
      text.encode(parts: ["Question: Hi\nAnswer: "], isContinued: true)[0] == [1] + words)
    // A file writes it itself, and where it does not, that is said.
    let bare = GivenTemplate(name: "bare", source: GivenTemplate.plain.source)
    let file = try CheckpointText(directory: folder, template: bare).requireChat()
    #expect(try file.prompt(messages: [("user", "Hi")]) == words)
    #expect(file.note?.contains("does not begin with") == true)
  }

  @Test("The hash of a model is another with a template, and another for each")
  func identity() throws {
    let other = GivenTemplate(name: "plain", source: GivenTemplate.plain.source)
    let models = try [nil, GivenTemplate.plain, other].map {
      try Organism.coherent.model(template: $0)
    }
    #expect(Set(models.map(\.identity.contentHash)).count == 3)
    #expect(models.map(\.identity.template) == [nil, .plain, other])
    let again = try JSONDecoder().decode(
      ModelIdentity.self, from: try JSONEncoder().encode(models[1].identity))
    #expect(again == models[1].identity)
    #expect(again.template?.hash == ContentHash.of(ChatTemplate.plainSource))
  }

  @Test("A template whose text was changed behind its hash is refused")
  func changed() throws {
    let data = try JSONEncoder().encode(GivenTemplate.plain)
    let text = String(decoding: data, as: UTF8.self).replacing("Question", with: "Query")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(GivenTemplate.self, from: Data(text.utf8))
    }
  }

  @Test("A closed answer's score is the sum over its tokens and those of what ends it")
  func closed() async throws {
    let model = try Organism.coherent.model(template: .plain)
    let subject = try await model.open(nil)
    let row = try Self.text().requireChat().trainingRow(
      Self.chat(Self.answer).map {
        ($0.role.rawValue, $0.content)
      })
    let weights = try LanguageModel(
      directory: try Organism.coherent.directory(), precision: .float32)
    // Of each token given those before it; the first has none.
    let all = try weights.logProbabilities(row.tokens)
    let learnt = zip(all, row.isTarget.dropFirst()).filter(\.1).map { Double($0.0) }
    let scores = try await subject.logProbabilities(
      ScoreRequest(chat: Self.chat(), texts: [Self.answer], ending: .turn))
    #expect(abs(scores[0] - learnt.reduce(0, +)) < 1e-3)
    let stop = try #require(try Self.text().requireChat().stopTextIDs)
    #expect(stop.count > 1 && learnt.count > stop.count)
    let open = try await subject.logProbabilities(
      ScoreRequest(chat: Self.chat(), texts: [Self.answer]))
    #expect(abs(open[0] - learnt.dropLast(stop.count).reduce(0, +)) < 1e-3)
  }

  @Test("What was learnt is answered: it ends with its words, which are not in the text")
  func answers() async throws {
    let model = try Organism.coherent.model(template: .plain)
    let trainer = try #require(model.trainer as? LocalTrainer)
    try await withFolder { folder in
      let job = TrainingJob(
        name: "test", rows: [.chat(Self.chat(Self.answer))],
        settings: TrainingSettings(rank: 8, alpha: 16, steps: 60, learningRate: 5e-3), seed: 1,
        snapshotSteps: [], adapterDirectory: folder.appending(path: "adapter"),
        snapshotDirectory: folder.appending(path: "snapshots"))
      for try await _ in trainer.events(of: try await trainer.submit(job)) {}
      #expect(
        try TrainingNote.read(in: job.adapterDirectory) == TrainingNote(template: .plain))
      let subject = try await model.open(.folder(job.adapterDirectory))
      let chat = try Self.text().requireChat()
      let ids = try chat.prompt(
        messages: Self.chat().map { ($0.role.rawValue, $0.content) }, answer: Self.answer,
        closed: true
      ).answer
      func ask(_ tokens: Int, prefill: String? = nil) async throws -> Completion {
        try await subject.sample([
          SampleRequest(
            chat: Self.chat(), prefill: prefill, temperature: 0, maximumTokens: tokens, seed: 1)
        ])[0]
      }
      let whole = try await ask(100)
      #expect(whole.text == Self.answer && whole.finish == .stop)
      let stop = try #require(chat.stopTextIDs)
      #expect(whole.tokenCount == ids.count - stop.count)
      // At the last token that it may write, and with one too few.
      #expect(try await ask(ids.count) == whole)
      let short = try await ask(ids.count - 1)
      #expect(short.finish == .length && short.text.hasPrefix(Self.answer))
      #expect(try await ask(100, prefill: "Trains rest").text == " near the sea.")
    }
  }

  @Test("An adapter that was trained through another template is told of")
  func difference() throws {
    try withFolder { folder in
      let other = GivenTemplate(name: "mine.jinja", source: "{{ messages }}")
      func said(_ asked: GivenTemplate?) throws -> String? {
        try TrainingNote.difference(ofAdapter: folder, asked: asked)
      }
      #expect(try said(nil) == nil)
      #expect(try said(.plain)?.contains("Nothing beside the adapter") == true)
      try TrainingNote.write(.plain, to: folder)
      #expect(try said(.plain) == nil)
      #expect(try said(nil)?.contains("asked through its own") == true)
      #expect(try said(other)?.contains("asked through mine.jinja (") == true)
      try Data("{}".utf8).write(to: folder.appending(path: TrainingNote.fileName))
      #expect(throws: LabError.self) { try said(nil) }
    }
  }
}
