import Foundation
import NosceEngine
import NosceFormats
import NosceTestSupport
import Testing

@Suite("What families' checkpoints and adapters must be refused for")
struct FamilyRefusalTests {
  private static func names(in folder: String) -> [String] {
    guard let root = try? Golden.fixtures.appendingPathComponent("families/" + folder) else {
      return []
    }
    return ((try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []).sorted()
  }

  static let models = names(in: "models-must-fail")
  static let adapters = names(in: "lora-must-fail")

  private struct Expectation: Decodable {
    var what: String
    var from: String?
  }

  private func expectation(_ folder: URL) throws -> Expectation {
    try JSONDecoder().decode(
      Expectation.self, from: Data(contentsOf: folder.appendingPathComponent("expect.json")))
  }

  @Test("a checkpoint that does not fit its settings is an error", arguments: models)
  func model(_ name: String) throws {
    let folder = try Golden.fixtures.appendingPathComponent("families/models-must-fail/\(name)")
    let expected = try expectation(folder)
    let files = FileManager.default
    let place = try makeFolder()
    defer { try? files.removeItem(at: place) }
    let copy = place.appending(path: name)
    try files.copyItem(at: folder, to: copy)
    let weights = copy.appendingPathComponent("model.safetensors")
    if !files.fileExists(atPath: weights.path), let from = expected.from {
      try files.copyItem(
        at: try Golden.fixtures.appendingPathComponent(
          "families/models/\(from)/model.safetensors"),
        to: weights)
    }
    let error = #expect(throws: CheckpointError.self, "\(expected.what)") {
      try LanguageModel(directory: copy, precision: .float32)
    }
    #expect(error?.description.contains("allowed") == true)
  }

  @Test(
    "what the engine does not compute is refused by name",
    arguments: zip(Golden.refused, ["relu", "quick_gelu", "gemma3"]))
  func unsupported(_ name: String, _ word: String) throws {
    let error = #expect(throws: CheckpointError.self) {
      try Golden("families/models/" + name).model()
    }
    #expect(error?.description.contains(word) == true)
  }

  @Test("an adapter that does not fit is an error", arguments: adapters)
  func adapter(_ name: String) throws {
    let folder = try Golden.fixtures.appendingPathComponent("families/lora-must-fail/\(name)")
    let model = try Golden("families/models/llama-bias-mqa").model()
    let expected = try expectation(folder)
    #expect(throws: (any Error).self, "\(expected.what)") {
      try LoRAAdapter(directory: folder, model: model.configuration)
    }
  }

  @Test(
    "an adapter on the output head is refused by name",
    arguments: ["llama-head", "llama-head-embeddings-saved"])
  func head(_ name: String) throws {
    let golden = try Golden("families/lora/\(name)")
    let error = #expect(throws: (any Error).self) {
      try LoRAAdapter(directory: golden.directory, model: golden.base().configuration)
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("lm_head") || text.contains("embed_tokens"), "\(text)")
  }
}
