import Foundation
import NosceEngine
import NosceTestSupport
import Testing

@Suite("Models against golden numbers")
struct ModelGoldenTests {
  @Test("logits and log-probabilities", arguments: Golden.models)
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

  static let rounded = Golden.models.filter { (try? Golden($0).root["bf16"]) != nil }

  /// The reference rounds the residual stream as well as the inputs of products, we only the
  /// latter, so its own distance between the two precisions bounds ours.
  @Test("bfloat16 is no further from 32 bits than the reference's", arguments: rounded)
  func bfloat16(_ path: String) throws {
    let golden = try Golden(path)
    guard let record = golden.root["bf16"] as? [String: Any] else { return }
    let model = try golden.model(.bfloat16)
    guard model.precision == .bfloat16 else { return }
    let limit = Float(double(record["max_abs_diff"]))
    for sequence in golden.objects("sequences") {
      let logits = try model.logits(integers(sequence["ids"]))
      #expect(distance(logits.last ?? [], floats(sequence["last_logits"])) <= limit)
      for (row, expected) in zip(logits, sequence["logits"] as? [Any] ?? []) {
        #expect(distance(row, floats(expected)) <= limit)
      }
    }
  }

  @Test("hidden states", arguments: Golden.models)
  func hidden(_ path: String) throws {
    let golden = try Golden(path)
    guard
      let short = golden.objects("sequences").first(where: { $0["name"] as? String == "short" }),
      golden.root["hidden_states_last"] != nil
    else { return }
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

  @Test("saved parameters are the stored ones", arguments: Golden.models)
  func roundTrip(_ path: String) throws {
    let golden = try Golden(path)
    let parameters = try golden.parameters()
    let again = try withFolder { folder in
      try parameters.save(to: folder)
      return try ModelParameters(directory: folder)
    }
    let stored = try CheckpointWeights(directory: golden.directory)
    for tensor in parameters.layout.tensors {
      #expect(parameters.values(of: tensor.name) == again.values(of: tensor.name))
      if stored.contains(tensor.name) {
        #expect(try parameters.values(of: tensor.name) == stored.floats(tensor.name))
      }
    }
    let ids: [Int32] = [5, 6, 7]
    #expect(
      try golden.model().logits(ids) == LanguageModel(again, precision: .float32).logits(ids))
  }

  @Test("tokens outside the vocabulary are refused")
  func badTokens() throws {
    let model = try Golden("models/llama").model()
    #expect(throws: EngineError.self) { try model.logits([1, 384]) }
    #expect(throws: EngineError.self) { try model.logits([-1]) }
    #expect(throws: EngineError.self) { try model.logits([Int32](repeating: 1, count: 300)) }
  }
}
