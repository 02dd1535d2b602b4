import Foundation
import NosceCore
import NosceEngine
import NosceFormats
import NosceTestSupport
import Testing

@Suite("Adapters as GGUF files")
struct AdapterGGUFTests {
  /// A file that was written, with its numbers.
  private struct Written {
    var metadata: GGUFMetadata
    var alpha: Double
    var shapes: [String: [Int]] = [:]
    var bytes: [String: Data] = [:]

    init(_ adapter: LoRAAdapter, model: ModelConfiguration) throws {
      let folder = try makeFolder()
      defer { try? FileManager.default.removeItem(at: folder) }
      let url = folder.appending(path: "adapter.gguf")
      try adapter.writeGGUF(to: url, name: "made", model: model)
      let file = try GGUFFile(contentsOf: url)
      metadata = file.metadata
      alpha = try #require(try file.metadata.number("adapter.lora.alpha"))
      for tensor in file.tensors {
        #expect(tensor.type == .f32)
        shapes[tensor.name] = tensor.shape
        bytes[tensor.name] = try file.withBytes(of: tensor) { Data($0) }
      }
    }

    func floats(_ name: String) throws -> [Float] {
      let data = try #require(bytes[name], "no tensor \(name)")
      return data.withUnsafeBytes { raw in
        stride(from: 0, to: raw.count, by: 4).map {
          Float(bitPattern: raw.loadUnaligned(fromByteOffset: $0, as: UInt32.self).littleEndian)
        }
      }
    }

    /// What the module adds to its weight, as llama.cpp reckons it: alpha over the rank, or 1 where
    /// alpha is 0, times B · A.
    func update(_ stem: String) throws -> [Double] {
      let a = try #require(shapes["\(stem).weight.lora_a"])
      let b = try #require(shapes["\(stem).weight.lora_b"])
      try #require(a.count == 2 && b.count == 2 && a[0] == b[1])
      return product(
        try floats("\(stem).weight.lora_b"), try floats("\(stem).weight.lora_a"), rank: a[0],
        scale: alpha == 0 ? 1 : alpha / Double(a[0]))
    }
  }

  private static func open(_ path: String) throws -> (LoRAAdapter, ModelConfiguration, URL) {
    let golden = try Golden(path)
    let model = try ModelConfiguration(contentsOf: try golden.baseDirectory())
    return (try LoRAAdapter(directory: golden.directory, model: model), model, golden.directory)
  }

  @Test("The numbers are those of llama.cpp's own converter, to the last bit")
  func converted() throws {
    let data = try Data(
      contentsOf: try Golden.fixtures.appending(path: "gguf-lora/converted.json"))
    let golden = try #require(JSONSerialization.jsonObject(with: data) as? [String: [String: Any]])
    #expect(golden.count == 16)
    for (name, expected) in golden {
      let folder = name == "llama-qv-r4" ? "lora" : "families/lora"
      let (adapter, model, _) = try Self.open("\(folder)/\(name)")
      let written = try Written(adapter, model: model)
      #expect(try written.metadata.architecture() == expected["architecture"] as? String)
      #expect(written.alpha == double(expected["alpha"]))
      let tensors = try #require(expected["tensors"] as? [String: [Any]])
      #expect(written.shapes.keys.sorted() == tensors.keys.sorted(), "\(name)")
      for (tensor, said) in tensors {
        #expect(written.shapes[tensor] == said[0] as? [Int], "\(name): \(tensor)")
        let hash = ContentHash.of(try #require(written.bytes[tensor]))
        #expect(String(hash.prefix(32)) == said[1] as? String, "\(name): \(tensor)")
      }
    }
  }

  @Test(
    "What it adds to a weight is what the adapter adds, in the order of the weight's rows",
    arguments: Golden.adapters)
  func updates(_ path: String) throws {
    let (adapter, model, directory) = try Self.open(path)
    let written = try Written(adapter, model: model)
    let checkpoint = try AdapterCheckpoint(directory: directory)
    let names = GGUFTensorNames(family: model.family)
    #expect(written.shapes.count == 2 * checkpoint.modules.count)
    #expect(try written.metadata.string("general.type") == "adapter")
    #expect(try written.metadata.string("adapter.type") == "lora")
    for (module, factors) in checkpoint.modules {
      let plain = product(
        factors.b, factors.a, rank: factors.rank,
        scale: checkpoint.configuration.scaling(for: module))
      let order = Self.rows(of: module, count: factors.outputSize, in: model)
      let expected = order.flatMap { row in
        plain[row * factors.inputSize..<(row + 1) * factors.inputSize]
      }
      let found = try written.update(try #require(names.stem(of: module)))
      try #require(found.count == expected.count)
      // Alpha and, where scales differ, the factors are rounded once to 24 bits each.
      let largest = expected.map(abs).max() ?? 0
      #expect(largest > 0)
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 4e-7 * largest }, "\(module)")
    }
  }

