import CNosceKernels
import Foundation
import NosceCore
import NosceFormats

/// Every weight of a model as a 32-bit float, to be trained as a whole or written to a folder.
///
/// Nothing changes after `init`; a trainer works on a copy.
package final class ModelParameters: @unchecked Sendable {
  // The buffer is written in init only.
  package let configuration: ModelConfiguration
  package let layout: ParameterLayout
  /// Every tensor where the layout places it: (`layout.count`)
  let floats: Buffer<Float>

  /// Takes over `floats`, which nobody may write any more.
  init(configuration: ModelConfiguration, layout: ParameterLayout, floats: Buffer<Float>) {
    self.configuration = configuration
    self.layout = layout
    self.floats = floats
  }

  /// Reads a Hugging Face checkpoint folder.
  package convenience init(directory: URL) throws { try self.init(.folder(directory)) }

  /// Reads the weights of a model's files; quantised ones are widened.
  package convenience init(_ files: ModelFiles) throws {
    let reader = try CheckpointReader(files)
    let floats = Buffer<Float>(count: reader.layout.count)
    for tensor in reader.layout.tensors {
      try reader.read(tensor, rows: 0..<tensor.rows, into: floats.pointer + tensor.offset)
    }
    reader.releasePages()
    self.init(configuration: reader.configuration, layout: reader.layout, floats: floats)
  }

  /// New weights: normal ones of the configuration's `initializerRange`, norms of one, biases of
  /// zero, and the two projections that write to the residual stream smaller by the square root of
  /// twice the number of layers.
  package convenience init(configuration: ModelConfiguration, seed: UInt64) {
    let layout = ParameterLayout(configuration)
    let floats = Buffer<Float>(count: layout.count)
    let residual = 1 / Double(2 * configuration.layerCount).squareRoot()
    let writing = Set(
      configuration.layers.flatMap { $0.attention.output.modules + $0.feedForward.output.modules }
        .map { $0.path + ".weight" })
    for tensor in layout.tensors where tensor.isMatrix {
      var generator = SeededGenerator(seed: seed, engineStream: tensor.name)
      let deviation =
        configuration.initializerRange * (writing.contains(tensor.name) ? residual : 1)
      let target = floats.pointer + tensor.offset
      for index in 0..<tensor.count { target[index] = Float(generator.normal() * deviation) }
    }
    for vector in layout.vectors {
      for tensor in layout.tensors[vector.tensors] where tensor.name.hasSuffix(".weight") {
        guard !tensor.isMatrix else { continue }
        (floats.pointer + tensor.offset).update(repeating: 1 - vector.shift, count: tensor.count)
      }
    }
    self.init(configuration: configuration, layout: layout, floats: floats)
  }

  /// The values of one tensor, by its Hugging Face name and in its stored order.
  package func values(of name: String) -> [Float]? {
    layout.tensor(named: name).map { $0.stored(floats.pointer + $0.offset) }
  }

  /// Writes `config.json` and `model.safetensors`, the configuration last.
  package func save(to directory: URL, storage: NamedTensor.ElementType = .float32) throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let tensors = layout.tensors.map { tensor in
      NamedTensor(
        name: tensor.name, shape: tensor.shape,
        values: tensor.stored(floats.pointer + tensor.offset), storage: storage)
    }
    try SafetensorsWriter.write(
      tensors, to: directory.appendingPathComponent("model.safetensors"))
    try configuration.write(
      to: directory, storedType: storage == .bfloat16 ? .bfloat16 : .float32)
  }

  /// The vectors of the layout, with what norms add to the stored numbers.
  func writeVectors(
    from floats: UnsafePointer<Float>, to vectors: UnsafeMutablePointer<Float>
  ) {
    for vector in layout.vectors {
      for tensor in layout.tensors[vector.tensors] {
        let target = vectors + vector.place + tensor.offset - vector.offset
        for index in 0..<tensor.count {
          target[index] = floats[tensor.offset + index] + vector.shift
        }
      }
    }
  }
}
