import Foundation
import NosceExperiment
import NosceFiles
import NosceRuns
import NosceTestSupport
import NosceVerdicts
import Testing

/// Where curves begin, what lies across them, and what stands on their axes.
@Suite("Curves begin with base, beside the floors")
struct CurveFloorTests {
  private func result(
    _ arm: String, _ probe: String, in summary: RunSummary
  ) throws
    -> RunSummary.ArmResult
  {
    try #require(summary.arms.first { $0.arm == arm && $0.probe == probe }, "\(arm), \(probe)")
  }

  @Test("A line begins at 0 with base's own result, for which nothing more is asked")
  func start() async throws {
    let summary = try await summary(smallExperiment(), options: .init(curves: true))
    for curve in summary.curves.prefix(2) {
      for line in curve.series {
        let base = try result("base", line.probe, in: summary)
        let first = try #require(line.points.first)
        #expect(first == .init(x: 0, y: try #require(base.mean), base: "base"))
        #expect(line.points.dropFirst().allSatisfy { $0.base == nil && $0.seeds == 2 && $0.x > 0 })
        #expect(line.withoutBase == nil && line.arm == "treatment")
      }
    }
    let plan = try Planner(
      experiment: smallExperiment(), options: .init(curves: true), model: RuleModel()
    ).plan()
    #expect(plan.cells.filter { $0.arm == "base" }.allSatisfy { $0.isMain })
  }

