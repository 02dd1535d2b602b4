import NosceCore
import Testing

@Suite struct SeededGeneratorTests {
  @Test func followsThePublishedSequenceOfItsRawState() {
    var generator = SeededGenerator(state: (1, 2, 3, 4))
    let words = (0..<4).map { _ in generator.next() }
    #expect(words == [11520, 0, 1_509_978_240, 1_215_971_899_390_074_240])
  }

  /// Computed with an independent implementation in Python.
  @Test(
    arguments: [
      (0, [11_091_344_671_253_066_420, 13_793_997_310_169_335_082, 1_900_383_378_846_508_768]),
      (1, [12_966_619_160_104_079_557, 9_600_361_134_598_540_522, 10_590_380_919_521_690_900]),
      (42, [1_546_998_764_402_558_742, 6_990_951_692_964_543_102, 12_544_586_762_248_559_009]),
    ] as [(UInt64, [UInt64])])
  func knownAnswersOfASeed(seed: UInt64, expected: [UInt64]) {
    var generator = SeededGenerator(seed: seed)
    #expect((0..<3).map { _ in generator.next() } == expected)
  }

  @Test func knownAnswersOfAStream() {
    var generator = SeededGenerator(seed: 7, labStream: "rows")
    #expect(generator.next() == 6_750_364_978_574_526_386)
    #expect(generator.next() == 10_907_904_648_080_163_873)
    #expect(fnv1a("a") == 0xAF63_DC4C_8601_EC8C)
    #expect(fnv1a("foobar") == 0x8594_4171_F739_67E8)
    #expect(fnv1a("") == 0xCBF2_9CE4_8422_2325)
  }

  /// Computed with an independent implementation in Python: xoshiro256** seeded by SplitMix64 of the
  /// seed XOR the label's FNV-1a hash. Every adapter and every sampled token hangs on these.
  @Test(
    arguments: [
      (
        7, "rows",
        [8_484_076_964_172_756_999, 4_529_147_553_528_346_040, 9_758_317_892_942_153_459]
      ),
      (0, "", [2_393_714_812_739_481_704, 6_581_096_415_885_975_394, 11_983_149_312_406_802_546]),
      (
        .max, "model.layers.0.self_attn.q_proj",
        [15_337_800_922_821_111_635, 902_451_349_219_588_879, 18_302_331_729_088_291_116]
      ),
      (
        1, "é/answer",
        [4_027_737_354_374_784_411, 1_746_131_733_226_025_535, 2_776_198_402_485_463_533]
      ),
    ] as [(UInt64, String, [UInt64])])
  func knownAnswersOfAStreamOfTheEngine(seed: UInt64, label: String, expected: [UInt64]) {
    var generator = SeededGenerator(seed: seed, engineStream: label)
    #expect((0..<3).map { _ in generator.next() } == expected)
  }

  @Test func aFloatIsTheFirstBitsOfAWord() {
    var generator = SeededGenerator(seed: 7, engineStream: "rows")
    let numbers = (0..<3).map { _ in generator.uniformFloat() }
    #expect(numbers == [7_716_223, 4_119_235, 8_875_138].map { $0 / 16_777_216 })
  }

  @Test func streamsDiffer() {
    let firsts = ["a", "b", "rows", ""].flatMap { label in
      (0..<4).map { seed in
        var generator = SeededGenerator(seed: UInt64(seed), labStream: label)
        return generator.next()
      }
    }
    #expect(Set(firsts).count == firsts.count)
  }

  @Test func uniformAndNormalHaveTheirMoments() {
    var generator = SeededGenerator(seed: 5)
    let count = 200_000
    let uniforms = (0..<count).map { _ in generator.uniform() }
    #expect(uniforms.allSatisfy { (0..<1).contains($0) })
    let mean = uniforms.reduce(0, +) / Double(count)
    #expect(abs(mean - 0.5) < 4 * (1.0 / 12 / Double(count)).squareRoot())
    let normals = (0..<count).map { _ in generator.normal() }
    let normalMean = normals.reduce(0, +) / Double(count)
    let square = normals.reduce(0) { $0 + $1 * $1 } / Double(count)
    let fourth = normals.reduce(0) { $0 + $1 * $1 * $1 * $1 } / Double(count)
    #expect(abs(normalMean) < 4 / Double(count).squareRoot())
    #expect(abs(square - 1) < 4 * (2 / Double(count)).squareRoot())
    #expect(abs(fourth - 3) < 4 * (96 / Double(count)).squareRoot())
  }

  @Test func indicesAreUniform() {
    var generator = SeededGenerator(seed: 6)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[generator.index(below: 7)] += 1 }
    let statistic = counts.reduce(0.0) {
      $0 + (Double($1) - 10_000) * (Double($1) - 10_000) / 10_000
    }
    #expect(statistic < 27.9)  // chi-square with 6 degrees of freedom, p = 0.0001
    #expect(generator.index(below: 1) == 0)
  }

  @Test func shufflesReachEveryOrderEquallyOften() {
    var generator = SeededGenerator(seed: 8)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<24_000 { counts[generator.shuffled([1, 2, 3, 4]), default: 0] += 1 }
    #expect(counts.count == 24)
    let statistic = counts.values.reduce(0.0) {
      $0 + (Double($1) - 1_000) * (Double($1) - 1_000) / 1_000
    }
    #expect(statistic < 59)  // 23 degrees of freedom, p < 0.0001
  }
}
