import Foundation

/// A straight map from numbers to places along an axis, with round ticks.
struct LinearScale {
  let domain: ClosedRange<Double>
  let start: Double
  let end: Double
  let ticks: [Double]

  /// Zero to one where every number lies there; otherwise a round range that holds them all.
  static func fitting(
    _ numbers: [Double], from start: Double, to end: Double, unit: Bool = true, tickCount: Int = 4
  ) -> LinearScale {
    let finite = numbers.filter(\.isFinite)
    let low = finite.min() ?? 0
    let high = finite.max() ?? 1
    if unit, low >= 0, high <= 1 {
      return LinearScale(
        domain: 0...1, start: start, end: end, ticks: [0, 0.25, 0.5, 0.75, 1])
    }
    let step = roundStep(span: high > low ? high - low : max(abs(high), 1), count: tickCount)
    let first = (low / step).rounded(.down)
    let last = max((high / step).rounded(.up), first + 1)
    let ticks = stride(from: first, through: last, by: 1).map { $0 * step }
    return LinearScale(
      domain: (first * step)...(last * step), start: start, end: end, ticks: ticks)
  }

  /// Where a number lies, held inside the axis.
  func place(_ number: Double) -> Double {
    let share = (number - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
    return start + min(max(share.isNaN ? 0 : share, 0), 1) * (end - start)
  }

  /// 1, 2 or 5 times a power of ten, so that about `count` steps fill the span.
  private static func roundStep(span: Double, count: Int) -> Double {
    let raw = span / Double(max(count, 1))
    let power = pow(10, log10(raw).rounded(.down))
    let lead = raw / power
    return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10)
  }
}
