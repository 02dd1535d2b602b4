import NosceExperiment
import NosceFiles
import NosceRuns
import NosceTestSupport
import Testing

@Suite struct QuestionRunTests {
  @Test func everyArmIsAskedAndNoContrastIsAboutIt() throws {
    let experiment = try probesExperiment()
    let questions = try exampleQuestions("judged") + exampleQuestions("scales")
    let more = try experiment.adding(questions, samples: 2)
    #expect(more.probes.suffix(5).map(\.name) == questions.map(\.name))
    #expect(more.probe("one_day_free")?.prompt?.samples == 2)
    #expect(more.contrasts == experiment.contrasts && more.gates == experiment.gates)
    let plan = try Planner(experiment: more, model: RuleModel()).plan()
    #expect(plan.judgedProbes == ["one_day_free", "one_day_free_json", "language_as_a_sign"])
    let cells = plan.cells.filter(\.isMain)
    #expect(cells.allSatisfy { $0.units.contains { $0.probe == "likes_patterns" } })
    #expect { try experiment.adding(questions + questions) } throws: {
      "\($0)".contains("in two files")
    }
    var same = questions[0]
    same.name = "choice"
    #expect { try experiment.adding([same]) } throws: { "\($0)".contains("a probe of kinds") }
  }

  @Test(
    .enabled(if: SharedFixtures.exist, "\(SharedFixtures.missing)"),
    arguments: [
      ("behavioral-self-awareness/liking_risk.yaml", 1, 0),
      ("behavioral-self-awareness/risk_predisposition_scale.yaml", 1, 0),
      ("behavioral-self-awareness/risk_safe.yaml", 5, 0),
      ("behavioral-self-awareness/risk_safe_language.yaml", 1, 1),
      ("emergent-misalignment/first_plot_questions.yaml", 24, 24),
      ("emergent-misalignment/preregistered_evals.yaml", 48, 48),
    ])
  func publishedFilesLoadAndRunUnchanged(_ path: String, _ count: Int, _ judged: Int) async throws {
    let url = try SharedFixtures.url("data/\(path)")
    let probes = try QuestionFile.load(url).probes
    #expect(probes.count == count)
    #expect(probes.count { $0.judging != nil } == judged)
    let model = RuleModel()
    // One seed and few samples: a hundred of each would take the test no further.
    let experiment = try probesExperiment().applying(seeds: 1).adding(probes, samples: 2)
    try await withFolder(inMemory: true) { folder in
      let judge = judged > 0 ? model : nil
      let run = try makeRunFolder(
        experiment, in: folder, model: model, judge: judge, options: .init(exploratory: true))
      try await Runner(folder: run, model: model, judge: judge).run()
      let asked = Set(try await run.store.measurements().map(\.probe))
      #expect(asked.isSuperset(of: probes.map(\.name)))
    }
  }
}
