import CNosceKernels
import Foundation

/// The optimizer's state over one array of parameters, and its step.
final class AdamW {
  let settings: OptimizerSettings
  /// (parameters), the mean of gradients
  let mean: Buffer<Float>
  /// (parameters), the mean of their squares
  let variance: Buffer<Float>
  private(set) var step: Int
  private let pieces: [Piece]

  /// A stretch of one tensor that one thread handles.
  private struct Piece {
    let offset: Int
    let count: Int
    let decays: Bool
  }

  /// `tensors` are the stretches that learn: where each starts, its length, whether it decays.
  init(
    _ settings: OptimizerSettings, count: Int, step: Int = 0,
    tensors: [(offset: Int, count: Int, isMatrix: Bool)]
  ) {
    self.settings = settings
    self.step = step
    mean = Buffer(count: count)
    variance = Buffer(count: count)
    let largest = 1 << 15
    pieces = tensors.flatMap { tensor in
      stride(from: 0, to: tensor.count, by: largest).map { start in
        Piece(
          offset: tensor.offset + start, count: min(largest, tensor.count - start),
          decays: settings.decayScope == .all || tensor.isMatrix)
      }
    }
  }

  /// Sums the shards' gradients into the first, clips, and moves `weights`. Returns the gradient's
  /// norm before clipping and the learning rate.
  func update(
    _ weights: UnsafeMutablePointer<Float>, rounded: UnsafeMutablePointer<UInt16>?,
    gradients: [Buffer<Float>], threads: Int
  ) throws(EngineError) -> (norm: Double, rate: Double) {
    let norm = sum(gradients, threads: threads)
    guard norm.isFinite else {
      throw EngineError(
        "found a gradient of norm \(norm) at step \(step + 1); "
          + "allowed: finite numbers (lower the learning rate)"
      )
    }
    let rate = settings.learningRate(step: step)
    step += 1
    var scale = 1.0
    if let limit = settings.clipNorm { scale = min(1, limit / (norm + 1e-6)) }
    let common = nosce_adamw(
      learning_rate: Float(rate), beta1: Float(settings.beta1), beta2: Float(settings.beta2),
      epsilon: Float(settings.epsilon), weight_decay: 0, gradient_scale: Float(scale),
      correction1: Float(1 - pow(settings.beta1, Double(step))),
      correction2: Float(1 - pow(settings.beta2, Double(step))))
    let gradient = gradients[0].pointer
    let level = nosce_best_level()
    onThreads(threads, count: pieces.count) { index in
      let piece = pieces[index]
      var own = common
      own.weight_decay = piece.decays ? Float(settings.weightDecay) : 0
      nosce_adamw_step(
        level, &own, piece.count, weights + piece.offset, gradient + piece.offset,
        mean.pointer + piece.offset, variance.pointer + piece.offset,
        rounded.map { $0 + piece.offset })
    }
    return (norm, rate)
  }

  private func sum(_ gradients: [Buffer<Float>], threads: Int) -> Double {
    let level = nosce_best_level()
    var squares = [Double](repeating: 0, count: pieces.count)
    squares.withUnsafeMutableBufferPointer { squares in
      onThreads(threads, count: pieces.count) { index in
        let piece = pieces[index]
        let total = gradients[0].pointer + piece.offset
        for gradient in gradients.dropFirst() {
          nosce_add(level, piece.count, gradient.pointer + piece.offset, total)
        }
        squares[index] = nosce_sum_of_squares(level, piece.count, total)
      }
    }
    return squares.reduce(0, +).squareRoot()
  }

  /// Takes up the state that an earlier run left.
  func restore(mean: [Float], variance: [Float], step: Int) {
    precondition(mean.count == self.mean.count && variance.count == self.variance.count)
    for index in mean.indices {
      self.mean.pointer[index] = mean[index]
      self.variance.pointer[index] = variance[index]
    }
    self.step = step
  }
}
