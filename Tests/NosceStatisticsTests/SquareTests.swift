import NosceCore
import NosceStatistics
import Testing

/// A square by its definition, with nothing shared with the implementation: double centring written
/// out, and loops over all orders.
private enum Definition {
  static func orders(_ count: Int) -> [[Int]] {
    if count == 0 { return [[]] }
    return orders(count - 1).flatMap { order in
      (0...order.count).map { place in
        var longer = order
        longer.insert(count - 1, at: place)
        return longer
      }
    }
  }

  static func mean(_ squares: [[[Double]]]) -> [[Double]] {
    let size = squares[0].count
    return (0..<size).map { i in
      (0..<size).map { j in squares.reduce(0) { $0 + $1[i][j] } / Double(squares.count) }
    }
  }

  static func effect(_ square: [[Double]], _ order: [Int]) -> Double {
    let size = square.count
    let k = Double(size)
    let grand = square.flatMap(\.self).reduce(0, +) / (k * k)
    let rows = square.map { $0.reduce(0, +) / k }
    let columns = (0..<size).map { j in square.reduce(0) { $0 + $1[j] } / k }
    var diagonal = 0.0
    for (i, j) in order.enumerated() {
      diagonal += square[i][j] - rows[i] - columns[j] + grand
    }
    return k / (k - 1) * diagonal / k
  }

  /// p of the claim that the diagonal is higher by more than `shift`.
  static func p(_ families: [[[[Double]]]], shift: Double = 0, lower: Bool = false) -> Double {
    let squares = families.map { family in
      mean(family).enumerated().map { i, row in
        row.enumerated().map { j, value in value - (i == j ? shift : 0) }
      }
    }
    var sums = [0.0]
    for square in squares {
      let own = orders(square.count).map { effect(square, $0) / Double(squares.count) }
      sums = sums.flatMap { sum in own.map { sum + $0 } }
    }
    let observed = squares.reduce(0) {
      $0 + effect($1, Array($1.indices)) / Double(squares.count)
    }
    let extreme = sums.count { lower ? $0 <= observed + 1e-9 : $0 >= observed - 1e-9 }
    return Double(extreme) / Double(sums.count)
  }
}

@Suite struct SquareTests {
  private func square(_ size: Int, _ generator: inout SeededGenerator) -> [[Double]] {
    (0..<size).map { _ in (0..<size).map { _ in generator.normal() } }
  }

  private func test(_ families: [[[[Double]]]], level: Double = 0.05) -> SquareTest {
    SquareTest(
      families: families.enumerated().map { .init(name: "\($0.offset)", replicates: $0.element) },
      level: level)
  }

  @Test(arguments: [[2], [3], [5], [2, 3], [3, 4], [4, 4], [3, 3, 3]])
  func equalsItsDefinition(sizes: [Int]) throws {
    var generator = SeededGenerator(seed: 5, labStream: "\(sizes)")
    for repetition in 0..<4 {
      let families = sizes.map { size in
        (0...repetition % 3).map { _ in square(size, &generator) }
      }
      let result = try test(families).evaluate()
      let expected =
        families.reduce(0) { $0 + Definition.effect(Definition.mean($1), Array($1[0].indices)) }
        / Double(sizes.count)
      #expect(abs(result.estimate - expected) < 1e-12)
      #expect(abs(result.p - Definition.p(families)) < 1e-12)
      #expect(abs(result.oppositeP - Definition.p(families, lower: true)) < 1e-12)
      #expect(try test(families).p() == result.p)
    }
  }

  @Test func theEffectIsDiagonalMinusOffDiagonal() throws {
    let square: [[Double]] = [[5, 1, 2], [0, 4, 3], [2, 2, 9]]
    let result = try test([[square]]).evaluate()
    #expect(abs(result.estimate - (18.0 / 3 - 10.0 / 6)) < 1e-12)
    // Two by two: half of what the diagonal has more.
    let two = try test([[[[3, 1], [0, 4]]]]).evaluate()
    #expect(abs(two.estimate - 3) < 1e-12)
    #expect(two.p == 0.5 && two.oppositeP == 1)
    #expect(two.lower == nil && two.upper == nil)
  }

