import NosceCore

/// The bootstrap of the t ratio: how far a mean strays from its true value, in standard errors.
///
/// With few seeds every possible resample is visited, with its exact probability; beyond
/// `enumerationLimit` resamples are drawn with a seed. A resample without spread whose mean is off
/// counts as infinitely far off, so the quantiles can be infinite.
struct BootstrapT {
  /// The ratio that is undershot with a probability of at most `tail`.
  let lowerQuantile: Double
  /// The ratio that is exceeded with a probability of at most `tail`.
  let upperQuantile: Double

  /// Whether both quantiles are finite: the values vary enough to be studentised.
  var isFinite: Bool { lowerQuantile.isFinite && upperQuantile.isFinite }

  static let enumerationLimit = 20_000.0
  static let drawCount = 19_999

  /// The ratio of one sample's mean.
  init(_ values: [Double], tail: Double, seed: UInt64) {
    let resamples = Resamples(values)
    if resamples.enumerationCount <= Self.enumerationLimit {
      self.init(ratios: resamples.enumerated().map { ($0.ratio, $0.weight) }, tail: tail)
    } else {
      var generator = SeededGenerator(seed: seed, labStream: "bootstrap-t")
      let draws = resamples.drawn(Self.drawCount, using: &generator)
      self.init(ratios: draws.map { ($0.ratio, $0.weight) }, tail: tail)
    }
  }

  /// The ratio of the difference of two independent samples' means.
  init(_ first: [Double], minus second: [Double], tail: Double, seed: UInt64) {
    let resamplesA = Resamples(first)
    let resamplesB = Resamples(second)
    var ratios: [(Double, Double)] = []
    if resamplesA.enumerationCount * resamplesB.enumerationCount <= Self.enumerationLimit {
      let listB = resamplesB.enumerated()
      for a in resamplesA.enumerated() {
        for b in listB { ratios.append((a.ratio(minus: b), a.weight * b.weight)) }
      }
    } else {
      var generator = SeededGenerator(seed: seed, labStream: "bootstrap-t difference")
      let listA = resamplesA.drawn(Self.drawCount, using: &generator)
      let listB = resamplesB.drawn(Self.drawCount, using: &generator)
      ratios = zip(listA, listB).map { ($0.ratio(minus: $1), $0.weight) }
    }
    self.init(ratios: ratios, tail: tail)
  }

  private init(ratios: [(value: Double, weight: Double)], tail: Double) {
    let sorted = ratios.sorted { $0.value < $1.value }
    let total = sorted.reduce(0) { $0 + $1.weight }
    func quantile(_ probability: Double) -> Double {
      var cumulative = 0.0
      for (value, weight) in sorted {
        cumulative += weight
        if cumulative >= (probability - 1e-12) * total { return value }
      }
      return sorted[sorted.count - 1].value
    }
    lowerQuantile = quantile(tail)
    upperQuantile = quantile(1 - tail)
  }
}

/// One resample: its weight among all, its mean's distance from the sample's, its squared error.
private struct Resample {
  var weight: Double
  var shift: Double
  var squaredError: Double

  var ratio: Double { Self.ratio(shift, squaredError) }

  func ratio(minus other: Resample) -> Double {
    Self.ratio(shift - other.shift, squaredError + other.squaredError)
  }

  private static func ratio(_ shift: Double, _ squaredError: Double) -> Double {
    if squaredError > 0 { return shift / squaredError.squareRoot() }
    if abs(shift) < 1e-12 { return 0 }
    return shift < 0 ? -.infinity : .infinity
  }
}

/// The resamples of one sample, all of them or drawn.
private struct Resamples {
  let values: [Double]
  let mean: Double

  init(_ values: [Double]) {
    self.values = values
    mean = Moments(values).mean
  }

  /// How many different multisets of n values there are: (2n - 1) over n.
  var enumerationCount: Double {
    binomialCoefficient(2 * values.count - 1, values.count)
  }

  /// Every multiset, weighted by its multinomial probability.
  func enumerated() -> [Resample] {
    var result: [Resample] = []
    var picked: [Double] = []
    let count = values.count
    // P = n! / (k1! k2! ...) / n^n, one value at a time: (slots left over copies) / n^copies.
    func visit(_ index: Int, left: Int, weight: Double) {
      guard left > 0 else {
        result.append(resample(picked, weight: weight))
        return
      }
      guard index < count else { return }
      for copies in 0...left {
        if copies > 0 { picked.append(values[index]) }
        var share = binomialCoefficient(left, copies)
        for _ in 0..<copies { share /= Double(count) }
        visit(index + 1, left: left - copies, weight: weight * share)
      }
      picked.removeLast(left)
    }
    visit(0, left: count, weight: 1)
    return result
  }

  /// Random resamples of equal weight.
  func drawn(_ draws: Int, using generator: inout SeededGenerator) -> [Resample] {
    var picked = values
    return (0..<draws).map { _ in
      for position in picked.indices {
        picked[position] = values[generator.index(below: values.count)]
      }
      return resample(picked, weight: 1 / Double(draws))
    }
  }

  private func resample(_ picked: [Double], weight: Double) -> Resample {
    let moments = Moments(picked)
    return Resample(weight: weight, shift: moments.mean - mean, squaredError: moments.squaredError)
  }
}

/// n over k as a floating-point number (exact while below 2^53).
func binomialCoefficient(_ n: Int, _ k: Int) -> Double {
  guard k >= 0, k <= n else { return 0 }
  var result = 1.0
  for step in 0..<min(k, n - k) {
    result = (result * Double(n - step) / Double(step + 1)).rounded()
  }
  return result
}
