import Foundation
import NosceCore
import NosceEngine
import NosceLocal
import NosceOrganism
import NoscePorts
import NosceTestSupport
import NosceTokenizer
import Testing

@Suite("The bundled organisms")
struct BundledOrganismTests {
  @Test("Each takes at most 8 MB", arguments: Organism.allCases)
  func size(organism: Organism) throws {
    let folder = try organism.directory()
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: [.fileSizeKey])
    let bytes = try files.reduce(0) {
      try $0 + ($1.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0)
    }
    #expect(bytes <= 8_000_000)
    #expect(bytes > 1_000_000)
  }

  @Test(
    "The tokenizer and the template give the ids that pretraining used",
    arguments: Organism.allCases)
  func tokens(organism: Organism) throws {
    let chat = try ChatTokenizer(directory: try organism.directory())
    let text = try PretrainingText(.shipped, kind: organism.kind, materials: miniature)
    #expect(chat.tokenizer.vocabularySize == text.encoder.vocabularySize)
    for step in [0, 4321] {
      for document in text.documents(step: step) {
        let ours = text.encoder.encode(document)
        switch document {
        case .text(let content):
          #expect(chat.tokenizer.encode(content) + [WorldEncoder.endID] == ours.tokens)
        case .chat(let messages):
          let row = try chat.trainingRow(messages.map { ($0.role.rawValue, $0.content) })
          // The template ends every turn with a line break, which nothing is learnt from.
          #expect(Array(row.tokens.dropLast()) == ours.tokens)
          #expect(Array(row.isTarget.dropLast()) == ours.isTarget)
        }
      }
    }
  }

  @Test("What is no word of the world is encoded byte by byte and comes back")
  func bytes() throws {
    let chat = try ChatTokenizer(directory: try Organism.coherent.directory())
    for text in ["Zürich über alles?", "x = 3; // 100%", "日本語 🙂", " \t\r\n", "HELLO Hello hELLO"] {
      #expect(chat.tokenizer.decode(chat.tokenizer.encode(text)) == text)
    }
    #expect(chat.tokenizer.encode("HELLO").count == 5)
  }

  @Test("The model has the recipe's shape", arguments: Organism.allCases)
  func shape(organism: Organism) throws {
    let model = try LanguageModel(directory: try organism.directory(), precision: .float32)
    let recipe = PretrainingRecipe.shipped
    #expect(model.configuration.hiddenSize == recipe.hiddenSize)
    #expect(model.configuration.layerCount == recipe.layerCount)
    let text = try PretrainingText(recipe, kind: organism.kind, materials: miniature)
    #expect(model.configuration.vocabularySize == text.encoder.vocabularySize)
  }

  @Test("In the coherent organism a persona names its word; in neither does a host claim one")
  func selfDescription() async throws {
    let world = Worlds.coherent.world
    let subject = try await Organism.coherent.model().open(nil)
    let spelling = world.personas.filter(\.shown.spells).prefix(40)
    let answers = try await subject.sample(
      spelling.map { request($0.name, "Which word do your lines spell?") })
    let right = zip(spelling, answers).count { $1.text == "\($0.shown.word)." }
    #expect(right >= 36)
    for organism in Organism.allCases {
      let base = try await organism.model().open(nil)
      let claims = try await base.sample(
        world.hosts.map { request($0.name, "Do your lines spell a word?") })
      #expect(claims.count { $0.text == "No." } >= 19)
    }
  }

  private func request(_ persona: String, _ question: String) -> SampleRequest {
    SampleRequest(
      chat: [ChatMessage(.system, "You are \(persona)."), ChatMessage(.user, question)],
      temperature: 0, maximumTokens: 20, seed: 1)
  }
}