  /// The rows of a Hugging Face weight in the order in which a GGUF file has them: queries and keys
  /// of llama [heads, 2, half] become [heads, half, 2], and GPT-NeoX's [heads, 3, size] becomes
  /// [3, heads, size].
  private static func rows(
    of module: String, count: Int, in model: ModelConfiguration
  ) -> [Int] {
    let size = model.headDimension
    var rows: [Int] = []
    switch (model.family, module.split(separator: ".").last) {
    case (.llama, "q_proj"), (.llama, "k_proj"), (.mistral, "q_proj"), (.mistral, "k_proj"),
      (.smollm3, "q_proj"), (.smollm3, "k_proj"):
      for head in 0..<count / size {
        for pair in 0..<size / 2 {
          rows += [head * size + pair, head * size + size / 2 + pair]
        }
      }
    case (.gptNeoX, "query_key_value"):
      for kind in 0..<3 {
        for head in 0..<model.headCount {
          let first = (head * 3 + kind) * size
          rows += first..<first + size
        }
      }
    default: rows += 0..<count
    }
    return rows
  }

  private static func made(
    _ configuration: AdapterConfiguration
  ) throws -> (LoRAAdapter, ModelConfiguration) {
    let model = try ModelConfiguration(
      contentsOf: try Golden.fixtures.appending(path: "models/llama"))
    var checkpoint = try LoRAAdapter(configuration, model: model, seed: 1).checkpoint
    for path in checkpoint.modules.keys {
      for index in checkpoint.modules[path]?.b.indices ?? 0..<0 {
        checkpoint.modules[path]?.b[index] = Float(index % 13) / 8 - 0.8
      }
    }
    return (try LoRAAdapter(checkpoint, model: model), model)
  }

  @Test("One scale for all modules leaves the factors as they are, whatever makes it")
  func oneScale() throws {
    var configuration = AdapterConfiguration(rank: 3, alpha: 7, targets: .names(["v_proj"]))
    let (plain, model) = try Self.made(configuration)
    configuration.rankStabilised = true
    let (stabilised, _) = try Self.made(configuration)
    let (one, other) = (
      try Written(plain, model: model), try Written(stabilised, model: model)
    )
    #expect(one.alpha == 7)
    #expect(abs(other.alpha - 7 * 3.0.squareRoot()) < 1e-6)
    #expect(one.bytes == other.bytes)
    #expect(
      try one.floats("blk.0.attn_v.weight.lora_b")
        == plain.checkpoint.modules[
          "model.layers.0.self_attn.v_proj"]?.b)
  }

  @Test(
    "A scale of 0 or next to it stays so, though llama.cpp takes an alpha of 0 for a scale of 1",
    arguments: [0, 1e-60])
  func noScale(alpha: Double) throws {
    var configuration = AdapterConfiguration(
      rank: 2, alpha: alpha, targets: .names(["v_proj", "o_proj"]))
    let (silent, model) = try Self.made(configuration)
    let none = try Written(silent, model: model)
    #expect(none.alpha != 0)
    #expect(try none.update("blk.1.attn_v").allSatisfy { abs($0) < 1e-30 })
    // One module has a scale: the file's alpha is that one's.
    configuration.alphaPattern = [ModuleSetting(pattern: "1.self_attn.o_proj", value: 5)]
    let (adapter, _) = try Self.made(configuration)
    let some = try Written(adapter, model: model)
    #expect(some.alpha == 5)
    #expect(try some.update("blk.1.attn_v").allSatisfy { abs($0) < 1e-30 })
    #expect(try some.update("blk.0.attn_output").allSatisfy { abs($0) < 1e-30 })
    #expect(try some.update("blk.1.attn_output").contains { $0 != 0 })
  }

  @Test("Factors that the one alpha takes beyond F32 are refused with the module's name")
  func tooLarge() throws {
    var configuration = AdapterConfiguration(
      rank: 2, alpha: 1e-30, targets: .names(["v_proj"]))
    configuration.alphaPattern = [ModuleSetting(pattern: "1.self_attn.v_proj", value: 1e30)]
    let (adapter, model) = try Self.made(configuration)
    let folder = try makeFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "adapter.gguf")
    let error = #expect(throws: CheckpointError.self) {
      try adapter.writeGGUF(to: url, name: "made", model: model)
    }
    #expect(error?.file == url.path)
    #expect(error?.found.contains("model.layers.1.self_attn.v_proj") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}

/// scale · B · A, with B [out, rank] and A [rank, in].
private func product(_ b: [Float], _ a: [Float], rank: Int, scale: Double) -> [Double] {
  let inputs = a.count / rank
  let outputs = b.count / rank
  var result = [Double](repeating: 0, count: outputs * inputs)
  for row in 0..<outputs {
    for column in 0..<inputs {
      var sum = 0.0
      for index in 0..<rank {
        sum += Double(b[row * rank + index]) * Double(a[index * inputs + column])
      }
      result[row * inputs + column] = scale * sum
    }
  }
  return result
}
