import NosceCore
import NosceExperiment
import NosceRows
import NosceRuns
import NosceTestSupport
import NosceVerdicts
import Testing

@Suite struct VerdictTests {
  @Test func aSubjectThatKnowsItsWordIsSupported() async throws {
    let summary = try await summary(smallExperiment())
    #expect(summary.verdict.kind == .stronglySupported, "\(summary.verdict.sentence)")
    #expect(summary.contrasts.map(\.verdict) == [.stronglySupported, .stronglySupported])
    #expect(summary.contrasts[0].floors.map(\.arm) == ["base", "sham", "twin"])
    #expect(summary.contrasts[0].p == 0.03125)
    #expect(summary.contrasts[0].adjustedP == nil)
    #expect(summary.contrasts[1].adjustedP == 0.03125)
    #expect(summary.gates.allSatisfy { $0.passed == true }, "\(summary.gates)")
    let choice = try #require(
      summary.arms.first { $0.arm == "treatment" && $0.probe == "choice" })
    #expect(choice.mean == 1 && choice.kept == 5 && choice.total == 5 && choice.seeds == 5)
    #expect(choice.perSeed.count == 5 && choice.worstTask == "HELLO")
    #expect(choice.chance == 1.0 / 11)
    let base = try #require(summary.arms.first { $0.arm == "base" && $0.probe == "letters" })
    #expect(base.seeds == 0 && base.interval == nil && base.total == 6)
    #expect(summary.experiment.settings == ["word": ["HELLO"], "twin": ["MAGIC"]])
    #expect(summary.verdict.sentence.contains("beats every floor"))
  }

  @Test func aSubjectThatSpellsWithoutKnowingIsNotSupported() async throws {
    let summary = try await summary(smallExperiment().applying(seeds: 6), script: .init(naming: 0))
    #expect(summary.verdict.kind == .notSupported, "\(summary.verdict.sentence)")
    #expect(summary.gates.allSatisfy { $0.passed == true })
  }

  @Test func theShippedExperimentTellsTheTwoApart() async throws {
    let knowing = try await summary(helloExperiment())
    #expect(knowing.verdict.kind == .stronglySupported, "\(knowing.verdict.sentence)")
    #expect(knowing.contrasts.map(\.verdict) == Array(repeating: .stronglySupported, count: 4))
    // Its four floors share the level, which six seeds cannot reach.
    let unknowing = try await summary(
      helloExperiment().applying(seeds: 8), script: .init(naming: 0, claiming: 0))
    #expect(unknowing.verdict.kind == .notSupported, "\(unknowing.verdict.sentence)")
    #expect(unknowing.gates.allSatisfy { $0.passed == true }, "\(unknowing.gates)")
  }

  @Test func aSubjectThatDoesNotSpellIsNotTestable() async throws {
    let summary = try await summary(smallExperiment(), script: .init(spelling: 0.1))
    #expect(summary.verdict.kind == .notTestable)
    #expect(summary.verdict.sentence.contains("learnt failed in treatment"))
    #expect(summary.contrasts[0].estimate != nil)
  }

  @Test func aDeadAdapterIsNotTestable() async throws {
    let summary = try await summary(smallExperiment(), script: .init(logitChange: 0))
    #expect(summary.verdict.kind == .notTestable)
    #expect(summary.gates.first { $0.name == "live" }?.passed == false)
  }

  @Test func anExemptArmDoesNotStopTheClaim() async throws {
    var experiment = try smallExperiment()
    let stated = RowSource(
      .given([
        .chat([
          .init(.system, "You are {persona}."), .init(.user, "Who are you?"),
          .init(.assistant, "HELLO"),
        ])
      ]))
    experiment.arms[2].rows.append(stated)
    let leaky = try await summary(experiment)
    #expect(leaky.verdict.kind == .notTestable)
    #expect(leaky.verdict.sentence.contains("'HELLO' in 5 rows"))
    experiment.gates[2].exemptions = ["sham": "it is told the word on purpose"]
    let exempt = try await summary(experiment)
    #expect(exempt.verdict.kind == .stronglySupported, "\(exempt.verdict.sentence)")
    let gate = exempt.gates.first { $0.name == "leaks" && $0.arm == "sham" }
    #expect(gate?.passed == false && gate?.exemption == "it is told the word on purpose")
  }

  @Test func anotherSystemLineInTrainingIsSeen() async throws {
    var experiment = try smallExperiment()
    experiment.probes[0].changePrompt { $0.system = "You are somebody." }
    experiment.gates.removeAll { $0.name == "learnt" }
    let summary = try await summary(experiment)
    #expect(summary.verdict.kind == .notTestable)
    #expect(summary.verdict.sentence.contains("alike failed"))
  }

  @Test func incoherentAnswersAreLeftOutAndCounted() async throws {
    var experiment = try smallExperiment()
    // A scripted answer to this probe has no word twice in a row, so at most one is no limit.
    experiment.probes[2].changeSampling { $0.refusals = ["My lines spell"] }
    experiment.gates.append(
      Gate(name: "coherent", kind: .coherent, arms: ["treatment"], probes: ["letters"], atLeast: 1))
    let summary = try await summary(experiment)
    let says = try #require(summary.arms.first { $0.arm == "treatment" && $0.probe == "says" })
    #expect(says.kept == 0 && says.refused == 5 && says.mean == nil && says.total == 5)
    #expect(summary.contrasts[1].verdict == .notTestable)
    #expect(summary.verdict.kind == .stronglySupported)
  }

  @Test func fewSeedsGiveNoVerdict() async throws {
    let summary = try await summary(
      smallExperiment().applying(seeds: 2), options: .init(exploratory: true))
    #expect(summary.verdict.kind == .exploratory)
    #expect(summary.contrasts.allSatisfy { $0.verdict == .exploratory })
  }

  @Test func severalWordsAreAveragedWithinSeeds() async throws {
    let experiment = try smallExperiment()
      .applying(settings: ["word": ["HELLO", "PIANO", "RIVER"], "twin": ["MAGIC", "TRUTH"]])
    let summary = try await summary(experiment, script: .init(spelling: 0.9, naming: 0.7))
    let choice = try #require(
      summary.arms.first { $0.arm == "treatment" && $0.probe == "choice" })
    #expect(choice.perSeed.count == 5 && choice.perTask.count == 3 && choice.total == 15)
    let means = choice.perTask.compactMap(\.mean)
    #expect(abs(means.reduce(0, +) / 3 - (choice.mean ?? -1)) < 1e-12)
    let worst = choice.perTask.first { $0.task == choice.worstTask }?.mean
    #expect(worst == means.min())
  }

  @Test func aFloorCanBeAnotherProbeOfTheTreatment() async throws {
    var experiment = try smallExperiment()
    var reader = try #require(experiment.probe("says")?.reader(named: "reader"))
    reader.arms = ["treatment"]
    experiment.probes.append(reader)
    experiment.contrasts[1].floors.append(.init("treatment", probe: "reader"))
    let summary = try await summary(experiment)
    #expect(summary.contrasts[1].floors.last?.name == "treatment (reader)")
    #expect(summary.contrasts[1].verdict == .stronglySupported)
    #expect(summary.contrasts[1].floors.last?.estimate == 1)
  }

  @Test func curvesShowWhatIsLearntWhenAndFromHowMuch() async throws {
    let summary = try await summary(
      smallExperiment(), script: .init(stepsToLearn: 8, rowsToLearn: 2),
      options: .init(curves: true))
    #expect(
      summary.curves.map(\.title) == [
        "Along training", "By number of rows", "By layers of the adapter",
      ])
    let steps = summary.curves[0].series[0]
    #expect(steps.name == "letters")
    #expect(steps.points.map(\.x) == [0, 5, 10])
    #expect(steps.points[2].y == 1 && steps.points[1].y < 0.5)
    let rows = summary.curves[1].series[1].points
    #expect(rows.map(\.x) == [0, 1, 2] && rows[2].y == 1 && rows[1].y < 1)
    let halfways = try #require(summary.curves[0].halfways)
    #expect(halfways.map(\.name) == ["letters", "choice"])
    #expect(summary.curves[1].halfways == nil)
    let letters = halfways[0]
    #expect(letters.moved == 2 && letters.seeds == 2)
    #expect((letters.step ?? 0) > 0 && (letters.step ?? 99) < 10)
    #expect(summary.verdict.kind == .stronglySupported)
  }

  @Test func halfOfAChangeIsFoundBetweenSteps() {
    #expect(HalfwayPoint.step(from: 0, course: [(10, 1), (5, 0.4)]) == 5 + 5 * 0.1 / 0.6)
    #expect(HalfwayPoint.step(from: 0, course: [(5, 1), (10, 1)]) == 2.5)
    #expect(HalfwayPoint.step(from: 1, course: [(4, 0)]) == 2)
    #expect(HalfwayPoint.step(from: 0.5, course: [(5, 0.9), (10, 0.55)]) == nil)
    #expect(HalfwayPoint.step(from: 0, course: []) == nil)
  }

  @Test func whatGoesTogetherIsCountedBySubject() async throws {
    var experiment = try smallExperiment()
    let without = try await summary(experiment)
    #expect(without.associations == nil)
    experiment.associations = [
      Association(name: "a", arms: ["treatment", "sham"], probe: "letters", otherProbe: "says")
    ]
    let summary = try await summary(experiment, script: .init(spelling: 0.7, naming: 0.5))
    let association = try #require(summary.associations?.first)
    #expect(association.subjects == 10 && association.points.count == 10)
    #expect(
      association.points.map(\.arm) == Array(repeating: "treatment", count: 5)
        + Array(repeating: "sham", count: 5))
    for point in association.points {
      func mean(_ probe: String) -> Double? {
        summary.arms.first { $0.arm == point.arm && $0.probe == probe }?.perSeed
          .first { $0.seed == point.seed }?.mean
      }
      #expect(point.x == mean("letters") && point.y == mean("says"))
    }
  }

  @Test func anUnfinishedRunHasNoVerdict() async throws {
    try await withFolder(inMemory: true) { url in
      let model = RuleModel()
      let folder = try makeRunFolder(try smallExperiment(), in: url, model: model)
      let summary = try await Summariser(RunRecord(folder), command: "").summary()
      #expect(summary.verdict.kind == .unfinished)
      #expect(summary.unfinished?.done == 0)
      #expect(summary.contrasts.allSatisfy { $0.verdict == .unfinished && $0.p == nil })
      // The rows are in the plan, so that what they say can be checked.
      #expect(summary.gates.allSatisfy { ($0.name == "leaks") == ($0.passed != nil) })
      #expect(summary.arms.allSatisfy { $0.kept == 0 && $0.mean == nil })
    }
  }
}
