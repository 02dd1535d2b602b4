import Foundation
import NosceEngine
import NosceFormats

/// What the headers of a checkpoint's weights say, and whether all their numbers are finite.
package struct WeightFacts: Sendable {
  package struct Share: Sendable {
    /// As the file names it: `BF16`, `Q4_K`.
    package let type: String
    package var tensors: Int
    package var parameters: Int
  }

  package let files: Int
  /// The names of the files that the weights are read from.
  let fileNames: [String]
  package let bytes: Int
  package let tensors: Int
  package let parameters: Int
  /// The types that numbers are stored in, the largest share first.
  package let types: [Share]
  /// Whether an output head is stored beside the embedding.
  package let hasHead: Bool
  /// Tensors that a plain model has no use for, in words.
  package let extras: [String]
  /// Tensors with a number that is not finite, in words.
  package let unfinite: [String]

  init(_ files: ModelFiles, layers: Int?) throws {
    switch files {
    case .folder(let directory): try self.init(directory: directory, layers: layers)
    case .gguf(let file): try self.init(file)
    }
  }

  private init(_ file: GGUFFile) throws {
    types = file.storedTypes.map {
      Share(type: $0.type.name, tensors: $0.tensors, parameters: $0.parameters)
    }
    files = file.files.count
    fileNames = file.files.map(\.url.lastPathComponent)
    bytes = file.tensors.reduce(0) { $0 + $1.range.count }
    tensors = file.tensors.count
    parameters = types.reduce(0) { $0 + $1.parameters }
    hasHead = file.tensor("output.weight") != nil
    // What the model has no place for is refused, so nothing of it can be unusual.
    extras = []
    unfinite = try file.tensors.compactMap { try GGUFBlocks.unfinite($0, in: file) }
  }

  private init(directory: URL, layers: Int?) throws {
    let weights = try CheckpointWeights(directory: directory)
    var shares: [TensorType: Share] = [:]
    var bytes = 0
    for name in weights.names {
      let type = try weights.dtype(of: name)
      let count = try weights.shape(of: name).reduce(1, *)
      shares[type, default: Share(type: type.rawValue, tensors: 0, parameters: 0)].tensors += 1
      shares[type]?.parameters += count
      bytes += count * type.byteWidth
    }
    types = shares.values.sorted { ($0.parameters, $0.tensors) > ($1.parameters, $1.tensors) }
    files = weights.files.count
    fileNames = weights.files.map(\.url.lastPathComponent)
    self.bytes = bytes
    tensors = weights.names.count
    parameters = types.reduce(0) { $0 + $1.parameters }
    hasHead = weights.names.contains { $0 == "lm_head.weight" || $0 == "embed_out.weight" }
    extras = Self.extras(weights.names, layers: layers)
    unfinite = try weights.names.compactMap { try weights.unfinite($0) }
  }

  /// A tensor's name with every number in it replaced, and the first of them.
  private static func form(_ name: String) -> (form: String, layer: Int?) {
    var layer: Int?
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map { part in
      guard let number = Int(part) else { return String(part) }
      layer = layer ?? number
      return "N"
    }
    return (parts.joined(separator: "."), layer)
  }

  private static func extras(_ names: [String], layers: Int?) -> [String] {
    var found: [String] = []
    func note(_ names: [String], _ what: String) {
      guard let first = names.first else { return }
      let more = names.count > 1 ? " and \(names.count - 1) more" : ""
      found.append("\(what): \(first)\(more)")
    }
    let buffers = [".rotary_emb.inv_freq", ".attn.bias", ".masked_bias", ".attention.bias"]
    note(
      names.filter { name in buffers.contains { name.hasSuffix($0) } },
      "buffers that an older library stored")
    let known = [
      "embed_tokens", "wte", "wpe", "embed_in", "embed_out", "norm", "ln_f", "final_layer_norm",
      "lm_head",
    ]
    var rare: [String: [String]] = [:]
    var outside: [String] = []
    var above: [String] = []
    for name in names where !buffers.contains(where: { name.hasSuffix($0) }) {
      let (form, layer) = form(name)
      if let layer {
        if let layers, layer >= layers { above.append(name) }
        rare[form, default: []].append(name)
      } else if !name.split(separator: ".").contains(where: { known.contains(String($0)) }) {
        outside.append(name)
      }
    }
    note(above, "tensors of layers that config.json does not count")
    note(outside, "tensors outside the layers with unusual names")
    if let layers, above.isEmpty {
      let partial = rare.values.filter { $0.count < layers }.flatMap(\.self).sorted()
      note(partial, "tensors that only some layers have")
    }
    return found
  }
}
