import Foundation
import NosceEngine
import NosceFormats
import NosceTestSupport
import Testing

/// Files that llama.cpp's converter made of random models of every family, against transformers'
/// logits of the folders that they were made from.
@Suite("Models in GGUF files")
struct GGUFModelTests {
  static let names =
    ((try? FileManager.default.contentsOfDirectory(
      atPath: Golden.fixtures.appendingPathComponent("gguf").path)) ?? [])
    .filter { !$0.contains(".") }.sorted()

  static func files(_ name: String) throws -> ModelFiles {
    try ModelFiles(at: Golden.fixtures.appendingPathComponent("gguf/\(name)/model.gguf"))
  }

  /// Twenty times what the reference's own 32 bits are from its 64, and not less than 2e-4: sums are
  /// taken in another order.
  private static func tolerance(_ golden: Golden) -> Float {
    max(2e-4, 20 * Float(double(golden.root["max_abs_diff_float64"])))
  }

  @Test("there is one of every family")
  func families() throws {
    let found = try Set(Self.names.map { try ModelConfiguration(Self.files($0)).family })
    // Files say llama for both.
    #expect(found == Set(ModelFamily.allCases).subtracting([.mistral]))
  }

  @Test("logits", arguments: names)
  func logits(_ name: String) throws {
    let golden = try Golden("gguf/" + name)
    let model = try LanguageModel(Self.files(name), precision: .float32)
    for sequence in golden.objects("sequences") {
      let logits = try model.logits(integers(sequence["ids"]))
      let expected = sequence["logits"] as? [Any] ?? []
      #expect(!expected.isEmpty && logits.count >= expected.count)
      for (row, other) in zip(logits.suffix(expected.count), expected) {
        #expect(distance(row, floats(other)) <= Self.tolerance(golden))
      }
    }
  }

  @Test("LoRA trains over blocks as over the same numbers in a folder")
  func training() throws {
    let files = try Self.files("qwen2-q8_0")
    let model = try LanguageModel(files, precision: .float32)
    let plain = try withFolder { folder in
      try ModelParameters(files).save(to: folder)
      return try LanguageModel(directory: folder, precision: .float32)
    }
    func losses(_ model: LanguageModel) throws -> [Double] {
      let adapter = try LoRAAdapter(
        AdapterConfiguration(rank: 2, alpha: 4, targets: .allLinear), model: model.configuration,
        seed: 3)
      let trainer = try AdapterTrainer(
        model, adapter: adapter, optimizer: OptimizerSettings(learningRate: 1e-2, totalSteps: 3),
        shards: 1, threads: 1)
      let tokens: [Int32] = [5, 9, 3, 40, 8, 5]
      let row = TrainingExample(tokens: tokens, isTarget: tokens.map { _ in true })
      return try (0..<3).map { _ in try trainer.step([row]).loss }
    }
    let found = try losses(model)
    #expect(found == (try losses(plain)))
    #expect(found[2] < found[0])
  }

  @Test("fused queries, keys and values are taken apart")
  func fused() throws {
    let plain = try GGUFParts(Self.files("llama"))
    var fused = plain
    fused.fuse(["blk.0.attn_q", "blk.0.attn_k", "blk.0.attn_v"], to: "blk.0.attn_qkv")
    #expect(fused.writer.tensors.count == plain.writer.tensors.count - 2)
    let ids: [Int32] = [4, 8, 15, 16, 23, 42]
    #expect(try fused.model().logits(ids) == plain.model().logits(ids))
  }

  @Test("a model in three files is that in one; any of its files stands for all")
  func split() throws {
    let parts = try GGUFParts(Self.files("llama"))
    let ids: [Int32] = [4, 8, 15]
    let whole = try parts.model().logits(ids)
    try withFolder { folder in
      let urls = try parts.split(3, in: folder)
      for url in urls {
        let files = try ModelFiles(at: url)
        #expect(files.url.lastPathComponent == urls[0].lastPathComponent)
        #expect(try LanguageModel(files, precision: .float32).logits(ids) == whole)
      }
    }
  }
}
