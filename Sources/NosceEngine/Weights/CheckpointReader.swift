import Foundation
import NosceFormats

/// The weights of a checkpoint folder, checked against the model that its `config.json` describes.
struct CheckpointReader {
  /// As `config.json` and the weights say together.
  let configuration: ModelConfiguration
  let layout: ParameterLayout
  private let weights: CheckpointWeights
  /// What this checkpoint calls the model's tensors.
  private let storedNames: [String: String]

  init(directory: URL) throws {
    let described = try ModelConfiguration(contentsOf: directory)
    let weights = try CheckpointWeights(directory: directory)
    let configuration = try described.fitted(to: weights)
    // Each layer needs tensors: a wild layer count must not cost memory before it is refused.
    guard configuration.layerCount <= weights.names.count else {
      throw CheckpointError(
        file: directory.path,
        found: "\(weights.names.count) tensors for \(configuration.layerCount) layers",
        allowed: "a checkpoint with every tensor of its model")
    }
    let layout = ParameterLayout(configuration)
    var storedNames: [String: String] = [:]
    for tensor in layout.tensors {
      let name = Self.storedName(tensor.name, weights, configuration)
      try weights.require(name, shape: tensor.shape)
      storedNames[tensor.name] = name
    }
    let known = Set(storedNames.values)
    for name in weights.names where !known.contains(name) {
      guard configuration.isHarmlessExtra(name) else {
        throw CheckpointError(
          file: directory.path, found: "tensor \(name), which the model has no place for",
          allowed: "the tensors of a \(configuration.family.rawValue) model")
      }
    }
    self.configuration = configuration
    self.layout = layout
    self.weights = weights
    self.storedNames = storedNames
  }

  /// Checkpoints of the bare model leave out the prefix; some libraries renamed the head.
  private static func storedName(
    _ name: String, _ weights: CheckpointWeights, _ configuration: ModelConfiguration
  ) -> String {
    if weights.contains(name) { return name }
    if let other = configuration.otherNames[name], weights.contains(other) { return other }
    let bare = String(name.dropFirst(configuration.basePrefix.count))
    if name.hasPrefix(configuration.basePrefix), weights.contains(bare) { return bare }
    return name
  }

  /// Reads some rows of a tensor in the engine's order, widened to floats.
  func read(
    _ tensor: ParameterLayout.Tensor, rows: Range<Int>, into target: UnsafeMutablePointer<Float>
  ) throws {
    try weights.read(
      tensor, as: storedNames[tensor.name] ?? tensor.name, rows: rows, into: target)
  }

  /// Lets the system take back the memory of what was read.
  func releasePages() { weights.releasePages() }

  /// The same for one tensor.
  func releasePages(of tensor: ParameterLayout.Tensor) {
    weights.releasePages(of: storedNames[tensor.name] ?? tensor.name)
  }
}

extension ModelConfiguration {
  /// Refuses a folder whose weights lack a tensor of this model, have it in another shape or no
  /// float type, or hold a tensor that the model has no use for.
  package func checkWeights(in directory: URL) throws {
    _ = try CheckpointReader(directory: directory)
  }

  /// Buffers that older libraries stored, and a head that a tied model repeats.
  fileprivate func isHarmlessExtra(_ name: String) -> Bool {
    if ignoredSuffixes.contains(where: { name.hasSuffix($0) || "." + name == $0 }) { return true }
    return tiedEmbeddings && Self.headNames.contains { name == $0 + ".weight" }
  }
}
