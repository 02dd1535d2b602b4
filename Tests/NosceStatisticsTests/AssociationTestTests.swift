import NosceCore
import NosceStatistics
import Testing

@Suite("Association from subject to subject")
struct AssociationTestTests {
  /// Blocks in the order given.
  private func arms(_ arms: [[(Double, Double)]]) -> [[AssociationTest.Pair]] {
    arms.map { arm in
      arm.enumerated().map { .init(block: $0.offset + 1, x: $0.element.0, y: $0.element.1) }
    }
  }

  @Test("One group: every arrangement is visited, and p is the share that is as extreme")
  func one() throws {
    let test = try AssociationTest(arms: arms([[(1, 2), (2, 4), (3, 6), (4, 8)]]))
    let coefficient = try #require(test.coefficient)
    #expect(abs(coefficient - 1) < 1e-12)
    // Only the order itself and its reverse are as extreme.
    #expect(test.p == 2.0 / 24)
    #expect(test.subjects == 4 && test.isExact && test.arrangements == 24)
  }

  @Test("By hand: three subjects")
  func three() throws {
    // Distances (-1, 0, 1) and (-1, 1, 0): r = 1/2; of six arrangements all have |r| of 1/2 or 1.
    let test = try AssociationTest(arms: arms([[(0, 0), (1, 2), (2, 1)]]))
    let coefficient = try #require(test.coefficient)
    #expect(abs(coefficient - 0.5) < 1e-12)
    #expect(test.p == 1)
  }

  @Test("A difference between groups is no association")
  func groups() throws {
    let test = try AssociationTest(
      arms: arms([[(0, 0), (0.1, 0.1), (0.2, 0)], [(10, 10), (10.1, 10), (10.2, 10.1)]]))
    let coefficient = try #require(test.coefficient)
    #expect(abs(coefficient) < 0.6)
    #expect(test.arrangements == 6)
    let pooled = try #require(
      try Correlation.pearson([0, 0.1, 0.2, 10, 10.1, 10.2], [0, 0.1, 0, 10, 10, 10.1]))
    #expect(pooled > 0.99)
  }

  @Test("Where a score does not vary there is no coefficient and no p")
  func constant() throws {
    let test = try AssociationTest(arms: arms([[(0.3, 1), (0.3, 2), (0.3, 3)]]))
    #expect(test.coefficient == nil && test.p == nil && test.subjects == 3)
    #expect(try AssociationTest(arms: arms([])).coefficient == nil)
    #expect(try AssociationTest(arms: arms([[(1, 1)], [(2, 3)]])).coefficient == nil)
    #expect(throws: StatisticsError.self) {
      try AssociationTest(arms: arms([[(1, 1), (.nan, 2)]]))
    }
  }

  @Test("Beyond the limit arrangements are drawn, near the exact answer and the same every time")
  func drawn() throws {
    let pairs = (0..<9).map { (Double($0), Double($0 % 4)) }
    let test = try AssociationTest(arms: arms([pairs]), seed: 3)
    #expect(!test.isExact)
    #expect(try AssociationTest(arms: arms([pairs]), seed: 3) == test)
    let exact = try exactShare(pairs)
    let p = try #require(test.p)
    // Four standard errors of a share over the arrangements drawn.
    let error = (exact * (1 - exact) / Double(AssociationTest.drawCount)).squareRoot()
    #expect(abs(p - exact) < 4 * error)
  }

  @Test("A block that only one arm has is left out")
  func blocks() throws {
    let full: [AssociationTest.Pair] = [
      .init(block: 1, x: 1, y: 2), .init(block: 2, x: 2, y: 1), .init(block: 3, x: 3, y: 4),
    ]
    let test = try AssociationTest(arms: [full, Array(full.dropFirst())])
    #expect(test.blocks == 2 && test.subjects == 4)
  }

  /// Hosts that vary in both scores, alike in every arm: nothing goes together beyond that.
  @Test("Hosts that are alike in all arms make no association")
  func hosts() throws {
    var generator = SeededGenerator(seed: 61)
    var joint = 0
    let repetitions = 300
    for _ in 0..<repetitions {
      let hosts = (0..<6).map { _ in (generator.normal(), generator.normal()) }
      let made = (0..<3).map { _ in
        hosts.map { ($0.0 + 0.3 * generator.normal(), $0.1 + 0.3 * generator.normal()) }
      }
      if try #require(try AssociationTest(arms: arms(made)).p) <= 0.05 { joint += 1 }
    }
    // 0.05 and three Monte Carlo errors; arranged in each arm by itself it is above 0.2.
    #expect(Double(joint) / Double(repetitions) <= 0.05 + 3 * 0.0126)
  }

  /// The plain way: Pearson's coefficient of every arrangement.
  private func exactShare(_ pairs: [(Double, Double)]) throws -> Double {
    let x = pairs.map(\.0)
    let observed = try #require(try Correlation.pearson(x, pairs.map(\.1)))
    var extreme = 0
    var count = 0
    func visit(_ y: inout [Double], _ from: Int) throws {
      if from == y.count {
        count += 1
        if abs(try Correlation.pearson(x, y) ?? 0) >= abs(observed) - 1e-12 { extreme += 1 }
        return
      }
      for other in from..<y.count {
        y.swapAt(from, other)
        try visit(&y, from + 1)
        y.swapAt(from, other)
      }
    }
    var y = pairs.map(\.1)
    try visit(&y, 0)
    return Double(extreme) / Double(count)
  }
}