  @Test func theIdentityIsFoundAtTheSmallestP() throws {
    let identity = (0..<5).map { i in (0..<5).map { j in i == j ? 2.0 : 0 } }
    let result = try test([[identity]]).evaluate()
    #expect(abs(result.estimate - 2) < 1e-12)
    #expect(result.p == 1.0 / 120 && result.oppositeP == 1)
    #expect(result.method == .enumerated(arrangements: 120))
    #expect(result.smallestReachableP == 1.0 / 120)
    #expect(result.summary == "permutation within families, all 120 arrangements")
    // Without noise nothing but the effect itself is left.
    #expect(abs(try #require(result.lower) - 2) < 1e-9)
    #expect(abs(try #require(result.upper) - 2) < 1e-9)
  }

  @Test func additiveEffectsGiveNothing() throws {
    let rows = [0.3, -2.7, 11.1, 0.1]
    let columns = [-900.3, 0.7, 4.9, -12.2]
    let result = try test([[rows.map { row in columns.map { row + $0 } }]]).evaluate()
    #expect(abs(result.estimate) < 1e-9)
    // Every arrangement ties with the observed one, whatever rounding says.
    #expect(result.p == 1 && result.oppositeP == 1)
    #expect(result.lower == 0 && result.upper == 0)
  }

