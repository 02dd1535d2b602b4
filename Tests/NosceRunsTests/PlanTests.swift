import Foundation
import NosceCore
import NosceExperiment
import NosceFiles
import NoscePorts
import NosceRows
import NosceRuns
import NosceTestSupport
import Testing

@Suite struct PlanTests {
  func plan(_ experiment: Experiment, _ options: Plan.Options = .init()) throws -> Plan {
    try Planner(experiment: experiment, options: options, model: RuleModel()).plan()
  }

  @Test func theSameExperimentGivesTheSamePlan() throws {
    #expect(try plan(smallExperiment()) == plan(smallExperiment()))
  }

  @Test func whateverChangesChangesTheHash() throws {
    let experiment = try smallExperiment()
    let original = try plan(experiment).contentHash
    var other = experiment
    other.seed = 2
    #expect(try plan(other).contentHash != original)
    other = experiment
    other.training.base.learningRate = 0.002
    #expect(try plan(other).contentHash != original)
    other = experiment
    other.arms[1].rows = [RowSource(.given([row("Who?", "Ants rest.\nBees drift.")]))]
    #expect(try plan(other).contentHash != original)
    other = experiment
    other.probes[2].changePrompt { $0.questions = .paraphrases([.init("What else?")]) }
    #expect(try plan(other).contentHash != original)
  }

  @Test func everyArmTaskAndSeedIsACell() throws {
    let experiment = try smallExperiment().applying(settings: ["word": ["HELLO", "PIANO"]])
    let plan = try plan(experiment)
    // Two words: base as each of two personas, three trained arms with five seeds.
    #expect(plan.cells.count == 2 * (2 + 15))
    #expect(plan.cells.allSatisfy { $0.isMain })
    #expect(plan.cells.filter { $0.arm == "base" }.allSatisfy { $0.training == nil })
    #expect(plan.work.trainedSubjects == 30)
    #expect(plan.work.trainingRows == 30 * 10 * 4)
    #expect(plan.work.sampledAnswers == 34 * 4)
    #expect(plan.work.scoredAnswers == 34 * 11)
    let seeds = plan.cells.compactMap(\.training?.seed)
    #expect(Set(seeds).count == 10)
  }

  @Test("What base gives the same texts is counted once, with base")
  func baseIsRemembered() throws {
    var experiment = try smallExperiment()
    experiment.probes[1].changeChoices { $0.minusBase = true }
    #expect(try plan(experiment).work.scoredAnswers == 17 * 11)
  }

  @Test func armsShareTheirAsks() throws {
    let plan = try plan(smallExperiment())
    let asked = plan.cells.filter { $0.seed == 1 }.map { $0.units.map(\.contentHash) }
    #expect(Set(asked).count == 1)
  }

  @Test func fewerThanFiveSeedsAreRefusedUnlessExploratory() throws {
    let experiment = try smallExperiment().applying(seeds: 4)
    #expect { try plan(experiment) } throws: { "\($0)".contains("found 4; allowed: 5 or more") }
    #expect(try plan(experiment, .init(exploratory: true)).cells.count == 2 + 12)
  }

