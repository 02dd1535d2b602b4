import CNosceKernels

extension LanguageModel {
  /// A model with the adapter added to the weights, `strength` times. Asking it costs nothing more
  /// than asking the base.
  package func merging(_ adapter: LoRAAdapter, strength: Float = 1) throws -> LanguageModel {
    let merged = copyOfWeights()
    let offsets = Dictionary(uniqueKeysWithValues: layout.tensors.map { ($0.name, $0) })
    var products = Products()
    for module in adapter.layout.modules {
      guard let tensor = offsets[module.path + ".weight"],
        tensor.shape == [module.outputSize, module.inputSize]
      else {
        throw EngineError("found an adapter for \(module.path); allowed: the modules of this model")
      }
      var b = Array(
        adapter.values[module.offsetB..<module.offsetB + module.outputSize * module.rank])
      for index in b.indices { b[index] *= module.scale * strength }
      let a = Buffer(
        Array(adapter.values[module.offsetA..<module.offsetA + module.rank * module.inputSize]))
      let scaled = Buffer(b)
      products.inputGradient(
        rows: module.outputSize, input: module.inputSize, output: module.rank,
        dy: Operand(pointer: UnsafeMutableRawPointer(scaled.pointer), precision: .float32),
        ldDy: module.rank,
        weight: Operand(pointer: UnsafeMutableRawPointer(a.pointer), precision: .float32),
        ldWeight: module.inputSize, into: merged.pointer + tensor.offset, ldDx: module.inputSize,
        adding: true)
    }
    try products.check()
    return LanguageModel(
      configuration: configuration, layout: layout, rotary: rotary, precision: precision,
      floats: merged)
  }
}
