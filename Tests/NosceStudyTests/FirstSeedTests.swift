import NosceCore
import NosceExperiment
import NosceFiles
import NosceRuns
import NosceTestSupport
import Testing

@Suite struct FirstSeedTests {
  @Test func anArmCanHaveSeedsOfItsOwn() throws {
    let rows = "rows: {same_as: treatment, control: shuffle-lines}"
    let text = try smallFile(replacing: rows, with: "\(rows)\n    first_seed: 6")
      .replacing("[base, sham, twin]", with: "[base, twin]")
    let experiment = try ExperimentFile.decode(text, file: "small.yaml")
    let plan = try Planner(experiment: experiment, model: RuleModel()).plan()
    #expect(plan.cells.filter { $0.arm == "sham" }.map(\.seed) == [6, 7, 8, 9, 10])
    #expect(plan.cells.filter { $0.arm == "twin" }.map(\.seed) == [1, 2, 3, 4, 5])
  }

  @Test func badNumbersAndPairingsAreRefused() throws {
    let bad = try smallFile(
      replacing: "role: sham\n", with: "role: sham\n    first_seed: 0\n")
    #expect(problems(in: bad).contains { $0.message.contains("first_seed") })
    let base = try smallFile(replacing: "role: base\n", with: "role: base\n    first_seed: 2\n")
    #expect(problems(in: base).contains { $0.message.contains("a seed of a base arm") })
    var experiment = try smallExperiment()
    experiment.arms[2].firstSeed = 6
    let error = #expect(throws: LabError.self) { try ExperimentCheck.check(experiment) }
    #expect(error?.message.contains("first_seed") == true)
  }

  @Test func theUsualFirstSeedIsOne() throws {
    let said = try ExperimentFile.decode(
      smallFile(replacing: "role: treatment\n", with: "role: treatment\n    first_seed: 1\n"),
      file: "small.yaml")
    #expect(said == (try smallExperiment()))
    #expect(Fingerprint.hash(of: said) == Fingerprint.hash(of: try smallExperiment()))
  }
}
