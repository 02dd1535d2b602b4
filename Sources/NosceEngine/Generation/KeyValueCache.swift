import CNosceKernels

/// The keys and values of one sequence's tokens so far, in every layer.
final class KeyValueCache {
  /// How many positions are kept.
  var count = 0
  let capacity: Int
  private let shape: ModelShape
  private var keyWidth: Int { shape.keyWidth }
  private let storage: Buffer<Float>

  init(_ shape: ModelShape, capacity: Int) {
    self.capacity = (capacity + 15) / 16 * 16
    self.shape = shape
    storage = Buffer(count: 2 * shape.layers * shape.keyWidth * self.capacity)
  }

  /// The layouts are those of `nosce_cached_attention`.
  func keys(_ layer: Int) -> UnsafeMutablePointer<Float> {
    storage.pointer + 2 * layer * keyWidth * capacity
  }

  func values(_ layer: Int) -> UnsafeMutablePointer<Float> {
    storage.pointer + (2 * layer + 1) * keyWidth * capacity
  }

  /// Starts from what another sequence keeps.
  func copy(from other: KeyValueCache) {
    precondition(other.count <= capacity)
    let blocks = (other.count + 15) / 16 * 16
    let size = shape.headSize
    for layer in 0..<shape.layers {
      for head in 0..<shape.keyValueHeads {
        let to = head * size * capacity
        let from = head * size * other.capacity
        (keys(layer) + to).update(from: other.keys(layer) + from, count: blocks * size)
        (values(layer) + to).update(from: other.values(layer) + from, count: other.count * size)
      }
    }
    count = other.count
  }
}
