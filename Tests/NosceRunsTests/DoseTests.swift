import Foundation
import NosceExperiment
import NosceFiles
import NoscePorts
import NosceRows
import NosceRuns
import NosceTestSupport
import Testing

@Suite("More and less of the training")
struct DoseTests {
  func experiment(_ dose: String) throws -> Experiment {
    try ExperimentFile.decode(smallFile + "\ndose: \(dose)\n", file: "small.yaml")
  }

  func plan(_ dose: String) throws -> Plan {
    try Planner(
      experiment: experiment(dose), options: .init(dose: true), model: RuleModel()
    ).plan()
  }

  @Test("Every combination becomes a subject of each arm and seed, beside the main ones")
  func grid() throws {
    let plan = try plan(
      "{arms: [treatment, twin], probes: [choice], rows: [2, 4, 8], learning_rate: [0.001, 0.01], seeds: 2}"
    )
    let main = try Planner(experiment: plan.experiment, model: RuleModel()).plan()
    #expect(plan.cells.filter(\.isMain) == main.cells)
    let cells = plan.cells.filter { !$0.isMain }
    #expect(cells.count == 24)
    #expect(cells.allSatisfy { $0.units.map(\.probe) == ["choice"] })
    let kinds = cells.map { cell -> String in
      let rows = cell.training?.rows.count ?? 0, rate = cell.training?.settings.learningRate ?? 0
      return "\(cell.arm) \(rows) \(rate)"
    }
    #expect(Set(kinds).count == 12)
    let twin = try #require(
      cells.first { $0.id == "dose-rows-8-learning-rate-0_01-twin-HELLO-s2" })
    #expect(twin.training?.rows.count == 8 && twin.training?.settings.steps == 10)
    // The usual dose is trained on the usual rows.
    let usual = try #require(main.cells.first { $0.arm == "treatment" && $0.seed == 1 })
    let same = try #require(
      cells.first { $0.id == "dose-rows-4-learning-rate-0_001-treatment-HELLO-s1" })
    #expect(same.training == usual.training)
  }

  @Test("Without being asked for, it adds nothing")
  func onDemand() throws {
    let experiment = try experiment("{arm: treatment, probes: [choice], rank: [1, 4]}")
    let plan = try Planner(experiment: experiment, model: RuleModel()).plan()
    #expect(plan.cells.allSatisfy { $0.isMain })
    let none = try smallExperiment()
    #expect(
      message {
        try Planner(experiment: none, options: .init(dose: true), model: RuleModel())
          .plan()
      }.contains("dose: the experiment has no such settings"))
  }

  @Test(
    "Times through the rows are counted in steps of the batch, and another rank keeps its scale")
  func settings() throws {
    var usual = TrainingSettings(rank: 8, alpha: 16, steps: 60, batchRows: 8)
    #expect(DoseSetting.epochs(1).applied(to: usual, rows: 32).steps == 4)
    #expect(DoseSetting.epochs(3).applied(to: usual, rows: 33).steps == 13)
    #expect(DoseSetting.epochs(0.5).applied(to: usual, rows: 4).steps == 1)
    #expect(DoseSetting.rank(2).applied(to: usual, rows: 4).alpha == 4)
    #expect(DoseSetting.steps(7).applied(to: usual, rows: 4).steps == 7)
    usual.rankStabilised = true
    #expect(DoseSetting.rank(2).applied(to: usual, rows: 4).alpha == 8)
    usual.batchRows = nil
    #expect(DoseSetting.epochs(3).applied(to: usual, rows: 100).steps == 3)
  }

  @Test("A number of rows is shared out among the sources as planned")
  func shares() throws {
    let experiment = try smallExperiment(
      rows: """
        [{generator: spelled-lines, word: "{word}", count: 6}, \
        {documents: [one, two, three]}]
        """)
    for (count, documents) in [(9, 3), (3, 1), (6, 2), (1, 0), (2, 0)] {
      let rows = try rows(experiment, count: count)
      #expect(rows.count == count)
      #expect(rows.count { $0.chat == nil } == documents)
    }
    #expect(
      message { try NosceTestSupport.rows(experiment, count: 12) }.contains("allowed: 1 to 3"))
  }

  @Test("A stored experiment gives back its dose")
  func coded() throws {
    let experiment = try experiment(
      "{arm: treatment, probes: [choice], epochs: [0.5, 3], rank: 4, layers: [[0, 0], [0, 1]]}")
    let data = try JSONEncoder().encode(experiment)
    #expect(try JSONDecoder().decode(Experiment.self, from: data) == experiment)
    #expect(experiment.dose?.points.count == 4)
    #expect(experiment.dose?.isGrid == true && experiment.curves?.isGrid == false)
  }
}
