import CNosceKernels

/// The keys and values of one sequence's tokens so far, in every layer.
final class KeyValueCache {
  /// How many positions are kept.
  var count = 0
  let capacity: Int
  private let layers: Int
  private let heads: Int
  private let size: Int
  /// For each layer its keys and then its values, each (key-value heads × size, capacity)
  private let storage: Buffer<Float>

  private var width: Int { heads * size }

  /// How many bytes the keys and values of so many tokens take.
  static func byteCount(_ configuration: ModelConfiguration, capacity: Int) -> Int {
    configuration.layerCount * 2 * configuration.keyValueHeadCount * configuration.headDimension
      * whole(capacity) * MemoryLayout<Float>.stride
  }

  /// Kernels read keys in blocks of 16 positions.
  private static func whole(_ capacity: Int) -> Int { (capacity + 15) / 16 * 16 }

  init(_ configuration: ModelConfiguration, capacity: Int) {
    self.capacity = Self.whole(capacity)
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

  /// Starts from what another sequence keeps, or from so many positions of it.
  func copy(from other: KeyValueCache, upTo limit: Int = .max) {
    let shared = min(limit, other.count)
    precondition(shared <= capacity)
    let blocks = (shared + 15) / 16 * 16
    for layer in 0..<layers {
      for head in 0..<heads {
        let to = head * size * capacity
        let from = head * size * other.capacity
        (keys(layer) + to).update(from: other.keys(layer) + from, count: blocks * size)
        (values(layer) + to).update(from: other.values(layer) + from, count: shared * size)
      }
    }
    count = shared
  }
}