  @Test("Times through the rows and steps begin with base, learning rates and ranks do not")
  func axes() async throws {
    let text = try smallFile(
      replacing: "  rows: [1, 2]\n",
      with: "  rows: [1, 2]\n  epochs: [1, 3]\n  learning_rate: [0.001, 0.01]\n  rank: [4, 2]\n")
    let summary = try await summary(
      ExperimentFile.decode(text, file: "small.yaml"), options: .init(curves: true))
    let places = Dictionary(
      summary.curves.map { ($0.title, $0.series[0].points.map(\.x)) },
      uniquingKeysWith: { first, _ in first })
    #expect(
      places == [
        "Along training": [0, 5, 10], "By number of rows": [0, 1, 2],
        "By times through the rows": [0, 1, 3], "By learning rate": [0.001, 0.01],
        "By rank of the adapter": [1, 2], "By layers of the adapter": [1],
      ])
    let categories = summary.curves.map(\.categories)
    #expect(categories == [nil, nil, nil, nil, ["2", "4"], ["0-1"]])
    #expect(summary.curves.map { $0.halfways == nil } == [false, true, true, true, true, true])
    #expect(summary.curves.last?.xLabel == "layers with an adapter")
    #expect(summary.curves.allSatisfy { $0.series.allSatisfy { $0.withoutBase == nil } })
  }

  @Test("A grid over categories has them in their order, and lines over numbers begin with base")
  func grid() async throws {
    let dose =
      "\ndose: {arm: treatment, probes: [letters], rank: [4, 2], layers: [[0, 1], [0, 0]], seeds: 1}\n"
    let ranks = try await summary(
      ExperimentFile.decode(smallFile + dose, file: "small.yaml"), options: .init(dose: true))
    #expect(ranks.curves.map(\.categories) == [["2", "4"]])
    #expect(ranks.curves[0].series.map(\.name) == ["layers 0-1", "layers 0-0"])
    #expect(ranks.curves[0].series.allSatisfy { $0.points.map(\.x) == [1, 2] })
    #expect(ranks.curves[0].floors?.map(\.name) == ["base", "sham", "twin"])
    let rows = try await summary(
      ExperimentFile.decode(
        smallFile + dose.replacing("rank: [4, 2]", with: "rows: [1, 2]"), file: "small.yaml"),
      options: .init(dose: true))
    #expect(rows.curves[0].series.allSatisfy { $0.points.map(\.x) == [0, 1, 2] })
    #expect(rows.curves[0].series.allSatisfy { $0.points[0].base == "base" })
  }

  @Test("The floors are the primary contrast's, as the main subjects scored on each probe")
  func floors() async throws {
    var experiment = try smallExperiment()
    experiment.contrasts[0].floors.append(.init("treatment", probe: "letters"))
    let summary = try await summary(experiment, options: .init(curves: true))
    let floors = try #require(summary.curves[0].floors)
    #expect(
      floors.map { "\($0.probe): \($0.name)" } == [
        "letters: base", "letters: sham", "letters: twin", "choice: base", "choice: sham",
        "choice: twin", "choice: treatment (letters)",
      ])
    for floor in floors {
      let asked = floor.name == "treatment (letters)" ? "letters" : floor.probe
      let result = try result(floor.arm, asked, in: summary)
      #expect(floor.mean == result.mean && floor.mean != nil && floor.interval == result.interval)
      #expect(floor.kept == result.kept && floor.total == result.total && floor.total > 0)
      #expect(floor.seeds == (floor.arm == "base" ? 0 : 5) && floor.leftOut == nil)
    }
    #expect(summary.curves.allSatisfy { $0.floors == floors })
  }

  @Test("Where base is not asked the probe, the line says so and begins at its first point")
  func baseNotAsked() async throws {
    let text = try smallFile(
      replacing: "kind: behaviour\n", with: "kind: behaviour\n    arms: [treatment, twin]\n")
    let summary = try await summary(
      ExperimentFile.decode(text, file: "small.yaml"), options: .init(curves: true))
    let lines = summary.curves[0].series
    #expect(lines.map(\.withoutBase) == ["base is not asked letters", nil])
    #expect(lines[0].points.map(\.x) == [5, 10] && lines[1].points.map(\.x) == [0, 5, 10])
    let floors = try #require(summary.curves[0].floors).filter { $0.probe == "letters" }
    #expect(
      floors.map(\.leftOut) == ["base is not asked letters", "sham is not asked letters", nil])
    #expect(floors.map { $0.mean == nil } == [true, true, false])
    // Of letters nobody knows where it began.
    #expect(summary.curves[0].halfways?.map(\.name) == ["choice"])
    // On an axis that does not begin with base, nothing is missing.
    #expect(summary.curves[2].series.allSatisfy { $0.withoutBase == nil })
  }

  @Test("A floor with missing main subjects is left out, and so is base at 0")
  func missingSubjects() async throws {
    try await withFolder(inMemory: true) { url in
      let model = RuleModel()
      let folder = try makeRunFolder(
        try smallExperiment(), in: url, model: model, options: .init(curves: true))
      try await Runner(folder: folder, model: model).run()
      let whole = try await RunRecord(folder)
      var record = whole
      record.answers.removeAll { $0.cell == "sham-HELLO-s3" && $0.probe == "choice" }
      var summary = try Summariser(record, command: "nosce").summary()
      var choice = try #require(summary.curves[0].floors).filter { $0.probe == "choice" }
      #expect(choice.map(\.leftOut) == [nil, "sham lacks 1 of its 5 main subjects", nil])
      #expect(choice[1].mean == nil && choice[1].total == 0)
      #expect(summary.curves[0].series[1].points.map(\.x) == [0, 5, 10])

      record = whole
      record.answers.removeAll { $0.cell == "base-HELLO-s2" }
      summary = try Summariser(record, command: "nosce").summary()
      choice = try #require(summary.curves[0].floors).filter { $0.probe == "choice" }
      #expect(choice[0].leftOut == "base lacks 1 of its 2 main subjects")
      for line in summary.curves[0].series {
        #expect(line.withoutBase == "base lacks 1 of its 2 main subjects")
        #expect(line.points.map(\.x) == [5, 10])
      }
    }
  }

  @Test("Seeds that share a persona share where they began")
  func sharedPersonas() async throws {
    let text = try smallFile(
      replacing: "layers: [[0, 1]]\n  seeds: 2", with: "layers: [[0, 1]]\n  seeds: 5")
    let summary = try await summary(
      ExperimentFile.decode(text, file: "small.yaml"), options: .init(curves: true))
    let halfways = try #require(summary.curves[0].halfways)
    #expect(halfways.allSatisfy { $0.moved == 5 && $0.seeds == 5 })
  }
}
