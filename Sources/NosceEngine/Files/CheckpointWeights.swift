import Foundation
import NosceFormats

/// The weights of a checkpoint folder, whether they lie in one file or in several.
///
/// `model.safetensors` is taken if it exists, else the shards that `model.safetensors.index.json`
/// names. The index may only name files in the folder itself.
package struct CheckpointWeights: Sendable {
  package let directory: URL
  package let files: [SafetensorsFile]
  /// All tensors, file by file.
  package let names: [String]
  private let fileOfTensor: [String: Int]

  package init(directory: URL) throws(CheckpointError) {
    let single = directory.appendingPathComponent("model.safetensors")
    let index = directory.appendingPathComponent("model.safetensors.index.json")
    let manager = FileManager.default
    var expected: [(tensor: String, file: String)] = []
    var files: [SafetensorsFile] = []
    if manager.fileExists(atPath: single.path) {
      files = [try SafetensorsFile(contentsOf: single)]
    } else if manager.fileExists(atPath: index.path) {
      expected = try Self.weightMap(index)
      for name in Set(expected.map(\.file)).sorted() {
        files.append(try SafetensorsFile(contentsOf: directory.appendingPathComponent(name)))
      }
    } else {
      throw CheckpointError(
        file: directory.path, found: Self.otherWeights(in: directory),
        allowed: "a folder with model.safetensors or model.safetensors.index.json")
    }

    var fileOfTensor: [String: Int] = [:]
    for (number, file) in files.enumerated() {
      for name in file.names {
        if let other = fileOfTensor.updateValue(number, forKey: name) {
          throw CheckpointError(
            file: file.url.path,
            found: "tensor \(name), which \(files[other].url.lastPathComponent) also holds",
            allowed: "each tensor in one file")
        }
      }
    }
    for (tensor, file) in expected {
      guard let number = fileOfTensor[tensor], files[number].url.lastPathComponent == file else {
        throw CheckpointError(
          file: index.path, found: "tensor \(tensor) said to be in \(file), which lacks it",
          allowed: "the tensors that the files hold")
      }
    }
    self.directory = directory
    self.files = files
    self.names = files.flatMap(\.names)
    self.fileOfTensor = fileOfTensor
  }

  private static func weightMap(
    _ index: URL
  ) throws(CheckpointError) -> [(tensor: String, file: String)] {
    let reader = try SettingsReader(contentsOf: index)
    guard let map = reader["weight_map"]?.object, !map.members.isEmpty else {
      throw CheckpointError(
        file: index.path, found: "no weight_map", allowed: "weight_map: {tensor: file}")
    }
    var result: [(tensor: String, file: String)] = []
    for (tensor, value) in map.members {
      guard let file = value.string, file.hasSuffix(".safetensors"),
        !file.contains(where: { $0 == "/" || $0 == "\\" || $0 == "\0" })
      else {
        throw CheckpointError(
          file: index.path, found: "tensor \(tensor) in \(value.text(indent: 0))",
          allowed: "the name of a .safetensors file in the same folder")
      }
      result.append((tensor, file))
    }
    return result
  }

  private static func otherWeights(in directory: URL) -> String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    let other = names.filter {
      $0.hasSuffix(".bin") || $0.hasSuffix(".gguf") || $0.hasSuffix(".pt")
    }
    return other.isEmpty ? "no weights" : "only \(other.sorted().joined(separator: ", "))"
  }

  package func contains(_ name: String) -> Bool { fileOfTensor[name] != nil }

  private func file(holding name: String) throws(CheckpointError) -> SafetensorsFile {
    guard let number = fileOfTensor[name] else {
      throw CheckpointError(
        file: directory.path, found: "no tensor \(name)",
        allowed: "a checkpoint with every tensor of its model (this one has \(names.count))")
    }
    return files[number]
  }

  package func shape(of name: String) throws(CheckpointError) -> [Int] {
    try file(holding: name).shape(of: name)
  }

  package func dtype(of name: String) throws(CheckpointError) -> TensorType {
    try file(holding: name).dtype(of: name)
  }

  /// Refuses a tensor that is missing, of another shape, or not of a float type.
  package func require(_ name: String, shape: [Int]) throws(CheckpointError) {
    let file = try file(holding: name)
    let record = try file.record(of: name)
    guard record.shape == shape else {
      throw CheckpointError(
        file: file.url.path, found: "tensor \(name) of shape \(record.shape)",
        allowed: "shape \(shape), which config.json asks for")
    }
    guard record.type.isReadable else {
      throw CheckpointError(
        file: file.url.path, found: "tensor \(name) of type \(record.type.rawValue)",
        allowed: "weights of type F32, F16 or BF16")
    }
  }

  package func floats(_ name: String) throws(CheckpointError) -> [Float] {
    try file(holding: name).floats(name)
  }

  /// The values of a tensor that must have this shape.
  package func floats(_ name: String, shape: [Int]) throws(CheckpointError) -> [Float] {
    try require(name, shape: shape)
    return try floats(name)
  }

  /// Lends a tensor's bytes as stored to `body`.
  package func withBytes<Result>(
    of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    try file(holding: name).withBytes(of: name, body)
  }

  /// Whether two tensors are stored alike.
  func hasSameBytes(_ one: String, _ other: String) throws -> Bool {
    guard try dtype(of: one) == dtype(of: other), try shape(of: one) == shape(of: other) else {
      return false
    }
    return try withBytes(of: one) { first in
      try withBytes(of: other) { second in
        guard let a = first.baseAddress, let b = second.baseAddress else { return true }
        return memcmp(a, b, first.count) == 0
      }
    }
  }

  /// The first number of a tensor that is infinite or none, in words that name file and tensor; nil
  /// where all are finite, or of a type that is not read.
  package func unfinite(_ name: String) throws -> String? {
    let file = try file(holding: name)
    let type = try file.dtype(of: name)
    guard type.isReadable else { return nil }
    defer { file.releasePages(of: name) }
    return try file.withBytes(of: name) { bytes in
      guard let place = type.firstUnfinite(bytes), let start = bytes.baseAddress else { return nil }
      var value: Float = 0
      type.widen(start + place * type.byteWidth, 1, into: &value)
      return "\(file.url.path): found \(value.word) in the tensor \(name), number \(place + 1) of "
        + "\(bytes.count / type.byteWidth); allowed: finite numbers"
    }
  }

  /// Lets the system take back the memory of one tensor that was read.
  func releasePages(of name: String) {
    guard let number = fileOfTensor[name] else { return }
    files[number].releasePages(of: name)
  }

  /// Lets the system take back the memory of what was read.
  package func releasePages() {
    for file in files { file.releasePages() }
  }
}
