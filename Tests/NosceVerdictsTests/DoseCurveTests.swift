import NosceExperiment
import NosceFiles
import NosceRuns
import NosceTestSupport
import NosceVerdicts
import Testing

@Suite("Curves of more and less training")
struct DoseCurveTests {
  func experiment(_ dose: String) throws -> Experiment {
    try ExperimentFile.decode(smallFile + "\ndose: \(dose)\n", file: "small.yaml")
  }

  @Test("A grid is reported as curves, and leaves the verdict as it is")
  func reported() async throws {
    let experiment = try experiment(
      "{arm: treatment, probes: [letters], rows: [1, 2, 4], steps: [5, 10], seeds: 3, every_steps: 5}"
    )
    let script = RuleModel.Script(stepsToLearn: 8, rowsToLearn: 2)
    let usual = try await summary(experiment, script: script)
    let summary = try await summary(experiment, script: script, options: .init(dose: true))
    #expect(summary.verdict == usual.verdict && usual.curves.isEmpty)
    #expect(
      summary.curves.map(\.title) == [
        "Dose: along training", "Dose: letters by number of rows, treatment",
      ])
    let grid = summary.curves[1]
    #expect(grid.xLabel == "training rows")
    #expect(grid.series.map(\.name) == ["5 steps", "10 steps"])
    #expect(grid.series.allSatisfy { $0.points.map(\.x) == [0, 1, 2, 4] })
    #expect(grid.series[1].points.map { $0.y == 1 } == [false, false, true, true])
    #expect(grid.series[0].points.allSatisfy { $0.y < 1 })
    #expect(summary.curves[0].series[0].points.map(\.x) == [0, 5, 10])
  }

  @Test("With three settings there is a chart for each value of the third")
  func threeSettings() async throws {
    let experiment = try experiment(
      "{arms: [treatment, sham], probes: [letters], rows: [1, 2], steps: [5, 10], rank: [1, 2], seeds: 1}"
    )
    let summary = try await summary(experiment, options: .init(dose: true))
    #expect(
      summary.curves.map(\.title) == [
        "Dose: letters by number of rows, treatment, rank 1",
        "Dose: letters by number of rows, treatment, rank 2",
        "Dose: letters by number of rows, sham, rank 1",
        "Dose: letters by number of rows, sham, rank 2",
      ])
    #expect(summary.curves.allSatisfy { $0.series.map(\.name) == ["5 steps", "10 steps"] })
  }

  @Test("Curves may be of several arms and of any setting, one at a time")
  func curves() async throws {
    let text = try smallFile(
      replacing: "arm: treatment\n  probes: [letters",
      with: "arms: [treatment, sham]\n  rank: [1, 2]\n  probes: [letters")
    let experiment = try ExperimentFile.decode(text, file: "small.yaml")
    let plan = try Planner(
      experiment: experiment, options: .init(curves: true), model: RuleModel()
    ).plan()
    #expect(plan.cells.count { !$0.isMain } == 2 * 2 * (1 + 2 + 2 + 1))
    let summary = try await summary(experiment, options: .init(curves: true))
    let ranks = try #require(summary.curves.first { $0.title == "By rank of the adapter" })
    #expect(
      ranks.series.map(\.name) == [
        "letters, treatment", "choice, treatment", "letters, sham", "choice, sham",
      ])
  }
}
