import Foundation
import NosceFormats

/// The weights of a model's files, checked against the model that its settings describe.
struct CheckpointReader {
  /// As the settings and the weights say together.
  let configuration: ModelConfiguration
  let layout: ParameterLayout
  private let weights: Source

  private enum Source {
    case folder(FolderWeights)
    case gguf(GGUFWeights)
  }

  init(_ files: ModelFiles) throws {
    let described = try ModelConfiguration(files)
    switch files {
    case .folder(let directory):
      let weights = try CheckpointWeights(directory: directory)
      configuration = try described.fitted(to: weights)
      try configuration.checkLayerCount(tensors: weights.names.count, directory.path)
      layout = ParameterLayout(configuration)
      self.weights = .folder(try FolderWeights(weights, configuration, layout))
    case .gguf(let file):
      configuration = described
      try configuration.checkLayerCount(tensors: file.tensors.count, file.url.path)
      layout = ParameterLayout(configuration)
      weights = .gguf(try GGUFWeights(file, configuration, layout))
    }
  }

  /// Reads some rows of a tensor in the engine's order, widened to floats.
  func read(
    _ tensor: ParameterLayout.Tensor, rows: Range<Int>, into target: UnsafeMutablePointer<Float>
  ) throws {
    switch weights {
    case .folder(let weights): try weights.read(tensor, rows: rows, into: target)
    case .gguf(let weights): try weights.read(tensor, rows: rows, into: target)
    }
  }

  /// Lets the system take back the memory of what was read.
  func releasePages() {
    switch weights {
    case .folder(let weights): weights.releasePages()
    case .gguf(let weights): weights.releasePages()
    }
  }

  /// The same for one tensor.
  func releasePages(of tensor: ParameterLayout.Tensor) {
    switch weights {
    case .folder(let weights): weights.releasePages(of: tensor)
    case .gguf(let weights): weights.releasePages(of: tensor)
    }
  }
}

extension ModelConfiguration {
  /// Refuses files whose weights lack a tensor of this model, have it in another shape or of a type
  /// that is not read, or hold a tensor that the model has no use for.
  package static func checkWeights(of files: ModelFiles) throws {
    _ = try CheckpointReader(files)
  }

  /// Each layer needs tensors: a wild layer count must not cost memory before it is refused.
  fileprivate func checkLayerCount(tensors: Int, _ place: String) throws(CheckpointError) {
    guard layerCount <= tensors else {
      throw CheckpointError(
        file: place, found: "\(tensors) tensors for \(layerCount) layers",
        allowed: "a checkpoint with every tensor of its model")
    }
  }
}