  @Test func rowsAndColumnsDropOut() throws {
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<20 {
      let family = [square(4, &generator), square(4, &generator)]
      let moved = family.map { square in
        let rows = square.map { _ in 5 * generator.normal() }
        let columns = square.map { _ in 5 * generator.normal() }
        return square.enumerated().map { i, row in
          row.enumerated().map { j, value in value + rows[i] + columns[j] - 40 }
        }
      }
      let other = [square(3, &generator)]
      let plain = try test([family, other]).evaluate()
      let shifted = try test([moved, other]).evaluate()
      #expect(abs(plain.estimate - shifted.estimate) < 1e-9)
      #expect(plain.p == shifted.p && plain.oppositeP == shifted.oppositeP)
      let (one, two) = (try #require(plain.lower), try #require(shifted.lower))
      #expect(abs(one - two) < 1e-9)
    }
  }

  /// Just inside an end the test does not reject, just outside it does.
  @Test(arguments: [[5], [3, 4], [4, 4]])
  func theIntervalIsTheTestInverted(sizes: [Int]) throws {
    var generator = SeededGenerator(seed: 9, labStream: "\(sizes)")
    for level in [0.05, 0.1] {
      let families = sizes.map { [square($0, &generator), square($0, &generator)] }
      let result = try test(families, level: level).evaluate()
      let (lower, upper) = (try #require(result.lower), try #require(result.upper))
      #expect(lower < upper && abs(result.intervalLevel - (1 - 2 * level)) < 1e-12)
      let step = 1e-6
      #expect(Definition.p(families, shift: lower - step) <= level)
      #expect(Definition.p(families, shift: lower + step) > level)
      #expect(Definition.p(families, shift: upper - step, lower: true) > level)
      #expect(Definition.p(families, shift: upper + step, lower: true) <= level)
    }
  }

  /// Test and interval never disagree about zero.
  @Test func theIntervalExcludesZeroWhereTheTestRejects() throws {
    var generator = SeededGenerator(seed: 10)
    var rejected = 0
    for repetition in 0..<200 {
      let families = [4, 3].map { size in
        [
          square(size, &generator).enumerated().map { i, row in
            row.enumerated().map { j, value in value + (i == j ? Double(repetition % 3) : 0) }
          }
        ]
      }
      let result = try test(families).evaluate()
      let lower = try #require(result.lower)
      #expect((result.p <= 0.05) == (lower > 0))
      if result.p <= 0.05 { rejected += 1 }
    }
    #expect(rejected > 40 && rejected < 180)
  }

  @Test func anEndOutOfReachIsOpen() throws {
    var generator = SeededGenerator(seed: 11)
    let three = [[square(3, &generator)]]
    // Six arrangements: no p below 1/6.
    let result = try test(three).evaluate()
    #expect(result.lower == nil && result.upper == nil)
    #expect(try test(three, level: 0.2).evaluate().lower != nil)
  }

  @Test func manyArrangementsAreDrawn() throws {
    var generator = SeededGenerator(seed: 12)
    let families = [6, 6, 4].map { [square($0, &generator)] }
    let design = test(families).design
    #expect(design.arrangements == 720 * 720 * 24 && !design.isEnumerated)
    let result = try test(families).evaluate()
    #expect(result.method == .sampled(arrangements: SquareDesign.drawCount))
    #expect(try test(families).evaluate() == result)
    // Both sides together count all that were drawn once, but for ties.
    #expect(abs(result.p + result.oppositeP - 1) < 1e-4)
    let strong = families.map { family in
      family.map { square in
        square.enumerated().map { i, row in
          row.enumerated().map { j, value in value + (i == j ? 50 : 0) }
        }
      }
    }
    #expect(try test(strong).evaluate().p == 1 / Double(SquareDesign.drawCount + 1))
  }

  /// A drawn p is near the exact one: of the same square, once with its two last families as one
  /// more than can be enumerated and once without.
  @Test func aDrawnPIsNearTheExactOne() throws {
    var generator = SeededGenerator(seed: 13)
    let families = [5, 5].map { [square($0, &generator)] }
    let exact = try test(families).evaluate()
    #expect(exact.method == .enumerated(arrangements: 14_400))
    // Families of constants change nothing but the number of arrangements, and the scale.
    let still = [5].map { size in
      [[[Double]](repeating: [Double](repeating: 1, count: size), count: size)]
    }
    let drawn = try test(families + still).evaluate()
    #expect(drawn.method == .sampled(arrangements: SquareDesign.drawCount))
    let error = (exact.p * (1 - exact.p) / Double(SquareDesign.drawCount)).squareRoot()
    #expect(abs(drawn.p - exact.p) < 4 * error + 1e-5)
    #expect(abs(drawn.estimate * 3 - exact.estimate * 2) < 1e-9)
  }

  @Test func damagedSquaresAreRefused() {
    for families: [[[[Double]]]] in [
      [], [[]], [[[[1]]]], [[[[1, 2], [3]]]], [[[[1, 2], [3, .nan]]]],
      [[[[1, 2]]]], [[[[1, 2], [3, 4]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]]],
    ] {
      #expect(throws: StatisticsError.self) { try test(families).evaluate() }
    }
    #expect(throws: StatisticsError.self) {
      try test([[[[1, 2], [3, 4]]]], level: 0.5).evaluate()
    }
  }

  @Test func smallDesignsAreRefused() throws {
    for good in [[5], [6], [4, 4], [4, 4, 3, 3], [3, 3, 3], [5, 3]] {
      try SquareDesign(families: good).check()
    }
    #expect(abs(SquareDesign(families: [4, 4, 3, 3]).smallestReachableP - 1.0 / 20_736) < 1e-12)
    // Pairs will do where there are many; 1/144 with 7 names, 1/36 and 1/24 will not.
    try SquareDesign(families: [2, 2, 2, 2, 2, 2, 2, 2]).check()
    for bad in [[], [1], [2], [3], [4], [7], [3, 4], [3, 3], [2, 2, 2, 2], [5, 1]] {
      #expect(throws: StatisticsError.self) { try SquareDesign(families: bad).check() }
    }
    let error = #expect(throws: StatisticsError.self) {
      try SquareDesign(families: [3, 3]).check()
    }
    #expect(error?.description.contains("found families of 3, 3 names") == true)
    #expect(error?.description.contains("allowed: families of two names or more") == true)
  }
}
