import NosceCore

/// Which rows each step of a training reads.
///
/// The rows are gone through again and again. Each time they are cut into micro-batches, and so
/// many micro-batches make a step; a step never reaches into the next pass, so the last one of a
/// pass may be smaller.
package struct BatchPlan: Sendable, Equatable {
  package enum Order: Sendable, Equatable {
    /// As in the file, every time.
    case file
    /// Another random order in each pass.
    case shuffled(seed: UInt64)
  }

  package let rowCount: Int
  /// The sizes of the micro-batches, one after another; they begin again at the end of the list.
  package let sizes: [Int]
  /// Micro-batches in a step.
  package let accumulation: Int
  package let order: Order

  package init(rowCount: Int, sizes: [Int], accumulation: Int = 1, order: Order) {
    precondition(rowCount > 0 && accumulation > 0 && !sizes.isEmpty && sizes.allSatisfy { $0 > 0 })
    self.rowCount = rowCount
    self.sizes = sizes
    self.accumulation = accumulation
    self.order = order
  }

  package var stepsPerPass: Int { (cuts.count + accumulation - 1) / accumulation }

  /// Where the micro-batches of a pass lie.
  private var cuts: [Range<Int>] {
    var cuts: [Range<Int>] = []
    var start = 0
    while start < rowCount {
      let end = min(rowCount, start + sizes[cuts.count % sizes.count])
      cuts.append(start..<end)
      start = end
    }
    return cuts
  }

  /// The steps of one pass, each a list of micro-batches of row numbers.
  package func pass(_ number: Int) -> [[[Int]]] {
    var rows = Array(0..<rowCount)
    if case .shuffled(let seed) = order {
      var generator = SeededGenerator(seed: seed, labStream: "row order/\(number)")
      generator.shuffle(&rows)
    }
    let batches = cuts.map { Array(rows[$0]) }
    return stride(from: 0, to: batches.count, by: accumulation).map {
      Array(batches[$0..<min(batches.count, $0 + accumulation)])
    }
  }

  /// The micro-batches of a step, counted from 0.
  package func step(_ number: Int) -> [[Int]] {
    var steps = Steps(self, from: number)
    return steps.next()
  }

  /// The steps one after another.
  package struct Steps: Sendable {
    private let plan: BatchPlan
    private var pass: Int
    private var waiting: ArraySlice<[[Int]]>

    package init(_ plan: BatchPlan, from step: Int = 0) {
      self.plan = plan
      pass = step / plan.stepsPerPass
      waiting = plan.pass(pass).dropFirst(step % plan.stepsPerPass)
    }

    package mutating func next() -> [[Int]] {
      while true {
        if let step = waiting.popFirst() { return step }
        pass += 1
        waiting = plan.pass(pass)[...]
      }
    }
  }
}
