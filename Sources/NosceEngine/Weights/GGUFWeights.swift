import Foundation
import NosceFormats

/// The weights of a GGUF file, by the names and in the order that the engine has.
struct GGUFWeights {
  private let file: GGUFFile
  private let places: [String: Place]

  /// Where a tensor of the model lies.
  private struct Place {
    var tensor: GGUFTensor
    /// The first of its rows, where the file keeps several modules in one tensor.
    var first = 0
    var order: GGUFOrder
    /// What is added to the stored numbers: converters store norms that multiply by 1 + w as 1 + w.
    var shift: Float = 0
  }

  init(
    _ file: GGUFFile, _ configuration: ModelConfiguration, _ layout: ParameterLayout
  ) throws(CheckpointError) {
    self.file = file
    let names = GGUFTensorNames(family: configuration.family)
    let fused = FusedModules(file, names, configuration)
    let fromOne = configuration.normsFromOne
    var places: [String: Place] = [:]
    var used: Set<String> = []
    for tensor in layout.tensors {
      let (path, suffix) = Self.parts(of: tensor.name)
      var name = (names.stem(of: path) ?? path) + suffix
      var first = 0
      if file.tensor(name) == nil, let (whole, row) = fused.place(of: path, suffix: suffix) {
        (name, first) = (whole, row)
      }
      guard let stored = file.tensor(name) else {
        throw CheckpointError(
          file: file.url.path, found: "no tensor \(name)",
          allowed: "a whole model (this file has \(file.tensors.count) tensors)")
      }
      try GGUFBlocks.require(stored, in: file)
      let wanted = tensor.isMatrix ? [tensor.rows, tensor.columns] : tensor.shape
      let shape = fused.shape(of: name, suffix: suffix) ?? wanted
      guard stored.shape == shape else {
        throw CheckpointError(
          file: file.files[stored.part].url.path,
          found: "the tensor \(name) of shape \(stored.shape)",
          allowed: "shape \(shape), which the metadata ask for")
      }
      // Rows of a matrix are whole blocks; single numbers are read one by one.
      guard tensor.isMatrix || stored.type.block.numbers == 1 else {
        throw CheckpointError(
          file: file.files[stored.part].url.path,
          found: "the tensor \(name), a vector, of type \(stored.type.name)",
          allowed: "F32, F16 or BF16 in vectors")
      }
      used.insert(name)
      places[tensor.name] = Place(
        tensor: stored, first: first, order: GGUFOrder(path, in: configuration),
        shift: fromOne.contains(path) ? -1 : 0)
    }
    for tensor in file.tensors where !used.contains(tensor.name) {
      guard Self.elsewhere.contains(tensor.name) else {
        throw CheckpointError(
          file: file.files[tensor.part].url.path,
          found: "the tensor \(tensor.name), which the model has no place for",
          allowed: "the tensors of a \(names.architecture) model")
      }
    }
    self.places = places
  }

  /// Read with the settings.
  private static let elsewhere: Set<String> = [
    "rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight",
  ]

  private static func parts(of name: String) -> (path: String, suffix: String) {
    let suffix = name.hasSuffix(".bias") ? ".bias" : ".weight"
    return (String(name.dropLast(suffix.count)), suffix)
  }

  /// Reads some rows of a tensor in the engine's order, widened to floats.
  func read(
    _ tensor: ParameterLayout.Tensor, rows: Range<Int>, into target: UnsafeMutablePointer<Float>
  ) throws {
    guard let place = places[tensor.name] else { return }
    let columns = tensor.columns
    try file.withBytes(of: place.tensor) { bytes in
      guard let start = bytes.baseAddress else { return }
      let type = place.tensor.type
      if place.order == .same {
        let from = start + Self.bytes(type, (place.first + rows.lowerBound) * columns)
        GGUFBlocks.widen(type, from, rows.count * columns, into: target)
      } else {
        for (index, row) in rows.enumerated() {
          let stored = place.first + place.order.storedRow(row)
          GGUFBlocks.widen(
            type, start + Self.bytes(type, stored * columns), columns,
            into: target + index * columns)
        }
      }
      if place.shift != 0 {
        for index in 0..<rows.count * columns { target[index] += place.shift }
      }
    }
  }

  private static func bytes(_ type: GGUFTensorType, _ numbers: Int) -> Int {
    numbers / type.block.numbers * type.block.bytes
  }

  /// Lets the system take back the memory of what was read.
  func releasePages() { file.releasePages() }

  /// The same for one tensor.
  func releasePages(of tensor: ParameterLayout.Tensor) {
    if let place = places[tensor.name] { file.releasePages(of: place.tensor) }
  }
}

/// Queries, keys and values in one tensor where the model has three, as newer converters may write.
private struct FusedModules {
  /// For each module: the tensor that holds it, and the row at which it begins there.
  private var places: [String: (stem: String, first: Int)] = [:]
  private var shapes: [String: (rows: Int, columns: Int)] = [:]

  init(_ file: GGUFFile, _ names: GGUFTensorNames, _ configuration: ModelConfiguration) {
    for layer in configuration.layers where layer.attention.input.modules.count > 1 {
      let group = layer.attention.input
      guard let own = group.modules.first.flatMap({ names.stem(of: $0.path) }),
        let end = own.lastIndex(of: ".")
      else { continue }
      let stem = own[...end] + "attn_qkv"
      guard file.tensor(own + ".weight") == nil, file.tensor(stem + ".weight") != nil else {
        continue
      }
      var first = 0
      for module in group.modules {
        places[module.path] = (String(stem), first)
        first += module.outputs
      }
      shapes[String(stem)] = (first, group.inputs)
    }
  }

  func place(of path: String, suffix: String) -> (name: String, first: Int)? {
    places[path].map { ($0.stem + suffix, $0.first) }
  }

  func shape(of name: String, suffix: String) -> [Int]? {
    shapes[String(name.dropLast(suffix.count))].map {
      suffix == ".bias" ? [$0.rows] : [$0.rows, $0.columns]
    }
  }
}

extension ModelConfiguration {
  /// The paths of the norms that multiply by 1 + w.
  fileprivate var normsFromOne: Set<String> {
    var norms = [finalNorm]
    for layer in layers {
      norms += [
        layer.inputNorm, layer.attentionOutputNorm, layer.feedForwardNorm,
        layer.feedForwardOutputNorm, layer.attention.queryNorm, layer.attention.keyNorm,
      ].compactMap(\.self)
    }
    return Set(norms.filter { $0.kind == .rootMeanSquareFromOne }.map(\.path))
  }
}
