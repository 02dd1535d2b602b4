import NosceCore

/// Exact tests that rearrange what was observed. The unit is the seed.
///
/// Up to `enumerationLimit` arrangements all are visited; beyond, `drawCount` are drawn with a seed
/// and p = (1 + as extreme) / (1 + drawn), which keeps the level. Arrangements whose statistic
/// equals the observed one apart from rounding count as equally extreme.
package enum PermutationTest {
  package static let enumerationLimit = 200_000
  package static let drawCount = 99_999

  /// Two independent arms: every way to deal the pooled values into groups of the two sizes.
  package static func twoSample(
    _ a: [Double], _ b: [Double], alternative: Alternative = .greater, seed: UInt64 = 1
  ) throws -> TestResult {
    try check(a, "first arm")
    try check(b, "second arm")
    let pool = Pool(a + b, scaleOf: a + b)
    let observed = pool.values[..<a.count].reduce(0, +)
    let counter = Counter(alternative: alternative, observed: observed, tolerance: pool.tolerance)
    let arrangements = binomialCoefficient(a.count + b.count, a.count)
    let (p, method) = count(arrangements: arrangements, counter) { counter in
      chooseSums(pool.values, count: a.count) { counter.visit($0) }
    } draw: { counter in
      var generator = SeededGenerator(seed: seed, labStream: "two-sample permutation")
      var values = pool.values
      for _ in 0..<drawCount {
        var sum = 0.0
        for position in 0..<a.count {
          values.swapAt(position, position + generator.index(below: values.count - position))
          sum += values[position]
        }
        counter.visit(sum)
      }
    }
    let statistic = Moments(a).mean - Moments(b).mean
    return TestResult(
      name: "two-sample permutation", p: p, statistic: statistic, alternative: alternative,
      method: method)
  }

  /// Two arms matched seed by seed: every way to swap the members of the pairs.
  package static func paired(
    _ a: [Double], _ b: [Double], alternative: Alternative = .greater, seed: UInt64 = 1
  ) throws -> TestResult {
    let differences = try pairedDifferences(a, b)
    return signFlip(
      differences, scaleOf: a + b, name: "paired sign-flip", alternative: alternative, seed: seed)
  }

  /// One arm against a known number: every way to flip the signs of the distances from it.
  ///
  /// Exact where the distances are symmetric around zero under the null hypothesis. With
  /// 5 seeds it reaches 1/32, and only when all lie on the same side.
  package static func againstConstant(
    _ values: [Double], constant: Double, alternative: Alternative = .greater, seed: UInt64 = 1
  ) throws -> TestResult {
    try check(values, "values")
    try check([constant], "constant")
    return signFlip(
      values.map { $0 - constant }, scaleOf: values + [constant], name: "sign-flip",
      alternative: alternative, seed: seed)
  }

  private static func signFlip(
    _ differences: [Double], scaleOf scale: [Double], name: String, alternative: Alternative,
    seed: UInt64
  ) -> TestResult {
    let tolerance = roundingTolerance(differences, scaleOf: scale)
    let observed = differences.reduce(0, +)
    let counter = Counter(alternative: alternative, observed: observed, tolerance: tolerance)
    let arrangements = Double(sign: .plus, exponent: min(differences.count, 1_000), significand: 1)
    let (p, method) = count(arrangements: arrangements, counter) { counter in
      signSums(differences) { counter.visit($0) }
    } draw: { counter in
      var generator = SeededGenerator(seed: seed, labStream: "sign-flip")
      for _ in 0..<drawCount {
        var sum = 0.0
        for difference in differences {
          sum += generator.next() >> 63 == 0 ? difference : -difference
        }
        counter.visit(sum)
      }
    }
    return TestResult(
      name: name, p: p, statistic: observed / Double(differences.count), alternative: alternative,
      method: method)
  }

  private static func count(
    arrangements: Double, _ start: Counter, enumerate: (inout Counter) -> Void,
    draw: (inout Counter) -> Void
  ) -> (p: Double, method: ExactTestMethod) {
    var counter = start
    if arrangements <= Double(enumerationLimit) {
      enumerate(&counter)
      return (
        Double(counter.extreme) / Double(counter.visited),
        .enumerated(arrangements: counter.visited)
      )
    }
    draw(&counter)
    return (
      Double(counter.extreme + 1) / Double(counter.visited + 1),
      .sampled(arrangements: counter.visited)
    )
  }
}

/// Counts arrangements at least as extreme as the observed one. Statistics have null mean zero.
private struct Counter {
  let alternative: Alternative
  let observed: Double
  let tolerance: Double
  private(set) var visited = 0
  private(set) var extreme = 0

  init(alternative: Alternative, observed: Double, tolerance: Double) {
    self.alternative = alternative
    self.observed = observed
    self.tolerance = tolerance
  }

  mutating func visit(_ statistic: Double) {
    visited += 1
    let isExtreme =
      switch alternative {
      case .greater: statistic >= observed - tolerance
      case .less: statistic <= observed + tolerance
      case .twoSided: abs(statistic) >= abs(observed) - tolerance
      }
    if isExtreme { extreme += 1 }
  }
}

/// Pooled values with their mean taken away, so that a group's sum tells the mean difference.
private struct Pool {
  let values: [Double]
  let tolerance: Double

  init(_ raw: [Double], scaleOf scale: [Double]) {
    let mean = Moments(raw).mean
    values = raw.map { $0 - mean }
    tolerance = roundingTolerance(values, scaleOf: scale)
  }
}

/// A difference between two sums of these values that rounding alone can make.
func roundingTolerance(_ values: [Double], scaleOf scale: [Double]) -> Double {
  let spread = values.reduce(0) { $0 + abs($1) }
  let largest = scale.reduce(0) { max($0, abs($1)) }
  return max(1e-10 * spread, 16 * Double(values.count) * Double.ulpOfOne * largest)
}

/// Visits the sum of every choice of `count` values.
private func chooseSums(_ values: [Double], count: Int, visit: (Double) -> Void) {
  func descend(_ index: Int, left: Int, sum: Double) {
    guard left > 0 else { return visit(sum) }
    for next in index...(values.count - left) {
      descend(next + 1, left: left - 1, sum: sum + values[next])
    }
  }
  descend(0, left: count, sum: 0)
}

/// Visits the sum under every choice of signs.
private func signSums(_ values: [Double], visit: (Double) -> Void) {
  func descend(_ index: Int, sum: Double) {
    guard index < values.count else { return visit(sum) }
    descend(index + 1, sum: sum + values[index])
    descend(index + 1, sum: sum - values[index])
  }
  descend(0, sum: 0)
}
