import Foundation
import NosceEngine
import NosceFormats
import NosceTestSupport
import Testing

@Suite("Checkpoint folders")
struct CheckpointFolderTests {
  /// What loading a model does before it allocates anything.
  private func open(_ path: String) throws -> ModelParameters {
    try ModelParameters(directory: CheckpointFixtures.url(path))
  }

  static let faults: [(folder: String, words: String)] = [
    ("config-heads-not-divisible", "num_attention_heads = 3"),
    ("config-quantized", "gptq"),
    ("config-unknown-activation", "swoosh"),
    ("config-unknown-model-type", "mamba9"),
    ("data-too-long", "16 bytes after"),
    ("header-length-huge", "header of"),
    ("header-not-json", "no JSON"),
    ("index-path-traversal", "../outside.safetensors"),
    ("integer-weights", "type I"),
    ("no-weights-file", "no weights"),
    ("offsets-reversed", "data_offsets"),
    ("seven-bytes", "7 bytes"),
    ("shape-negative", "size -"),
    ("shard-missing", "no such file"),
    ("size-does-not-fit-shape", "bytes"),
    ("wrong-shape-for-config", "of shape"),
  ]

  @Test("each malformed checkpoint is an error that names its fault", arguments: faults)
  func mustFail(folder: String, words: String) {
    let error = #expect(throws: CheckpointError.self) { try open("models-must-fail/\(folder)") }
    let text = error?.description ?? ""
    #expect(text.contains(words) && text.contains(folder), "\(text)")
  }

  @Test("every malformed checkpoint of the fixtures is tested")
  func allFaults() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: CheckpointFixtures.url("models-must-fail").path)
    #expect(
      Set(folders.filter { !$0.hasSuffix(".safetensors") }) == Set(Self.faults.map(\.folder)))
  }

  @Test(
    "unusual but legal checkpoints load, with the same weights",
    arguments: [
      "data-in-other-order", "header-padded-with-spaces", "rotary-buffers-present",
    ])
  func oddButLegal(folder: String) throws {
    let plain = try open("models-odd-but-legal/old-config-keys")
    let odd = try open("models-odd-but-legal/\(folder)")
    #expect(odd.configuration.layers == plain.configuration.layers)
    for tensor in plain.layout.tensors {
      #expect(odd.values(of: tensor.name) == plain.values(of: tensor.name))
    }
  }

  @Test("a sharded checkpoint reads like a single file; a wrong index is refused")
  func shards() throws {
    let source = CheckpointFixtures.url("models-odd-but-legal/old-config-keys")
    let single = try CheckpointWeights(directory: source)
    let tensors = try single.names.map {
      NamedTensor(name: $0, shape: try single.shape(of: $0), values: try single.floats($0))
    }
    try withFolder { folder in
      let files = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
      let parts = [Array(tensors.prefix(5)), Array(tensors.dropFirst(5))]
      var entries: [String] = []
      for (file, part) in zip(files, parts) {
        try SafetensorsWriter.write(part, to: folder.appendingPathComponent(file))
        entries += part.map { "\"\($0.name)\": \"\(file)\"" }
      }
      func writeIndex(_ entries: [String]) throws {
        let text = "{\"weight_map\": {\(entries.joined(separator: ","))}}"
        try text.write(
          to: folder.appendingPathComponent("model.safetensors.index.json"), atomically: true,
          encoding: .utf8)
      }
      try writeIndex(entries)
      let sharded = try CheckpointWeights(directory: folder)
      #expect(Set(sharded.names) == Set(single.names))
      for name in single.names {
        #expect(try sharded.floats(name) == single.floats(name))
      }
      try FileManager.default.copyItem(
        at: source.appendingPathComponent("config.json"),
        to: folder.appendingPathComponent("config.json"))
      let parameters = try ModelParameters(directory: folder)
      let whole = try ModelParameters(directory: source)
      for tensor in whole.layout.tensors {
        #expect(parameters.values(of: tensor.name) == whole.values(of: tensor.name))
      }

      for wrong in [
        "\"ghost\": \"\(files[0])\"", "\"ghost\": \"/etc/passwd\"", "\"ghost\": 1",
        "\"ghost\": \"sub/model.safetensors\"", "\"ghost\": \"..\"",
      ] {
        try writeIndex(entries + [wrong])
        #expect(throws: CheckpointError.self, "\(wrong)") {
          try CheckpointWeights(directory: folder)
        }
      }
      try writeIndex([])
      #expect(throws: CheckpointError.self) { try CheckpointWeights(directory: folder) }
      try writeIndex(entries)
      try SafetensorsWriter.write(tensors, to: folder.appendingPathComponent(files[1]))
      #expect(throws: CheckpointError.self, "a tensor in two files") {
        try CheckpointWeights(directory: folder)
      }
    }
  }
}
