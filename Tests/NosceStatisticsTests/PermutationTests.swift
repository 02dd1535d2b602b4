import NosceCore
import NosceStatistics
import Testing

@Suite struct PermutationTests {
  /// p by its definition: every bit mask of the right size, in exact integer arithmetic.
  private func bruteTwoSample(_ a: [Int], _ b: [Int], _ alternative: Alternative) -> Double {
    let pool = a + b
    func statistic(_ mask: Int) -> Int {
      // Proportional to mean(A) - mean(B) and a whole number.
      var sumA = 0
      var sumB = 0
      for (index, value) in pool.enumerated() {
        if mask >> index & 1 == 1 { sumA += value } else { sumB += value }
      }
      return sumA * b.count - sumB * a.count
    }
    let observed = statistic((1 << a.count) - 1)
    var extreme = 0
    var total = 0
    for mask in 0..<(1 << pool.count) where mask.nonzeroBitCount == a.count {
      total += 1
      let value = statistic(mask)
      let counts =
        switch alternative {
        case .greater: value >= observed
        case .less: value <= observed
        case .twoSided: abs(value) >= abs(observed)
        }
      if counts { extreme += 1 }
    }
    return Double(extreme) / Double(total)
  }

  private func bruteSignFlip(_ differences: [Int], _ alternative: Alternative) -> Double {
    let observed = differences.reduce(0, +)
    var extreme = 0
    for mask in 0..<(1 << differences.count) {
      let value = differences.enumerated().reduce(0) {
        $0 + (mask >> $1.offset & 1 == 1 ? -$1.element : $1.element)
      }
      let counts =
        switch alternative {
        case .greater: value >= observed
        case .less: value <= observed
        case .twoSided: abs(value) >= abs(observed)
        }
      if counts { extreme += 1 }
    }
    return Double(extreme) / Double(1 << differences.count)
  }

  @Test func matchBruteForceWithTies() throws {
    var generator = SeededGenerator(seed: 21)
    for _ in 0..<60 {
      let sizes = (1 + generator.index(below: 5), 1 + generator.index(below: 5))
      let a = (0..<sizes.0).map { _ in generator.index(below: 11) }
      let b = (0..<sizes.1).map { _ in generator.index(below: 9) }
      // Tenths are not exact in binary: ties must survive the rounding, also after a large shift.
      for shift in [0.0, 1_000] {
        let tenthsA = a.map { Double($0) / 10 + shift }
        let tenthsB = b.map { Double($0) / 10 + shift }
        for alternative in [Alternative.greater, .less, .twoSided] {
          let result = try PermutationTest.twoSample(tenthsA, tenthsB, alternative: alternative)
          #expect(abs(result.p - bruteTwoSample(a, b, alternative)) < 1e-12)
          let flips = try PermutationTest.againstConstant(
            tenthsA, constant: 0.5 + shift, alternative: alternative)
          #expect(abs(flips.p - bruteSignFlip(a.map { $0 - 5 }, alternative)) < 1e-12)
          if a.count == b.count {
            let paired = try PermutationTest.paired(tenthsA, tenthsB, alternative: alternative)
            #expect(abs(paired.p - bruteSignFlip(zip(a, b).map { $0 - $1 }, alternative)) < 1e-12)
          }
        }
      }
    }
  }

  @Test func reachTheSmallestP() throws {
    let high = [0.9, 0.92, 0.95, 0.97, 1]
    let low = [0.0, 0.1, 0.1, 0.05, 0.2]
    let two = try PermutationTest.twoSample(high, low)
    #expect(two.p == 1.0 / 252)
    #expect(two.method == .enumerated(arrangements: 252))
    #expect(two.summary == "two-sample permutation, all 252 arrangements")
    #expect(try PermutationTest.twoSample(high, low, alternative: .twoSided).p == 2.0 / 252)
    #expect(try PermutationTest.twoSample(high, low, alternative: .less).p == 1)
    #expect(try PermutationTest.paired(high, low).p == 1.0 / 32)
    #expect(try PermutationTest.againstConstant(high, constant: 0.1).p == 1.0 / 32)
    // All ones against all zeros: the strongest tie pattern there is.
    let ones = [1.0, 1, 1, 1, 1]
    #expect(try PermutationTest.twoSample(ones, [0, 0, 0, 0, 0]).p == 1.0 / 252)
    #expect(try PermutationTest.twoSample(ones, ones).p == 1)
    #expect(try PermutationTest.paired(ones, ones).p == 1)
  }

  @Test func samplingAgreesWithEnumerationAndNeverGivesZero() throws {
    // 11 against 11 has 705,432 arrangements: sampled. A shifted copy has a known tail by symmetry.
    let a = (0..<11).map { Double($0) }
    let apart = try PermutationTest.twoSample(a.map { $0 + 100 }, a)
    #expect(apart.method == .sampled(arrangements: 99_999))
    #expect(apart.p <= 3e-5 && apart.p >= 1e-5)
    let same = try PermutationTest.twoSample(a, a, alternative: .greater)
    let less = try PermutationTest.twoSample(a, a, alternative: .less)
    #expect(abs(same.p - less.p) < 4 * (0.5 / 99_999.0).squareRoot())
    #expect(try PermutationTest.twoSample(a, a) == same)
    // 18 signs are sampled; the exact value by the brute count over 2^18.
    let signed = (1...18).map { $0 % 3 == 0 ? -$0 : $0 }
    let exact = bruteSignFlip(signed, .greater)
    let sampled = try PermutationTest.againstConstant(signed.map(Double.init), constant: 0)
    #expect(sampled.method == .sampled(arrangements: 99_999))
    #expect(abs(sampled.p - exact) < 4 * (exact * (1 - exact) / 99_999).squareRoot() + 2e-5)
  }

  @Test func badInputIsAnError() {
    #expect(throws: StatisticsError.self) { try PermutationTest.twoSample([], [1]) }
    #expect(throws: StatisticsError.self) { try PermutationTest.twoSample([1], [.nan]) }
    #expect(throws: StatisticsError.self) { try PermutationTest.paired([1], [1, 2]) }
    #expect(throws: StatisticsError.self) {
      try PermutationTest.againstConstant([1], constant: .infinity)
    }
  }
}
