import Foundation
import NosceEngine
import NosceFormats
import NosceTestSupport
import Testing

/// Files that are not what they seem are refused by name.
@Suite("Refused GGUF files")
struct GGUFRefusalTests {
  private static func parts() throws -> GGUFParts { try GGUFParts(GGUFModelTests.files("llama")) }

  /// What is said of a file with these bytes.
  private func refusal(of bytes: [UInt8]) throws -> String {
    try withFolder { folder in
      let url = folder.appending(path: "model.gguf")
      try Data(bytes).write(to: url)
      let error = #expect(throws: CheckpointError.self) {
        _ = try LanguageModel(ModelFiles(at: url), precision: .float32)
      }
      #expect(error?.file == url.path)
      return error?.found ?? ""
    }
  }

  private func refusal(_ change: (inout GGUFParts) -> Void) throws -> String {
    var parts = try Self.parts()
    change(&parts)
    return try refusal(of: parts.writer.bytes)
  }

  @Test("an adapter given as a base")
  func adapter() throws {
    let found = try refusal { $0.writer.set("general.type", .string("adapter")) }
    #expect(found == "general.type = \"adapter\"")
  }

  @Test("other versions and byte orders")
  func versions() throws {
    #expect(try refusal { $0.writer.version = 1 } == "a GGUF file of version 1")
    #expect(try refusal { $0.writer.version = 2 } == "a GGUF file of version 2")
    #expect(try refusal { $0.writer.version = 4 } == "a GGUF file of version 4")
    #expect(try refusal { $0.writer.version = 3 << 24 } == "a big-endian GGUF file")
  }

  @Test("files of other kinds")
  func foreign() throws {
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 98\n"
    #expect(try refusal(of: Array(pointer.utf8)).hasPrefix("a Git LFS pointer"))
    #expect(try refusal(of: [0x50, 0x4B, 3, 4, 0, 0]).contains("a zip archive"))
    #expect(try refusal(of: []) == "no GGUF file")
    #expect(try refusal(of: Array("GGUF".utf8)).hasPrefix("the end of the file"))
  }

  @Test("architectures and parts of them that are not computed")
  func architectures() throws {
    #expect(
      try refusal { $0.writer.set("general.architecture", .string("rwkv7")) }
        == "general.architecture = \"rwkv7\"")
    #expect(
      try refusal { $0.writer.set("llama.expert_count", .uint32(8)) } == "llama.expert_count = 8")
    #expect(
      try refusal { $0.writer.set("llama.rope.scaling.type", .string("su")) }
        == "llama.rope.scaling.type = \"su\"")
    #expect(
      try refusal { $0.writer.remove("llama.block_count") } == "llama.block_count = missing")
    #expect(
      try refusal { $0.writer.set("llama.block_count", .uint32(3)) }.hasPrefix("no tensor blk.2."))
    #expect(
      try refusal { $0.writer.set("llama.block_count", .uint32(1)) }
        .hasPrefix("the tensor blk.1."))
  }

  @Test("a vocabulary that is shorter or longer than the embedding")
  func vocabulary() throws {
    for count in [63, 65] {
      let found = try refusal { parts in
        parts.writer.set("tokenizer.ggml.tokens", .strings((0..<count).map { "t\($0)" }))
      }
      #expect(found == "\(count) tokens in tokenizer.ggml.tokens for an embedding of 64 rows")
    }
  }

  @Test("tensors that overlap, leave holes, repeat or do not fit")
  func tensors() throws {
    #expect(try refusal { $0.writer.tensors[1].offset = 0 }.contains("at byte 0 of the data"))
    #expect(try refusal { $0.writer.tensors[2].offset = 1 << 40 }.contains("of the data"))
    #expect(try refusal { $0.writer.tensors[2].offset = .max }.contains("of the data"))
    #expect(
      try refusal { $0.writer.tensors[1].name = $0.writer.tensors[0].name }.hasSuffix(" twice"))
    let large = try refusal { $0.writer.tensors[0].shape = [1 << 31, 1 << 31, 2, 1] }
    #expect(large.contains("of shape"))
    let wide = try refusal { $0.writer.tensors[0].shape = [1 << 30, 1 << 30] }
    #expect(wide.contains("bytes from byte") || wide.contains("of shape"))
    let negative = try refusal { $0.writer.tensors[0].shape = [-1, 4] }
    #expect(negative.contains("of shape [-1"))
    #expect(try refusal { $0.writer.tensors[0].shape = [1, 1, 1, 1, 1] }.contains("5 dimensions"))
    #expect(try refusal { $0.writer.tensors[0].shape = [] }.contains("0 dimensions"))
    let bytes = try Self.parts().writer.bytes
    #expect(
      try refusal(of: bytes + [UInt8](repeating: 0, count: 64)).contains("behind the last tensor"))
    #expect(try refusal(of: Array(bytes.dropLast(4096))).contains("in a file of"))
    #expect(
      try refusal { $0.writer.add("blk.0.surprise", .f32, shape: [1], bytes: [0, 0, 0, 0]) }
        == "the tensor blk.0.surprise, which the model has no place for")
    #expect(
      try refusal { parts in
        let place = parts.index("output_norm.weight")
        parts.writer.tensors[place].type = .q8_0
        parts.writer.tensors[place].bytes = [UInt8](repeating: 0, count: 34)
      } == "the tensor output_norm.weight, a vector, of type Q8_0")
  }

  @Test("metadata that repeat, nest, lie or do not end")
  func metadata() throws {
    #expect(
      try refusal { $0.writer.metadata.append(("llama.block_count", .uint32(2))) }
        == "the metadata key llama.block_count twice")
    var deep = GGUFWriter.Value.array([.uint8(1)])
    for _ in 0..<1000 { deep = .array([deep], of: 9) }
    var nested = try Self.parts()
    nested.writer.set("deep", deep)
    #expect(try refusal(of: nested.writer.bytes).hasPrefix("lists inside of each"))
    #expect(
      try refusal { $0.writer.set("llama.block_count", .string("2")) }
        == "llama.block_count = \"2\"")
    #expect(
      try refusal { $0.writer.set("general.alignment", .uint32(3)) } == "general.alignment = 3")
    #expect(try refusal { $0.writer.set("text", .text([0xFF, 0xFE])) }.contains("no UTF-8"))
    var bytes = try Self.parts().writer.bytes
    // The count of metadata keys, and of tensors.
    bytes.replaceSubrange(16..<24, with: [255, 255, 255, 255, 255, 255, 255, 127])
    #expect(try refusal(of: bytes).contains("metadata keys in a file"))
    bytes.replaceSubrange(8..<16, with: [0, 0, 0, 0, 0, 0, 0, 128])
    #expect(try refusal(of: bytes).contains("tensors in a file"))
  }

  @Test("scales that are no numbers, by the tensor's name")
  func unfinite() throws {
    var parts = try GGUFParts(GGUFModelTests.files("qwen2-q8_0"))
    let place = parts.index("blk.1.ffn_down.weight")
    #expect(parts.writer.tensors[place].type == .q8_0)
    // Infinity as a half.
    parts.writer.tensors[place].bytes.replaceSubrange(34..<36, with: [0x00, 0x7C])
    let model = try parts.model()
    #expect(model.unfiniteTensors == ["model.layers.1.mlp.down_proj.weight"])
    let error = #expect(throws: EngineError.self) { try model.logProbabilities([3, 4, 5]) }
    #expect("\(error.map { "\($0)" } ?? "")".contains("model.layers.1.mlp.down_proj.weight"))
  }

  @Test("parts of a split model that are missing, foreign, exchanged or renamed")
  func split() throws {
    func refusal(_ change: (URL, [URL]) throws -> URL) throws -> String {
      try withFolder { folder in
        let urls = try Self.parts().split(3, in: folder)
        let url = try change(folder, urls)
        let error = #expect(throws: CheckpointError.self) {
          _ = try LanguageModel(ModelFiles(at: url), precision: .float32)
        }
        return error.map { "\($0)" } ?? ""
      }
    }
    let manager = FileManager.default
    let missing = try refusal { _, urls in
      try manager.removeItem(at: urls[1])
      return urls[2]
    }
    #expect(missing.contains("part 2 of 3"))
    let twice = try refusal { _, urls in
      try manager.removeItem(at: urls[1])
      try manager.copyItem(at: urls[0], to: urls[1])
      return urls[0]
    }
    #expect(twice.contains("split.no = 0; allowed: 1"))
    let foreign = try refusal { folder, urls in
      let other = try GGUFParts(GGUFModelTests.files("qwen3")).split(3, in: folder, stem: "other")
      try manager.removeItem(at: urls[1])
      try manager.copyItem(at: other[1], to: urls[1])
      return urls[0]
    }
    #expect(foreign.contains("split.tensors.count"))
    let renamed = try refusal { folder, urls in
      let place = folder.appending(path: "mine.gguf")
      try manager.moveItem(at: urls[0], to: place)
      return place
    }
    #expect(renamed.contains("under another name"))
  }

  @Test("a file that shrinks while it is mapped")
  func shrinking() throws {
    for keeps in [0.2, 0.9] {
      try withFolder { folder in
        let url = folder.appending(path: "model.gguf")
        var parts = try Self.parts()
        // Long enough that what is cut off is a page of its own.
        parts.writer.add(
          "rope_freqs.weight", .f32, shape: [4], bytes: GGUFWriter.bytes(of: [1, 1, 1, 1]))
        try parts.writer.write(to: url)
        let files = try ModelFiles(at: url)
        let size = try #require(
          FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int)
        #expect(truncate(url.path, off_t(Double(size) * keeps)) == 0)
        let error = #expect(throws: CheckpointError.self) {
          _ = try LanguageModel(files, precision: .float32)
        }
        #expect(error?.found.contains("became shorter") == true, "\(error.map { "\($0)" } ?? "")")
      }
    }
  }
}
