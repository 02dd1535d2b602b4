import NosceCore
import NosceExperiment
import NosceRuns
import NosceTestSupport
import NosceVerdicts
import Testing

@Suite struct QuestionVerdictTests {
  @Test func importedQuestionsRunToTheEnd() async throws {
    let model = RuleModel()
    let questions =
      try exampleQuestions("judged") + exampleQuestions("scales") + exampleQuestions("compare")
    let experiment = try probesExperiment().adding(questions)
    try await withFolder(inMemory: true) { url in
      let folder = try makeRunFolder(experiment, in: url, model: model, judge: model)
      try await Runner(folder: folder, model: model, judge: model).run()
      let summary = try await Summariser(RunRecord(folder), command: "").summary()
      #expect(summary.arms.contains { $0.probe == "one_day_free" && $0.total > 0 })
      #expect(summary.verdict.kind == .stronglySupported)
    }
  }
}
