import Foundation
import NosceCore
import NosceFormats

/// An adapter as llama.cpp takes it: `llama-cli --lora FILE`.
///
/// Keys and names: `llama-adapter.cpp` of llama.cpp. What a GGUF file of the base model does to the
/// rows of a weight is done to the rows of factor B, so that their product changes the same numbers.
extension LoRAAdapter {
  /// Writes the file whole or not at all.
  ///
  /// - Parameter name: what `general.name` says of it.
  package func writeGGUF(to url: URL, name: String, model: ModelConfiguration) throws {
    let document = try ggufDocument(for: url.path, name: name, model: model)
    var output = try AtomicFile(replacing: url)
    try document.write { try output.write($0) }
    try output.commit()
  }

  func ggufDocument(
    for file: String, name: String, model: ModelConfiguration
  ) throws -> GGUFDocument {
    let names = GGUFTensorNames(family: model.family)
    let alpha = commonAlpha
    var tensors: [GGUFDocument.Tensor] = []
    for module in layout.modules {
      guard let stem = names.stem(of: module.path) else {
        throw CheckpointError(
          file: file, found: "an adapter for \(module.path), which has no name in GGUF files",
          allowed: "modules of a layer of the \(model.family.rawValue) family")
      }
      let a = values[module.offsetA..<module.offsetA + module.rank * module.inputSize]
      tensors.append(
        GGUFDocument.Tensor(
          name: "\(stem).weight.lora_a", shape: [module.rank, module.inputSize], values: Array(a)))
      tensors.append(
        GGUFDocument.Tensor(
          name: "\(stem).weight.lora_b", shape: [module.outputSize, module.rank],
          values: try ggufRows(
            of: module, order: GGUFOrder(module.path, in: model),
            factor: effectiveAlpha(of: module.path) / Double(alpha), file: file)))
    }
    return try GGUFDocument(
      for: file,
      metadata: [
        ("general.architecture", .string(names.architecture)), ("general.type", .string("adapter")),
        ("general.name", .string(name)), ("adapter.type", .string("lora")),
        ("adapter.lora.alpha", .float(alpha)),
      ], tensors: tensors)
  }

  /// Factor B of a module in the order of rows that its weight has in a GGUF file.
  private func ggufRows(
    of module: AdapterLayout.Module, order: GGUFOrder, factor: Double, file: String
  ) throws -> [Float] {
    let rank = module.rank
    // Within the rounding of alpha itself the factors stay as they are.
    let isOne = abs(factor - 1) < Double(Float.ulpOfOne)
    var result = [Float](repeating: 0, count: module.outputSize * rank)
    for row in 0..<module.outputSize {
      let stored = order.storedRow(row) * rank
      for column in 0..<rank {
        let value = values[module.offsetB + row * rank + column]
        result[stored + column] = isOne ? value : Float(Double(value) * factor)
      }
    }
    guard result.allSatisfy(\.isFinite) else {
      throw CheckpointError(
        file: file, found: "\(module.path), whose scale of \(module.scale) takes it beyond F32",
        allowed: "factors that stay finite under the file's one alpha")
    }
    return result
  }

  /// The alpha that means the module's scale where it is divided by the rank, as llama.cpp does.
  private func effectiveAlpha(of path: String) -> Double {
    configuration.scaling(for: path) * Double(configuration.rank(for: path))
  }

  /// The file has one alpha for all modules: that of the first. What others have beside it goes into
  /// their factor B.
  ///
  /// llama.cpp takes a zero for no alpha at all, which is a scale of 1.
  private var commonAlpha: Float {
    layout.modules.lazy.map { Float(effectiveAlpha(of: $0.path)) }.first(where: \.isNormal) ?? 1
  }
}
