import Foundation
import NosceBench

extension BenchModel {
  /// Two layers of width 32: everything that the benchmark does to a model takes milliseconds.
  static let micro = BenchModel(
    name: "micro",
    size: ModelSize(
      layers: 2, hidden: 32, heads: 4, keyValueHeads: 2, headSize: 8, feedForward: 48,
      vocabulary: 400),
    isTied: true, maximumPositions: 256, rotaryBase: 10_000, normEpsilon: 1e-5, tokenizerSize: 400,
    batchRows: 2, batchLength: 16)

  /// Of the other family, with biases and a head of its own.
  static let microQwen = {
    var model = BenchModel.micro
    model.name = "micro-qwen"
    model.family = .qwen2
    model.isTied = false
    return model
  }()
}
