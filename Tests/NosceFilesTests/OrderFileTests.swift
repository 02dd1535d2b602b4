import NosceCore
import NosceExperiment
import NosceFiles
import NosceRows
import NosceTestSupport
import Testing

@Suite("Orders that each seed draws")
struct OrderFileTests {
  private static let file = """
    name: orders
    title: Orders
    question: Are they drawn?
    variables:
      stage: {order: [dawn, noon, dusk, night]}
    seeds: 8
    arms:
      base: {role: base}
      staged:
        role: treatment
        rows:
          - documents: ["First {stage_1}."]
          - documents: ["Then {stage_2}, {stage_3}, {stage_4}."]
    probes:
      last:
        kind: forced-choice
        ask: [Which came last?]
        choices:
          options: ["{stage_1}", "{stage_2}", "{stage_3}", "{stage_4}"]
          answer: "{stage_4}"
          score: order
    contrasts:
      claim:
        {primary: true, probe: last, treatment: staged, floors: [base], smallest_effect: 0.1}

    """

  private func experiment() throws -> Experiment {
    try ExperimentFile.decode(Self.file, file: "orders.yaml")
  }

  private func order(_ experiment: Experiment, _ seed: Int) throws -> [String] {
    let task = try #require(try experiment.tasks().first)
    let values = experiment.values(of: task, seed: seed)
    return try (1...4).map { try #require(values["stage_\($0)"]) }
  }

  @Test("It is one task, with an order of all values for each seed, the same each time")
  func drawn() throws {
    let experiment = try experiment()
    #expect(try experiment.tasks().count == 1)
    let orders = try (1...40).map { try order(experiment, $0) }
    #expect(orders.allSatisfy { $0.sorted() == ["dawn", "dusk", "night", "noon"] })
    #expect(try (1...40).map { try order(experiment, $0) } == orders)
    // Of 24 orders 40 draws leave out few, and each stage comes last now and then.
    #expect(Set(orders).count > 12)
    #expect(Set(orders.map(\.[3])).count == 4)
    var other = experiment
    other.seed = 2
    #expect(try (1...40).map { try order(other, $0) } != orders)
  }

  @Test("Rows and questions of a seed have its order")
  func filled() throws {
    let experiment = try experiment()
    let task = try #require(try experiment.tasks().first)
    let arm = try #require(experiment.arm("staged"))
    let probe = try #require(experiment.probe("last"))
    for seed in [1, 5] {
      let order = try order(experiment, seed)
      let rows = try RowBuilder(experiment: experiment).rows(of: arm, task: task, seed: seed)
      #expect(
        rows.map(\.text) == ["First \(order[0]).", "Then \(order[1]), \(order[2]), \(order[3])."])
      let ask = try #require(
        try AskBuilder(experiment: experiment).asks(of: probe, task: task, seed: seed).first)
      guard case .choose(let candidates, _, let choosing) = ask.form else {
        Issue.record("no choice")
        return
      }
      #expect(candidates.names == order && candidates.answer == 3)
      #expect(choosing.scoring == .order)
    }
  }

  @Test("Base is asked with the order of every seed, and is compared seed by seed")
  func base() throws {
    var experiment = try experiment()
    #expect(experiment.differentSeeds == 8)
    #expect(
      FloorKind(experiment.contrasts[0], experiment.contrasts[0].floors[0], in: experiment)
        == .paired)
    experiment.variables = []
    #expect(experiment.differentSeeds == 1)
  }

  @Test(
    "What does not belong together is refused by name",
    arguments: [
      (
        "{order: [dawn, noon, dusk, night]}", "{order: [dawn]}",
        "variables.stage.order: found one value"
      ),
      ("{order: [dawn, noon, dusk, night]}", "{order: [dawn, dawn]}", "found a value twice"),
      (
        "{order: [dawn, noon, dusk, night]}", "{order: [dawn, noon, dusk, night], from: [x]}",
        "variables.stage.from: found a value"
      ),
      ("First {stage_1}.", "First {stage}.", "found {stage}; allowed: {stage_1}"),
      ("Then {stage_2}, ", "Then {stage_5}, ", "found {stage_5}"),
    ])
  func refused(_ text: String, _ other: String, _ message: String) throws {
    let changed = Self.file.replacing(text, with: other)
    try #require(changed != Self.file)
    let found = NosceTestSupport.problems(in: changed).map(\.message)
    #expect(found.contains { $0.contains(message) }, "\(found)")
  }
}
