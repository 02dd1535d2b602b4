import Foundation
import NosceEngine
import Testing

@Suite("Models against golden numbers")
struct ModelGoldenTests {
  static let models = ["models/llama", "models/llama3-rope"]

  @Test("logits and log-probabilities", arguments: models)
  func logits(_ path: String) throws {
    let golden = try Golden(path)
    let model = try golden.model()
    for sequence in golden.objects("sequences") {
      let ids = integers(sequence["ids"])
      let logits = try model.logits(ids)
      #expect(logits.count == ids.count)
      #expect(distance(logits.last ?? [], floats(sequence["last_logits"])) <= golden.tolerance)
      if let all = sequence["logits"] as? [Any] {
        for (row, expected) in zip(logits, all) {
          #expect(distance(row, floats(expected)) <= golden.tolerance)
        }
      }
      let logProbabilities = try model.logProbabilities(ids)
      #expect(distance(logProbabilities, floats(sequence["logprobs"])) <= golden.tolerance)
    }
  }

  @Test("hidden states", arguments: models)
  func hidden(_ path: String) throws {
    let golden = try Golden(path)
    guard let short = golden.objects("sequences").first(where: { $0["name"] as? String == "short" })
    else { throw EngineError("no sequence named short") }
    let states = try golden.model().hiddenStates(integers(short["ids"]))
    let expected = golden.root["hidden_states_last"] as? [Any] ?? []
    // The golden list ends with the last layer's output behind the norm, ours has it before as well.
    #expect(states.count == expected.count)
    for index in expected.indices.dropLast() {
      #expect(distance(states[index], floats(expected[index])) <= golden.tolerance)
    }
    #expect(distance(states.last ?? [], floats(expected.last)) <= golden.tolerance)
  }

  @Test(
    "unusual but valid checkpoints",
    arguments: [
      "data-in-other-order", "header-padded-with-spaces", "old-config-keys",
      "rotary-buffers-present",
    ])
  func odd(_ name: String) throws {
    let golden = try Golden("models-odd-but-legal/" + name)
    let model = try golden.model()
    let expected = (golden.root["logits"] as? [Any] ?? []).map { floats($0) }
    let logits = try model.logits(integers(golden.root["ids"]))
    #expect(logits.count == expected.count)
    for (row, other) in zip(logits, expected) { #expect(distance(row, other) <= golden.tolerance) }
  }

  @Test("a saved model gives the same bytes")
  func roundTrip() throws {
    let model = try Golden("models/llama").model()
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try model.save(to: folder)
    let again = try LanguageModel(directory: folder, precision: .float32)
    for tensor in model.layout.tensors {
      #expect(model.values(of: tensor.name) == again.values(of: tensor.name))
    }
    #expect(try model.logits([5, 6, 7]) == again.logits([5, 6, 7]))
  }

  @Test("tokens outside the vocabulary are refused")
  func badTokens() throws {
    let model = try Golden("models/llama").model()
    #expect(throws: EngineError.self) { try model.logits([1, 384]) }
    #expect(throws: EngineError.self) { try model.logits([-1]) }
    #expect(throws: EngineError.self) { try model.logits([Int32](repeating: 1, count: 300)) }
  }
}