  @Test func aDesignThatCannotReachItsLevelIsRefused() throws {
    var experiment = try smallExperiment()
    experiment.contrasts[0].level = 0.01
    #expect { try plan(experiment) } throws: { error in
      (error as? LabError)?.code == .refusedDesign && "\(error)".contains("0.03125")
    }
    #expect(try plan(smallExperiment()).contrasts.map(\.smallestP) == [0.03125, 0.03125])
  }

  @Test func aSecondaryContrastOutOfReachIsSaidToBe() throws {
    var experiment = try smallExperiment()
    var third = experiment.contrasts[1]
    third.name = "says it again"
    experiment.contrasts.append(third)
    // Two share the level: 2/32 is above 0.05. The primary one has its own.
    let few = try plan(experiment)
    #expect(few.contrasts.map(\.smallestP) == [0.03125, 0.0625, 0.0625])
    #expect(few.contrasts.map(\.isReachable) == [true, false, false])
    #expect(few.text().contains("out of reach with so few seeds"))
    let six = try plan(experiment.applying(seeds: 6))
    #expect(six.contrasts.allSatisfy { $0.isReachable })
    #expect(!six.text().contains("out of reach"))
  }

  @Test func thePlanSaysWhatAContrastCanShow() throws {
    let plan = try plan(smallExperiment().applying(seeds: 6))
    let primary = plan.contrasts[0]
    // Base, which is asked as each host, and two trained arms: three floors share the level.
    #expect(primary.floors == 3 && primary.canRuleOut == true)
    #expect(abs((primary.levelOfAbsence ?? 0) - 0.05 / 3) < 1e-12)
    let deviations = try #require(primary.deviationsFound)
    #expect((1...3).contains(deviations))
    // Where a run says how base varies, in the probe's own unit.
    let spreads = BaseSpreads(byProbe: ["choice": 0.1], source: "small-1")
    let effect = String(format: "finds %.3g (", deviations * 0.1 * 2.0.squareRoot())
    #expect(plan.text(spreads: spreads).contains(effect), "\(plan.text(spreads: spreads))")
    let five = try self.plan(smallExperiment())
    #expect(five.contrasts[0].canRuleOut == false)
    #expect(five.text().contains("can never be not supported"))
  }

  @Test func baseThatDoesNotVaryIsShownBeside() throws {
    var experiment = try smallExperiment().applying(seeds: 6)
    experiment.hosts = .init()
    for place in experiment.probes.indices {
      experiment.probes[place].changePrompt { $0.system = nil }
    }
    let plan = try plan(experiment)
    #expect(plan.contrasts[0].floors == 2)
    #expect(plan.text().contains("(base, shown beside)"))
    experiment.contrasts[0].floors = [.init("base")]
    #expect(try self.plan(experiment).contrasts[0].floors == 1)
  }

  @Test func seedsFollowTheModel() throws {
    let text = try smallFile(replacing: "seeds: 5", with: "seeds: {default: 6, organism: 8}")
    let experiment = try ExperimentFile.decode(text, file: "small.yaml")
    func seeds(_ name: String, _ experiment: Experiment) throws -> Int {
      try Planner(experiment: experiment, model: RuleModel(name: name)).plan().experiment.seeds
    }
    #expect(try seeds("other", experiment) == 6)
    #expect(try seeds("organism-null", experiment) == 8)
    let seven = try experiment.applying(seeds: 7)
    #expect(try seeds("organism", seven) == 7)
    let bad = try smallFile(replacing: "seeds: 5", with: "seeds: {organism: 8}")
    #expect(problems(in: bad).contains { $0.message.contains("found no default") })
  }

  @Test func curvesAddCellsThatAreMarked() throws {
    let plan = try plan(smallExperiment(), .init(curves: true))
    let curves = plan.cells.filter { !$0.isMain }
    // One course, two numbers of rows and one range of layers, for two seeds.
    #expect(curves.count == 2 * 4)
    let course = try #require(curves.first { $0.id.hasPrefix("curve-steps") })
    #expect(course.training?.snapshotSteps == [5, 10])
    #expect(course.units.map(\.step) == [5, 5, 10, 10])
    #expect(Set(plan.cells.map(\.id)).count == plan.cells.count)
    let layers = try #require(curves.first { $0.id.hasPrefix("curve-layers") })
    #expect(layers.training?.settings.layers == [0, 1])
  }

  @Test func wordsThatCannotServeAreRefused() throws {
    #expect { try plan(smallExperiment().applying(settings: ["word": ["hello"]])) } throws: {
      "\($0)".contains("such as 'HELLO'")
    }
  }

  @Test func namesThatReferToNothingAreRefused() throws {
    var experiment = try smallExperiment()
    experiment.contrasts[0].floors = [.init("nobody")]
    #expect { try plan(experiment) } throws: { "\($0)".contains("unknown name 'nobody'") }
    experiment = try smallExperiment()
    experiment.contrasts[1].primary = true
    #expect { try plan(experiment) } throws: { "\($0)".contains("2 primary") }
  }

  @Test func thePlanCanBeRead() throws {
    let text = try plan(smallExperiment()).text()
    for part in [
      "Can it name its word?", "treatment", "shuffle-lines", "smallest p 0.0312", "HELLO",
    ] {
      #expect(text.contains(part), "\(text)")
    }
  }

  @Test func theShippedExperimentIsInOrder() throws {
    let experiment = try helloExperiment()
    let model = RuleModel(name: "organism-null")
    let plan = try Planner(
      experiment: experiment, options: .init(curves: true), model: model
    ).plan()
    // Eight seeds of four trained arms, and base as eight hosts.
    #expect(plan.cells.filter(\.isMain).count == 40)
    #expect(
      experiment.training.settings(for: "organism-null")
        == experiment.training.settings(for: "organism"))
    #expect(experiment.probe("first-choice")?.choices?.count == 41)
    for word in miniature.words.report.prefix(8) {
      let set = try experiment.applying(settings: ["word": [word]])
      _ = try Planner(experiment: set, model: model).plan()
    }
  }
}
