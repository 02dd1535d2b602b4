import NosceLocal
import Testing

@Suite("Which rows each step reads")
struct BatchPlanTests {
  @Test("In the file's order, a pass ends with what is left")
  func file() {
    let plan = BatchPlan(rowCount: 7, sizes: [3], accumulation: 2, order: .file)
    #expect(plan.stepsPerPass == 2)
    #expect(plan.pass(0) == [[[0, 1, 2], [3, 4, 5]], [[6]]])
    #expect(plan.pass(3) == plan.pass(0))
    #expect(plan.step(5) == [[6]])
  }

  @Test("Sizes follow each other and begin again")
  func sizes() {
    let plan = BatchPlan(rowCount: 9, sizes: [3, 2, 1], order: .file)
    #expect(plan.pass(0).map { $0[0].count } == [3, 2, 1, 3])
    let wide = BatchPlan(rowCount: 2, sizes: [100], order: .file)
    #expect(wide.pass(0) == [[[0, 1]]])
  }

  @Test("Shuffled, every pass has every row once, in an order of its own", arguments: 0..<20)
  func shuffled(_ seed: UInt64) {
    let plan = BatchPlan(
      rowCount: 12, sizes: [5], accumulation: 1, order: .shuffled(seed: seed))
    let passes = (0..<3).map { plan.pass($0).joined().flatMap(\.self) }
    for pass in passes { #expect(pass.sorted() == Array(0..<12)) }
    // Of 12! orders the same one twice would be no accident.
    #expect(passes[0] != passes[1])
    #expect(passes[1] != passes[2])
    let other = BatchPlan(rowCount: 12, sizes: [5], order: .shuffled(seed: seed + 1))
    #expect(other.pass(0) != plan.pass(0))
  }

  @Test("Steps one after another are the steps by number")
  func iteration() {
    let plan = BatchPlan(rowCount: 11, sizes: [2, 3], accumulation: 2, order: .shuffled(seed: 3))
    var steps = BatchPlan.Steps(plan)
    for number in 0..<(4 * plan.stepsPerPass) { #expect(steps.next() == plan.step(number)) }
  }
}
