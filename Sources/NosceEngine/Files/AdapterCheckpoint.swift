import Foundation
import NosceCore
import NosceFormats

/// The two factors of one module's adapter: the update is scaling · B · A.
package struct AdapterFactors: Sendable, Equatable {
  package let rank: Int
  package let inputSize: Int
  package let outputSize: Int
  /// [rank, in]
  package var a: [Float]
  /// [out, rank]
  package var b: [Float]

  package init(rank: Int, inputSize: Int, outputSize: Int, a: [Float], b: [Float]) {
    precondition(a.count == rank * inputSize && b.count == outputSize * rank)
    self.rank = rank
    self.inputSize = inputSize
    self.outputSize = outputSize
    self.a = a
    self.b = b
  }
}

/// A LoRA adapter in PEFT form: `adapter_config.json` and `adapter_model.safetensors`.
package struct AdapterCheckpoint: Sendable, Equatable {
  package var configuration: AdapterConfiguration
  /// By module path, e.g. `model.layers.0.self_attn.q_proj`.
  package var modules: [String: AdapterFactors]

  package init(configuration: AdapterConfiguration, modules: [String: AdapterFactors]) {
    self.configuration = configuration
    self.modules = modules
  }

  private static let prefix = "base_model.model."
  private static let suffixA = ".lora_A.weight"
  private static let suffixB = ".lora_B.weight"
  /// Expressions are tried on names, at a cost that grows with both lengths.
  private static let longestName = 1024

  /// Reads both files; a tensor that is no factor of a named module is an error.
  ///
  /// Whether each module exists in the base model is for the caller to check.
  package init(directory: URL) throws(CheckpointError) {
    let configuration = try AdapterConfiguration(
      contentsOf: directory.appendingPathComponent("adapter_config.json"))
    let url = directory.appendingPathComponent("adapter_model.safetensors")
    let file = try SafetensorsFile(contentsOf: url)
    var paths: [String] = []
    for name in file.names {
      guard name.utf8.count <= Self.longestName else {
        throw CheckpointError(
          file: url.path, found: "a tensor name of \(name.utf8.count) bytes",
          allowed: "at most \(Self.longestName)")
      }
      guard name.hasPrefix(Self.prefix) else { throw Self.unknown(name, url) }
      if name.hasSuffix(Self.suffixA) {
        paths.append(String(name.dropFirst(Self.prefix.count).dropLast(Self.suffixA.count)))
      } else if name.hasSuffix(Self.suffixB) {
        let stem = name.dropLast(Self.suffixB.count)
        guard file.contains(stem + Self.suffixA) else {
          throw CheckpointError(
            file: url.path, found: "\(name) without its A factor", allowed: "both factors")
        }
      } else {
        throw Self.unknown(name, url)
      }
    }
    guard !paths.isEmpty else {
      throw CheckpointError(file: url.path, found: "no tensors", allowed: "at least one adapter")
    }
    var modules: [String: AdapterFactors] = [:]
    for path in paths {
      modules[path] = try Self.factors(path, configuration, file)
    }
    self.configuration = configuration
    self.modules = modules
  }

  private static func unknown(_ name: String, _ url: URL) -> CheckpointError {
    let kind = name.contains("lora_embedding_") ? "an adapter on an embedding, " : ""
    return CheckpointError(
      file: url.path, found: "tensor \(kind)\(name)",
      allowed: "\(prefix)MODULE\(suffixA) and \(prefix)MODULE\(suffixB)")
  }

  private static func factors(
    _ path: String, _ configuration: AdapterConfiguration, _ file: SafetensorsFile
  ) throws(CheckpointError) -> AdapterFactors {
    func failure(_ found: String, _ allowed: String) -> CheckpointError {
      CheckpointError(file: file.url.path, found: found, allowed: allowed)
    }
    guard configuration.matches(modulePath: path) else {
      throw failure("an adapter for \(path)", "the modules that adapter_config.json targets")
    }
    let nameA = prefix + path + suffixA
    let nameB = prefix + path + suffixB
    let shapeA = try file.shape(of: nameA)
    let shapeB = try file.shape(of: nameB)
    let rank = configuration.rank(for: path)
    guard shapeA.count == 2, shapeB.count == 2, shapeA[0] == rank, shapeB[1] == rank else {
      throw failure(
        "\(path) with factors of shape A \(shapeA), B \(shapeB)",
        "A [\(rank), in] and B [out, \(rank)], as adapter_config.json says")
    }
    return AdapterFactors(
      rank: rank, inputSize: shapeA[1], outputSize: shapeB[0],
      a: try file.floats(nameA), b: try file.floats(nameB))
  }

  /// Writes both files into a folder, the configuration last: a folder that has it is complete.
  package func write(to directory: URL) throws {
    var tensors: [NamedTensor] = []
    for (path, factors) in modules {
      tensors.append(
        NamedTensor(
          name: Self.prefix + path + Self.suffixA, shape: [factors.rank, factors.inputSize],
          values: factors.a))
      tensors.append(
        NamedTensor(
          name: Self.prefix + path + Self.suffixB, shape: [factors.outputSize, factors.rank],
          values: factors.b))
    }
    try SafetensorsWriter.write(
      tensors, to: directory.appendingPathComponent("adapter_model.safetensors"))
    try Storage.write(
      configuration.json.text() + "\n",
      to: directory.appendingPathComponent("adapter_config.json"))
  }
}
