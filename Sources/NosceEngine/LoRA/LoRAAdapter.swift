import Foundation
import NosceCore

/// A low-rank change of a model: y = x Wᵀ + scale · (x Aᵀ) Bᵀ on chosen linear modules.
package struct LoRAAdapter: Sendable, Equatable {
  package var configuration: AdapterConfiguration
  package let layout: AdapterLayout
  /// All factors, as the layout places them.
  package internal(set) var values: [Float]

  /// A new adapter that changes nothing yet: A uniform in ±1/√in, as PEFT draws it, and B zero.
  package init(
    _ configuration: AdapterConfiguration, model: ModelConfiguration, seed: UInt64
  ) throws(EngineError) {
    self.configuration = configuration
    // PEFT's word for base weights that are stored [in, out].
    self.configuration.fanInFanOut = model.layers[0].attention.input.modules[0].storage == .columns
    layout = try AdapterLayout(configuration, model: model)
    values = [Float](repeating: 0, count: layout.count)
    for module in layout.modules {
      var generator = SeededGenerator(seed: seed, engineStream: module.path)
      let bound = 1 / Double(module.inputSize).squareRoot()
      for index in 0..<module.rank * module.inputSize {
        values[module.offsetA + index] = Float((2 * generator.uniform() - 1) * bound)
      }
    }
  }

  /// Reads a PEFT adapter folder. Every tensor must belong to a module of this model that the
  /// settings name, and every such module must have its tensors.
  package init(directory: URL, model: ModelConfiguration) throws {
    let checkpoint = try AdapterCheckpoint(directory: directory)
    let file = directory.appendingPathComponent("adapter_model.safetensors").path
    do {
      try self.init(checkpoint, model: model)
    } catch {
      throw EngineError("\(file): \(error)")
    }
  }

  package init(_ checkpoint: AdapterCheckpoint, model: ModelConfiguration) throws(EngineError) {
    configuration = checkpoint.configuration
    let layout = try AdapterLayout(configuration, model: model)
    try Self.check(checkpoint, layout)
    self.layout = layout
    values = [Float](repeating: 0, count: layout.count)
    for module in layout.modules {
      guard let factors = checkpoint.modules[module.path] else { continue }
      values.replaceSubrange(module.offsetA..<module.offsetA + factors.a.count, with: factors.a)
      values.replaceSubrange(
        module.offsetB..<module.offsetB + factors.b.count,
        with: module.reordered(factors.b, toStored: false))
    }
  }

  /// Whether the factors are those of the layout, neither more nor less, and finite numbers. The settings may ask for
  /// ranks that no file has, so this comes before any memory is taken for them.
  private static func check(
    _ checkpoint: AdapterCheckpoint, _ layout: AdapterLayout
  ) throws(EngineError) {
    let known = Set(layout.modules.map(\.path))
    for path in checkpoint.modules.keys.sorted() where !known.contains(path) {
      throw EngineError("found an adapter for \(path); allowed: the linear modules of this model")
    }
    for module in layout.modules {
      guard let factors = checkpoint.modules[module.path] else {
        throw EngineError(
          "found no adapter for \(module.path); "
            + "allowed: one for every module that adapter_config.json targets"
        )
      }
      guard factors.rank == module.rank, factors.inputSize == module.inputSize,
        factors.outputSize == module.outputSize
      else {
        throw EngineError(
          "found \(module.path) with rank \(factors.rank), \(factors.inputSize) inputs and "
            + "\(factors.outputSize) outputs; allowed: \(module.rank), \(module.inputSize) and "
            + "\(module.outputSize), as this model has"
        )
      }
      for (name, values) in [("lora_A", factors.a), ("lora_B", factors.b)] {
        let wrong = values.withUnsafeBufferPointer { values in
          values.baseAddress?.firstUnfinite(values.count)
        }
        if let wrong {
          throw EngineError(
            "found \(values[wrong].word) in \(module.path).\(name).weight; allowed: finite numbers")
        }
      }
    }
  }

  package var checkpoint: AdapterCheckpoint {
    AdapterCheckpoint(configuration: configuration, modules: factors(of: values))
  }

  /// Writes the folder in PEFT form; `baseModel` is recorded as the model that it belongs to.
  package func save(to directory: URL, baseModel: String? = nil) throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    var written = checkpoint
    if let baseModel { written.configuration.baseModel = baseModel }
    try written.write(to: directory)
  }

  /// An array in this layout, by module.
  func factors(of array: [Float]) -> [String: AdapterFactors] {
    var result: [String: AdapterFactors] = [:]
    for module in layout.modules {
      let a = module.rank * module.inputSize
      let b = module.rank * module.outputSize
      result[module.path] = AdapterFactors(
        rank: module.rank, inputSize: module.inputSize, outputSize: module.outputSize,
        a: Array(array[module.offsetA..<module.offsetA + a]),
        b: module.reordered(Array(array[module.offsetB..<module.offsetB + b]), toStored: true))
    }
    return result
  }
}
