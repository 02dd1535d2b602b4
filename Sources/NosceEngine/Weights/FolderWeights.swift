import Foundation
import NosceFormats

/// The weights of a checkpoint folder, by the names and in the order that the engine has.
struct FolderWeights {
  private let weights: CheckpointWeights
  /// What this checkpoint calls the model's tensors.
  private let storedNames: [String: String]

  /// Refuses weights that lack a tensor, have one in another shape or of no float type, or hold one
  /// that the model has no place for.
  init(
    _ weights: CheckpointWeights, _ configuration: ModelConfiguration, _ layout: ParameterLayout
  ) throws(CheckpointError) {
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
          file: weights.directory.path, found: "tensor \(name), which the model has no place for",
          allowed: "the tensors of a \(configuration.family.rawValue) model")
      }
    }
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
    try weights.read(tensor, as: storedName(tensor), rows: rows, into: target)
  }

  private func storedName(_ tensor: ParameterLayout.Tensor) -> String {
    storedNames[tensor.name] ?? tensor.name
  }

  /// Lets the system take back the memory of what was read.
  func releasePages() { weights.releasePages() }

  /// The same for one tensor.
  func releasePages(of tensor: ParameterLayout.Tensor) {
    weights.releasePages(of: storedName(tensor))
  }
}

extension ModelConfiguration {
  /// Buffers that older libraries stored, and a head that a tied model repeats.
  fileprivate func isHarmlessExtra(_ name: String) -> Bool {
    if ignoredSuffixes.contains(where: { name.hasSuffix($0) || "." + name == $0 }) { return true }
    return tiedEmbeddings && Self.headNames.contains { name == $0 + ".weight" }
  }
}
