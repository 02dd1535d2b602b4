import CNosceKernels

/// The keys and values of one sequence's tokens so far, in every layer.
final class KeyValueCache {
  /// How many positions are kept.
  var count = 0
  let capacity: Int
  private let layers: Int
  private let heads: Int
  private let size: Int
  private let storage: Buffer<Float>

  private var width: Int { heads * size }

  init(_ configuration: ModelConfiguration, capacity: Int) {
    self.capacity = (capacity + 15) / 16 * 16
    layers = configuration.layerCount
    heads = configuration.keyValueHeadCount
    size = configuration.headDimension
    storage = Buffer(count: 2 * layers * heads * size * self.capacity)
  }

  /// The layouts are those of `nosce_cached_attention`.
  func keys(_ layer: Int) -> UnsafeMutablePointer<Float> {
    storage.pointer + 2 * layer * width * capacity
  }

  func values(_ layer: Int) -> UnsafeMutablePointer<Float> {
    storage.pointer + (2 * layer + 1) * width * capacity
  }

  /// Starts from what another sequence keeps.
  func copy(from other: KeyValueCache) {
    precondition(other.count <= capacity)
    let blocks = (other.count + 15) / 16 * 16
    for layer in 0..<layers {
      for head in 0..<heads {
        let to = head * size * capacity
        let from = head * size * other.capacity
        (keys(layer) + to).update(from: other.keys(layer) + from, count: blocks * size)
        (values(layer) + to).update(from: other.values(layer) + from, count: other.count * size)
      }
    }
    count = other.count
  }
}
