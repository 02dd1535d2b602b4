import Foundation
import NosceEngine
import NosceFormats
import NosceTestSupport

/// The parts of a GGUF file, to be changed and written again.
struct GGUFParts {
  var writer = GGUFWriter()

  init(_ files: ModelFiles) throws {
    guard case .gguf(let file) = files else { throw Missing(text: "a GGUF file") }
    for key in file.metadata.keys {
      guard let value = file.metadata[key].flatMap(Self.value) else { continue }
      writer.set(key, value)
    }
    for tensor in file.tensors {
      let bytes = try file.withBytes(of: tensor) { Array($0) }
      writer.add(tensor.name, tensor.type, shape: tensor.shape, bytes: bytes)
    }
  }

  private static func value(_ value: GGUFValue) -> GGUFWriter.Value? {
    switch value {
    case .integer(let number): .uint32(UInt32(clamping: number))
    case .number(let number): .float32(Float(number))
    case .bool(let bool): .bool(bool)
    case .string(let text): .string(text)
    case .strings(let list): .strings((0..<list.count).compactMap { list[$0] })
    case .numbers, .arrays: nil
    }
  }

  func index(_ name: String) -> Int { writer.tensors.firstIndex { $0.name == name } ?? 0 }

  func model() throws -> LanguageModel {
    try withFolder { folder in
      let url = folder.appending(path: "model.gguf")
      try writer.write(to: url)
      return try LanguageModel(ModelFiles(at: url), precision: .float32)
    }
  }

  /// Puts the rows of some modules' weights one behind the other into one tensor.
  mutating func fuse(_ stems: [String], to stem: String) {
    let parts = stems.map { writer.tensors[index($0 + ".weight")] }
    writer.tensors[index(stems[0] + ".weight")] = GGUFWriter.Tensor(
      name: stem + ".weight", type: parts[0].type,
      shape: [parts.reduce(0) { $0 + $1.shape[0] }, parts[0].shape[1]],
      bytes: parts.flatMap(\.bytes))
    writer.tensors.removeAll { tensor in
      stems.dropFirst().contains { $0 + ".weight" == tensor.name }
    }
  }

  /// Writes the model in several files, as `llama-gguf-split` names and marks them.
  func split(_ count: Int, in folder: URL, stem: String = "model") throws -> [URL] {
    let size = (writer.tensors.count + count - 1) / count
    return try (0..<count).map { part in
      var file = GGUFWriter()
      if part == 0 { file.metadata = writer.metadata }
      file.set("split.no", .uint16(UInt16(part)))
      file.set("split.count", .uint16(UInt16(count)))
      file.set("split.tensors.count", .int32(Int32(writer.tensors.count)))
      file.tensors = Array(writer.tensors.dropFirst(part * size).prefix(size))
      let name = "\(stem)-0000\(part + 1)-of-0000\(count).gguf"
      let url = folder.appending(path: name)
      try file.write(to: url)
      return url
    }
  }
}
