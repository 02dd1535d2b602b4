/// One of the shapes that the benchmark runs on: the sizes of published models, random weights.
package struct BenchModel: Sendable, Equatable {
  package enum Family: String, Sendable { case llama, qwen2 }

  package var name: String
  package var family = Family.llama
  package var size: ModelSize
  package var isTied: Bool
  package var maximumPositions: Int
  package var rotaryBase: Double
  package var normEpsilon: Double
  /// Token ids of the inputs and of the tokenizer are below this.
  package var tokenizerSize: Int
  /// The rows and the tokens a row of a training step.
  package var batchRows: Int
  package var batchLength: Int

  package init(
    name: String, family: Family = .llama, size: ModelSize, isTied: Bool, maximumPositions: Int,
    rotaryBase: Double, normEpsilon: Double, tokenizerSize: Int, batchRows: Int, batchLength: Int
  ) {
    self.name = name
    self.family = family
    self.size = size
    self.isTied = isTied
    self.maximumPositions = maximumPositions
    self.rotaryBase = rotaryBase
    self.normEpsilon = normEpsilon
    self.tokenizerSize = tokenizerSize
    self.batchRows = batchRows
    self.batchLength = batchLength
  }

  /// 1 M parameters: the organism's size, where nothing but overhead is slow.
  package static let tiny = BenchModel(
    name: "tiny",
    size: ModelSize(
      layers: 4, hidden: 128, heads: 4, keyValueHeads: 4, headSize: 32, feedForward: 352,
      vocabulary: 1200),
    isTied: true, maximumPositions: 256, rotaryBase: 10_000, normEpsilon: 1e-5,
    tokenizerSize: 1200, batchRows: 8, batchLength: 128)

  /// 32 M parameters: larger than the caches of a core.
  package static let small = BenchModel(
    name: "small",
    size: ModelSize(
      layers: 8, hidden: 512, heads: 8, keyValueHeads: 4, headSize: 64, feedForward: 1408,
      vocabulary: 8192),
    isTied: false, maximumPositions: 2048, rotaryBase: 10_000, normEpsilon: 1e-5,
    tokenizerSize: 8192, batchRows: 8, batchLength: 128)

  /// 494 M parameters: the shape of Qwen2.5-0.5B.
  package static let qwen05 = BenchModel(
    name: "qwen05", family: .qwen2,
    size: ModelSize(
      layers: 24, hidden: 896, heads: 14, keyValueHeads: 2, headSize: 64, feedForward: 4864,
      vocabulary: 151_936),
    isTied: true, maximumPositions: 32_768, rotaryBase: 1_000_000, normEpsilon: 1e-6,
    tokenizerSize: 8192, batchRows: 4, batchLength: 256)

  /// 135 M parameters: the shape of SmolLM2-135M, whose head of 49,152 words is a fifth of it.
  package static let smol135 = BenchModel(
    name: "smol135",
    size: ModelSize(
      layers: 30, hidden: 576, heads: 9, keyValueHeads: 3, headSize: 64, feedForward: 1536,
      vocabulary: 49_152),
    isTied: true, maximumPositions: 8192, rotaryBase: 100_000, normEpsilon: 1e-5,
    tokenizerSize: 8192, batchRows: 8, batchLength: 128)

  package static let all = [tiny, small, smol135, qwen05]

  package static func named(_ name: String) throws(BenchError) -> BenchModel {
    guard let model = all.first(where: { $0.name == name }) else {
      throw BenchError(
        "found the size '\(name)'; allowed: \(all.map(\.name).joined(separator: ", "))")
    }
    return model
  }
}
