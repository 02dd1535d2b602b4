import NosceCore

/// A family's values averaged over replicates, without what belongs to a whole row or column.
struct CentredSquare {
  let size: Int
  /// Row by row.
  let values: [Double]
  /// As they were before, for the size of rounding errors.
  let raw: [Double]

  init(_ family: SquareTest.Family) throws {
    let name = "family '\(family.name)'"
    guard let size = family.replicates.first?.count else {
      throw StatisticsError.tooFew(name: "\(name), replicates", count: 0, needed: 1)
    }
    guard size >= 2 else {
      throw StatisticsError.tooFew(name: "\(name), names", count: size, needed: 2)
    }
    var cells = [Double](repeating: 0, count: size * size)
    for square in family.replicates {
      guard square.count == size else {
        throw StatisticsError.unequalLengths(
          name: "\(name), a replicate", count: square.count, otherName: "the first",
          otherCount: size)
      }
      for (row, values) in square.enumerated() {
        guard values.count == size else {
          throw StatisticsError.unequalLengths(
            name: "\(name), row \(row + 1)", count: values.count, otherName: "its list of names",
            otherCount: size)
        }
        try check(values, "\(name), row \(row + 1)")
        for column in 0..<size { cells[row * size + column] += values[column] }
      }
    }
    let count = Double(family.replicates.count)
    raw = cells.map { $0 / count }
    self.size = size
    var values = raw
    // Away with the first value: a family far from zero then loses no digits in its means.
    for row in 0..<size {
      let own = values[row * size..<(row + 1) * size]
      let mean =
        own[own.startIndex] + own.reduce(0) { $0 + ($1 - own[own.startIndex]) } / Double(size)
      for column in 0..<size { values[row * size + column] -= mean }
    }
    for column in 0..<size {
      let mean = (0..<size).reduce(0) { $0 + values[$1 * size + column] } / Double(size)
      for row in 0..<size { values[row * size + column] -= mean }
    }
    self.values = values
  }

  /// The values as they were, averaged over replicates.
  var rows: [[Double]] { (0..<size).map { Array(raw[$0 * size..<($0 + 1) * size]) } }

  /// Diagonal minus off-diagonal.
  var effect: Double { effect(of: Array(0..<size)) }

  /// The effect if row i had been trained on the name of column `order[i]`.
  func effect(of order: [Int]) -> Double {
    var sum = 0.0
    for row in 0..<size { sum += values[row * size + order[row]] }
    return sum / Double(size - 1)
  }
}

/// All ways to deal labels within families, or a sample of them.
struct SquareArrangements {
  /// One arrangement.
  struct Sum {
    /// The mean of the families' effects.
    var effect: Double
    /// How much of a true effect it still has: 1 with all labels in place, 0 on average.
    var kept: Double

    static func + (first: Sum, second: Sum) -> Sum {
      Sum(effect: first.effect + second.effect, kept: first.kept + second.kept)
    }
  }

  let centred: [CentredSquare]
  let isEnumerated: Bool
  let observed: Double
  /// A difference between two arrangements that rounding alone can make.
  let tolerance: Double
  private let seed: UInt64
  /// What each order of a family's labels adds; empty where orders are drawn.
  private let parts: [[Sum]]

  init(_ squares: [CentredSquare], isEnumerated: Bool, seed: UInt64) {
    centred = squares
    self.isEnumerated = isEnumerated
    self.seed = seed
    let share = 1 / Double(squares.count)
    parts =
      isEnumerated
      ? squares.map { square in
        Self.orders(of: square.size).map { Self.part($0, of: square, share: share) }
      } : []
    observed = squares.reduce(0) {
      $0 + Self.part(Array(0..<$1.size), of: $1, share: share).effect
    }
    let values = squares.flatMap { square in
      square.values.map { $0 * share / Double(square.size - 1) }
    }
    let raw = squares.flatMap { square in
      square.raw.map { $0 * share / Double(square.size - 1) }
    }
    tolerance = roundingTolerance(values, scaleOf: raw)
  }

  var count: Int {
    isEnumerated ? parts.reduce(1) { $0 * $1.count } : SquareDesign.drawCount
  }

  func visit(_ body: (Sum) -> Void) {
    guard isEnumerated else { return draw(body) }
    func descend(_ family: Int, _ sum: Sum) {
      guard family < parts.count else { return body(sum) }
      for part in parts[family] { descend(family + 1, sum + part) }
    }
    descend(0, Sum(effect: 0, kept: 0))
  }

  private func draw(_ body: (Sum) -> Void) {
    var generator = SeededGenerator(seed: seed, labStream: SquareTest.name)
    let share = 1 / Double(centred.count)
    var orders = centred.map { Array(0..<$0.size) }
    for _ in 0..<SquareDesign.drawCount {
      var sum = Sum(effect: 0, kept: 0)
      for (index, square) in centred.enumerated() {
        generator.shuffle(&orders[index])
        sum = sum + Self.part(orders[index], of: square, share: share)
      }
      body(sum)
    }
  }

  private static func part(_ order: [Int], of square: CentredSquare, share: Double) -> Sum {
    let inPlace = order.enumerated().count { $0.offset == $0.element }
    return Sum(
      effect: square.effect(of: order) * share,
      kept: Double(inPlace - 1) / Double(square.size - 1) * share)
  }

  /// Every order of so many labels.
  private static func orders(of count: Int) -> [[Int]] {
    var result: [[Int]] = []
    var order = Array(0..<count)
    func descend(_ place: Int) {
      if place == count { return result.append(order) }
      for other in place..<count {
        order.swapAt(place, other)
        descend(place + 1)
        order.swapAt(place, other)
      }
    }
    descend(0)
    return result
  }
}
