import Foundation
import NosceEngine
import NosceFormats
import NosceTemplates
import NosceTokenizer

/// One input of libFuzzer: its first byte says which reader the rest is for.
///
/// A reader either makes something of the bytes, which is then used, or refuses them with an error
/// of its own; anything else ends the process, which is what the fuzzer looks for.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let first = bytes.first else { return 0 }
  do {
    try FuzzReader.allCases[Int(first) % FuzzReader.allCases.count].read(bytes.dropFirst())
  } catch {
    let isOwn =
      error is CheckpointError || error is TokenizerError || error is TemplateError
      || error is JSONError
    precondition(isOwn, "an error of a foreign kind: \(error)")
  }
  return 0
}

enum FuzzReader: CaseIterable {
  case weights, settings, tokenizer, template, adapter, gguf

  /// Readers of files are given a file, in memory where the system has such a place.
  private static let folder: URL = {
    let memory = URL(fileURLWithPath: "/dev/shm", isDirectory: true)
    let parent =
      FileManager.default.isWritableFile(atPath: memory.path)
      ? memory : FileManager.default.temporaryDirectory
    let folder = parent.appendingPathComponent(
      "nosce-fuzz-\(ProcessInfo.processInfo.processIdentifier)", isDirectory: true)
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(at: FuzzReader.folder) }
    return folder
  }()

  private func file(_ bytes: ArraySlice<UInt8>) -> URL {
    let url = Self.folder.appendingPathComponent("\(self).json")
    let isWritten = FileManager.default.createFile(atPath: url.path, contents: Data(bytes))
    precondition(isWritten, "no place for \(url.path)")
    return url
  }

  func read(_ bytes: ArraySlice<UInt8>) throws {
    switch self {
    case .weights:
      let weights = try SafetensorsFile(contentsOf: file(bytes))
      for name in weights.names {
        guard try weights.dtype(of: name).isReadable else { continue }
        let count = try weights.shape(of: name).reduce(1, *)
        let values = try weights.floats(name)
        precondition(values.count == count)
      }
    case .settings:
      let model = try ModelConfiguration(contentsOf: file(bytes))
      for rotary in model.rotaries {
        for length in [1, model.maximumPositions, model.longestSequence] {
          let found = rotary.frequencies(rotary.regime(length: length))
          precondition(found.count == rotary.channels / 2)
        }
      }
    case .tokenizer:
      let tokenizer = try Tokenizer(json: try JSON(parsing: bytes), file: "tokenizer.json")
      let ids = tokenizer.encode("It's  2 harbours,\n\u{E9}\u{1F600}<|x|> ", addSpecialTokens: true)
      _ = tokenizer.decode(ids)
      _ = tokenizer.decode([0, 1, 2, .max], skipSpecialTokens: true)
    case .template:
      let template = try ChatTemplate(
        source: String(decoding: bytes, as: UTF8.self), name: "template")
      let messages = [("system", "Be brief."), ("user", "Who?"), ("assistant", " I. ")].map {
        JSON.object([("role", .string($0.0)), ("content", .string($0.1))])
      }
      _ = try template.render(
        messages: messages, addsGenerationPrompt: true,
        variables: [("bos_token", .string("<s>")), ("eos_token", .string("</s>"))])
    case .gguf:
      let files = try GGUFFile(contentsOf: file(bytes))
      for tensor in files.tensors where GGUFBlocks.readable.contains(tensor.type) {
        let numbers = try GGUFBlocks.floats(of: tensor, in: files)
        precondition(numbers.count == tensor.count)
      }
      // Each of the two reads a part of the same metadata, and may refuse what the other takes.
      if let tokenizer = try? Tokenizer(files.metadata) {
        _ = tokenizer.decode(tokenizer.encode("It's  2 harbours,\n\u{E9} ", addSpecialTokens: true))
      }
      try ModelConfiguration.checkWeights(of: .gguf(files))
    case .adapter:
      let adapter = try AdapterConfiguration(contentsOf: file(bytes))
      for path in [
        "model.layers.0.self_attn.q_proj", "model.layers.11.mlp.down_proj", "lm_head",
        "transformer.h.1.attn.c_attn",
      ] where adapter.matches(modulePath: path) {
        precondition(adapter.rank(for: path) > 0)
        _ = adapter.scaling(for: path)
      }
    }
  }
}
