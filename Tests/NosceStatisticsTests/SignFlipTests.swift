import NosceCore
import NosceStatistics
import Testing

@Suite("Sign flips within blocks")
struct SignFlipTests {
  /// p by its definition, in whole numbers: every mask of flipped signs.
  private func brute(_ differences: [Int], _ direction: Direction) -> Double {
    let sign = direction == .greater ? 1 : -1
    let observed = sign * differences.reduce(0, +)
    var extreme = 0
    for mask in 0..<(1 << differences.count) {
      let sum = differences.enumerated().reduce(0) {
        $0 + (mask >> $1.offset & 1 == 1 ? -$1.element : $1.element)
      }
      if sign * sum >= observed { extreme += 1 }
    }
    return Double(extreme) / Double(1 << differences.count)
  }

  @Test("p is the share of arrangements at least as extreme, ties counted, also in tenths")
  func definition() throws {
    var generator = SeededGenerator(seed: 21)
    for _ in 0..<100 {
      let count = 1 + generator.index(below: 9)
      let a = (0..<count).map { _ in generator.index(below: 9) }
      let b = (0..<count).map { _ in generator.index(below: 9) }
      let whole = zip(a, b).map { $0 - $1 }
      // Tenths are not exact in binary: ties must survive the rounding, also after a large shift.
      for shift in [0.0, 1_000] {
        let x = a.map { Double($0) / 10 + shift }
        let y = b.map { Double($0) / 10 + shift }
        let flips = try SignFlips(zip(x, y).map { $0 - $1 }, scaleOf: x + y)
        for direction in Direction.allCases {
          #expect(flips.p(direction) == brute(whole, direction), "\(whole)")
        }
      }
    }
  }

  @Test("The interval has the values that the test does not reject, and no other")
  func inversion() throws {
    var generator = SeededGenerator(seed: 22)
    for blocks in [5, 6, 8, 11] {
      for tail in [0.05, 0.05 / 3, 0.1] {
        let values = (0..<blocks).map { _ in generator.normal() }
        let ends = try SignFlips(values, scaleOf: values).ends(tail: tail)
        func p(_ theta: Double, _ direction: Direction) throws -> Double {
          try SignFlips(values.map { $0 - theta }, scaleOf: values).p(direction)
        }
        guard let lower = ends.lower, let upper = ends.upper else {
          #expect(SignFlips.smallestP(blocks: blocks) > tail)
          continue
        }
        #expect(try p(lower - 1e-6, .greater) <= tail && p(lower + 1e-6, .greater) > tail)
        #expect(try p(upper + 1e-6, .less) <= tail && p(upper - 1e-6, .less) > tail)
        #expect(lower <= upper)
      }
    }
  }

  @Test("Closed forms: all on one side, all alike, one block that outweighs the rest")
  func closedForms() throws {
    let same = try SignFlips([0.25, 0.25, 0.25, 0.25, 0.25, 0.25], scaleOf: [1])
    #expect(same.p(.greater) == 1.0 / 64 && same.p(.less) == 1)
    #expect(same.ends(tail: 0.05) == (0.25, 0.25))
    let nothing = try SignFlips([0, 0, 0, 0, 0], scaleOf: [0.7])
    #expect(nothing.p(.greater) == 1 && nothing.p(.less) == 1)
    #expect(nothing.ends(tail: 0.05) == (0, 0))
    // Of 1 to 8 the twelve smallest subset means are allowed at 0.05: 12 of 256 are below it.
    let ladder = try SignFlips((1...8).map(Double.init), scaleOf: [8])
    #expect(ladder.p(.greater) == 1.0 / 256)
    var means: [Double] = []
    for mask in 1..<256 {
      let members = (0..<8).filter { mask >> $0 & 1 == 1 }.map { Double($0 + 1) }
      means.append(members.reduce(0, +) / Double(members.count))
    }
    means.sort()
    let ends = ladder.ends(tail: 0.05)
    #expect(ends.lower == means[11] && ends.upper == means[255 - 12])
  }

  @Test("So few blocks cannot bound an end")
  func open() throws {
    let four = try SignFlips([1, 2, 3, 4], scaleOf: [4])
    #expect(four.ends(tail: 0.05) == (nil, nil))
    #expect(SignFlips.smallestP(blocks: 4) == 1.0 / 16 && SignFlips.smallestP(blocks: 0) == 1)
    let six = try SignFlips([1, 2, 3, 4, 5, 6], scaleOf: [6])
    #expect(six.ends(tail: 0.05 / 4) == (nil, nil))
    #expect(six.ends(tail: 0.05 / 3) == (1, 6))
  }

  @Test("p is at most the level exactly where the interval does not hold zero")
  func agreement() throws {
    var generator = SeededGenerator(seed: 23)
    for _ in 0..<300 {
      let blocks = 5 + generator.index(below: 5)
      let values = (0..<blocks).map { _ in Double(generator.index(below: 7) - 2) / 10 }
      let flips = try SignFlips(values, scaleOf: values)
      let ends = flips.ends(tail: 0.05)
      #expect((flips.p(.greater) <= 0.05) == (ends.lower.map { $0 > 0 } ?? false), "\(values)")
      #expect((flips.p(.less) <= 0.05) == (ends.upper.map { $0 < 0 } ?? false), "\(values)")
    }
  }

  @Test("Many blocks are drawn, the same every time, and agree with their own interval")
  func drawn() throws {
    var generator = SeededGenerator(seed: 24)
    let values = (0..<24).map { _ in 0.35 + generator.normal() }
    let flips = try SignFlips(values, scaleOf: values, seed: 5)
    #expect(flips.method == .sampled(arrangements: SignFlips.drawCount))
    let again = try SignFlips(values, scaleOf: values, seed: 5)
    #expect(again.p(.greater) == flips.p(.greater))
    #expect(again.ends(tail: 0.05) == flips.ends(tail: 0.05))
    let lower = try #require(flips.ends(tail: 0.05).lower)
    #expect((flips.p(.greater) <= 0.05) == (lower > 0))
    // Near Student's t for so many blocks.
    let mean = values.reduce(0, +) / 24
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 23
    let t = StudentT.quantile(0.95, degreesOfFreedom: 23)
    #expect(abs(lower - (mean - t * (variance / 24).squareRoot())) < 0.05)
  }

  @Test("Bad input is an error")
  func bad() {
    #expect(throws: StatisticsError.self) { try SignFlips([], scaleOf: []) }
    #expect(throws: StatisticsError.self) { try SignFlips([1, .nan], scaleOf: [1]) }
  }
}
