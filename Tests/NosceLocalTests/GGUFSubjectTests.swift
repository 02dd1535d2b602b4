import Foundation
import NosceCore
import NosceEngine
import NosceFormats
import NosceLocal
import NosceOrganism
import NoscePorts
import NosceRows
import NosceTestSupport
import NosceTokenizer
import Testing

/// The organism in a GGUF file: the same numbers, asked and trained over as in its folder.
///
/// Its own way of cutting text has no name in such files, so that another one stands there: ids are
/// compared with none of the folder's.
@Suite("A GGUF file as a subject")
struct GGUFSubjectTests {
  /// Rows of queries and keys as llama.cpp's converter puts them.
  private static func paired(_ values: [Float], rows: Int, headSize: Int) -> [Float] {
    let columns = values.count / rows
    return (0..<rows).flatMap { row -> ArraySlice<Float> in
      let (head, place) = row.quotientAndRemainder(dividingBy: headSize)
      let source = head * headSize + place % 2 * (headSize / 2) + place / 2
      return values[source * columns..<(source + 1) * columns]
    }
  }

  static func writer() throws -> GGUFWriter {
    let folder = try Organism.coherent.directory()
    let model = try ModelConfiguration(contentsOf: folder)
    let weights = try CheckpointWeights(directory: folder)
    var file = GGUFWriter()
    file.set("general.architecture", .string("llama"))
    file.set("general.name", .string("The organism"))
    file.set("llama.block_count", .uint32(UInt32(model.layerCount)))
    file.set("llama.embedding_length", .uint32(UInt32(model.hiddenSize)))
    file.set("llama.feed_forward_length", .uint32(UInt32(model.intermediateSize)))
    file.set("llama.context_length", .uint32(UInt32(model.maximumPositions)))
    file.set("llama.attention.head_count", .uint32(UInt32(model.headCount)))
    file.set("llama.attention.head_count_kv", .uint32(UInt32(model.keyValueHeadCount)))
    file.set("llama.attention.key_length", .uint32(UInt32(model.headDimension)))
    file.set(
      "llama.attention.layer_norm_rms_epsilon", .float32(Float(model.finalNorm.epsilon)))
    file.set("llama.rope.freq_base", .float32(Float(model.rotaries[0].base)))
    try setText(&file, folder, rows: model.vocabularySize)
    let names = GGUFTensorNames(family: .llama)
    for name in weights.names {
      let (path, suffix) = (name.dropLast(".weight".count), ".weight")
      let shape = try weights.shape(of: name)
      var values = try weights.floats(name)
      if case .pairedHalves(let size) = GGUFOrder(String(path), in: model) {
        values = paired(values, rows: shape[0], headSize: size)
      }
      file.add(
        try #require(names.stem(of: String(path))) + suffix, .f32, shape: shape,
        bytes: GGUFWriter.bytes(of: values))
    }
    return file
  }

  private static func setText(_ file: inout GGUFWriter, _ folder: URL, rows: Int) throws {
    let data = try Data(contentsOf: folder.appending(path: "tokenizer.json"))
    let tokenizer = try Tokenizer(contentsOf: folder)
    let merges = try #require(
      JSON(parsing: data).object?["model"]?.object?["merges"]?.array)
    var tokens = (0..<rows).map { "unused \($0)" }
    var kinds = [Int32](repeating: 5, count: rows)
    for id in 0..<Int32(tokenizer.embeddingRows) {
      guard let content = tokenizer.content(of: id) else { continue }
      tokens[Int(id)] = content
      kinds[Int(id)] = tokenizer.isSpecial(id) ? 3 : 1
    }
    file.set("tokenizer.ggml.model", .string("gpt2"))
    file.set("tokenizer.ggml.pre", .string("gpt-2"))
    file.set("tokenizer.ggml.tokens", .strings(tokens))
    file.set("tokenizer.ggml.token_type", .int32s(kinds))
    file.set(
      "tokenizer.ggml.merges",
      .strings(
        merges.compactMap { merge in
          merge.string ?? merge.array?.compactMap(\.string).joined(separator: " ")
        }))
    let end = try #require(tokenizer.tokenID(for: "<|im_end|>"))
    file.set("tokenizer.ggml.eos_token_id", .uint32(UInt32(end)))
    let template = try #require(try ChatTemplate.load(directory: folder))
    file.set("tokenizer.chat_template", .string(template.source))
  }

  @Test("The same numbers, and a hash that sha256sum gives")
  func same() throws {
    try withFolder { folder in
      let url = folder.appending(path: "organism.gguf")
      let writer = try Self.writer()
      try writer.write(to: url)
      let files = try ModelFiles(at: url)
      let plain = try LanguageModel(
        directory: Organism.coherent.directory(), precision: .float32)
      let ids: [Int32] = [1, 40, 300, 77, 2, 5]
      #expect(
        try LanguageModel(files, precision: .float32).logits(ids) == plain.logits(ids))
      let model = try LocalModel(files, name: "organism", summary: "the organism")
      #expect(model.identity.contentHash == ContentHash.of(Data(writer.bytes)))
      #expect(
        model.identity.summary == "the organism (F32, sha256 \(model.identity.contentHash))")
      // What is stored in 32 bits is computed with in 32 bits.
      #expect(model.precision == "float32")
    }
  }

  @Test("It is asked and trained over")
  func trained() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gguf-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "organism.gguf")
    try Self.writer().write(to: url)
    let model = try LocalModel(
      ModelFiles(at: url), name: "organism", summary: "the organism", threads: 1)
    let chat: Chat = [ChatMessage(.user, "Do your lines spell a word?")]
    let request = ScoreRequest(chat: chat, texts: ["Yes", "No"])
    let before = try await model.open(nil).logProbabilities(request)
    #expect(before.allSatisfy { $0 < 0 && $0.isFinite })
    let job = TrainingJob(
      name: "test", rows: [.chat(chat + [ChatMessage(.assistant, "Yes")])],
      settings: TrainingSettings(
        rank: 4, alpha: 8, steps: 4, batchRows: 1, learningRate: 5e-3),
      seed: 3, snapshotSteps: [], adapterDirectory: folder.appending(path: "adapter"),
      snapshotDirectory: folder.appending(path: "snapshots"))
    let trainer = try #require(model.trainer)
    for try await _ in trainer.events(of: try await trainer.submit(job)) {}
    let after = try await model.open(.folder(folder.appending(path: "adapter")))
      .logProbabilities(request)
    #expect(after[0] > before[0] + 1)
  }

  @Test("What it holds is described without its weights")
  func inspected() throws {
    try withFolder { folder in
      var writer = try Self.writer()
      writer.set("llama.surprise", .uint32(1))
      let url = folder.appending(path: "organism.gguf")
      try writer.write(to: url)
      let found = try CheckpointInspection(ModelFiles(at: url))
      #expect(found.isSupported && found.problems.isEmpty)
      #expect(found.weights?.types.map(\.type) == ["F32"])
      #expect(found.text.kind == "byte-level BPE (gpt-2)")
      #expect(found.unused.keys.flatMap(\.keys) == ["llama.surprise"])
      // A scale that is no number, in a tensor that is named.
      writer.tensors[0].bytes.replaceSubrange(0..<4, with: [0, 0, 0x80, 0x7F])
      try writer.write(to: url)
      let broken = try CheckpointInspection(ModelFiles(at: url))
      #expect(broken.problems.contains { $0.contains("found inf in the tensor") })
    }
  }
}
