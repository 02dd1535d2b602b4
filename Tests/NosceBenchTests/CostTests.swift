import NosceBench
import Testing

/// The golden numbers are those of the neutral definition in Python.
@Suite("Operations, bytes and floors")
struct CostTests {
  struct Golden: Sendable {
    var model: BenchModel
    var lora, full, sample, single, score: Int
    var adapter, layer, weightBytes, cacheBytes, parameters: Int
  }

  static let golden = [
    Golden(
      model: .tiny, lora: 5_292_163_072, full: 6_282_018_816, sample: 11_242_395_648,
      single: 383_549_440, score: 34_320_539_648, adapter: 157_696, layer: 200_704,
      weightBytes: 1_912_832, cacheBytes: 204_800, parameters: 957_568),
    Golden(
      model: .small, lora: 124_411_445_248, full: 173_971_341_312, sample: 306_198_003_712,
      single: 10_386_669_568, score: 925_635_510_272, adapter: 1_196_032, layer: 2_949_120,
      weightBytes: 55_574_528, cacheBytes: 819_200, parameters: 31_990_272),
    Golden(
      model: .smol135, lora: 594_535_514_112, full: 839_940_046_848, sample: 1_452_931_029_504,
      single: 49_071_439_872, score: 4_366_883_543_040, adapter: 4_884_480, layer: 3_538_944,
      weightBytes: 268_959_744, cacheBytes: 2_304_000, parameters: 134_515_008),
    Golden(
      model: .qwen05, lora: 2_111_276_318_720, full: 3_068_852_699_136,
      sample: 5_158_078_148_608, single: 173_117_407_232, score: 15_367_342_276_608,
      adapter: 8_798_208, layer: 14_909_440, weightBytes: 987_922_432, cacheBytes: 1_228_800,
      parameters: 494_032_768),
  ]

  @Test("operations and bytes equal the definition's", arguments: golden)
  func known(_ golden: Golden) {
    let model = golden.model
    let work = Arithmetic(model.size)
    let inputs = BenchInputs(for: model)
    let (rows, length) = (model.batchRows, model.batchLength)
    #expect(work.adapterStep(rows: rows, length: length, rank: 16) == golden.lora)
    #expect(work.fullStep(rows: rows, length: length) == golden.full)
    let prompts = inputs.samplePrompts.map(\.count)
    #expect(work.sampling(prompts: prompts, count: 128) == golden.sample)
    #expect(work.sampling(prompts: [64], count: 128) == golden.single)
    let scored = inputs.scoring.reduce(0) {
      $0 + work.scoring(prompt: $1.prompt.count, candidates: $1.candidates.map(\.count))
    }
    #expect(scored == golden.score)
    #expect(work.adapterParameters(rank: 16) == golden.adapter)
    #expect(work.layerWeights == golden.layer)
    #expect(work.weightBytes() == golden.weightBytes)
    #expect(work.cacheBytes(tokens: 100) == golden.cacheBytes)
    #expect(model.parameterCount == golden.parameters)
  }

  @Test("one token through one layer, counted by hand")
  func byHand() {
    let work = Arithmetic(
      ModelSize(
        layers: 1, hidden: 4, heads: 2, keyValueHeads: 1, headSize: 3, feedForward: 5,
        vocabulary: 7))
    // q 4x6, k and v 4x3 each, o 6x4, gate, up and down 4x5 each; attention over itself and two
    // earlier tokens, twice six wide; the head 4x7.
    let products = 24 + 2 * 12 + 24 + 3 * 20
    #expect(work.forward(1, past: 2, heads: 1) == 2 * (products + 2 * 3 * 6 + 28))
  }

  /// Seconds at 466 GFLOP/s, 30 GB/s from memory and 200 GB/s from the caches.
  static let floors: [(Workload, BenchModel, Double)] = [
    (.lora, .tiny, 0.01136), (.full, .tiny, 0.01437), (.sample, .tiny, 0.02413),
    (.single, .tiny, 0.00161), (.score, .tiny, 0.07365), (.lora, .small, 0.267),
    (.full, .small, 0.4032), (.sample, .small, 0.6571), (.single, .small, 0.2462),
    (.lora, .qwen05, 4.531), (.sample, .qwen05, 11.07), (.single, .qwen05, 4.288),
  ]

  @Test("floors equal the definition's", arguments: floors)
  func floor(_ workload: Workload, _ model: BenchModel, _ seconds: Double) {
    let limits = MachineLimits(
      threads: 2, float32Peak: 232e9, bfloat16Peak: 466e9,
      readBandwidth: [4096: 200e9, 16_384: 60e9, 524_288: 30e9])
    let found = BenchCase(workload: workload, model: model).floor(limits, operations: 0)
    // The definition's numbers have four digits, those below a hundredth three.
    #expect(abs(found / seconds - 1) < 4e-3)
  }
}
