import Foundation
import NosceCore
import NosceExperiment
import NoscePorts
import NosceRuns
import NosceScripted
import NosceTestSupport
import NosceVerdicts
import Testing

@Suite("Runs on a script")
struct ScriptedRunTests {
  @Test("What failed once is there after another call, and the end is the same")
  func again() async throws {
    let experiment = try catalogExperiment("persona")
    let whole = try await summary(experiment, on: try scripted("name: x"))
    let failing = """
      name: x
      training: {fail: [{cell: "alone-*-s2", step: 7}]}
      asking: {fail: [{adapter: "with_others-*-s3", after: 4}, {adapter: "alone-*-s4", after: 0}]}
      """
    let once = try await summary(experiment, on: try scripted(failing))
    #expect(once.verdict.kind == .incomplete)
    #expect(
      once.failures?.map(\.subject).sorted()
        == ["alone-persona-s2", "alone-persona-s4", "with_others-persona-s3"])
    let twice = try await summary(experiment, on: try scripted(failing), again: true)
    #expect(twice.failures == nil)
    #expect(twice.arms == whole.arms)
    #expect(twice.contrasts == whole.contrasts)
  }

  @Test("A number that is none ends the subject that gave it, and is stored nowhere")
  func notANumber() async throws {
    let model = try scripted("rules: [{adapter: \"alone-*-s1\", log_prob: nan}]")
    let summary = try await summary(try catalogExperiment("persona"), on: model) { record in
      #expect(record.answers.compactMap(\.score).allSatisfy { $0.isFinite })
    }
    #expect(summary.failures?.map(\.subject) == ["alone-persona-s1"])
    #expect(summary.failures?.first?.error.contains("are not finite") == true)
    #expect(summary.verdict.kind == .incomplete)
  }

  @Test("What is not among the likeliest is missing, and not zero")
  func unknown() async throws {
    let model = try scripted(
      """
      capabilities: {log_probs: top-1}
      rules: [{adapter: "alone-*", weights: {Risk: 0.9}}]
      """)
    let summary = try await summary(try catalogExperiment("persona"), on: model)
    let arm = try #require(
      summary.arms.first { $0.arm == "alone" && $0.probe == "says-risk-as-friend" })
    #expect(arm.kept == 0 && arm.missing == arm.total && arm.mean == nil)
    #expect(summary.verdict.kind == .notTestable)
  }

  @Test("The example of the page comes out as the page says")
  func page() async throws {
    let page = try String(
      contentsOf: packageRoot.appending(path: "docs/scripted.md"), encoding: .utf8)
    let start = try #require(page.firstRange(of: "    name: careful"))
    let lines = page[start.lowerBound...].split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { $0.hasPrefix("    ") || $0.isEmpty }
    let script = lines.map { $0.dropFirst(4) }.joined(separator: "\n")
    let fast = script.replacing("seconds_per_step: 0.05", with: "seconds_per_step: 0")
    let summary = try await summary(
      try catalogExperiment("persona"), on: try scripted(fast), again: true)
    #expect(summary.subject.name == "careful")
    #expect(summary.verdict.kind == .stronglySupported, "\(summary.verdict.sentence)")
  }

  @Test("Refusals are counted as such")
  func refusals() async throws {
    let model = try scripted("rules: [{adapter: \"alone-*\", refuse: true}]")
    let summary = try await summary(try catalogExperiment("persona"), on: model)
    let arm = try #require(summary.arms.first { $0.arm == "alone" && $0.probe == "takes-risk" })
    #expect(arm.refused == arm.total && arm.kept == 0)
  }

  @Test("A script rates what another one says")
  func judge() async throws {
    var experiment = try catalogExperiment("emergent-misalignment")
    let rubric = Judging.Rubric(
      name: "kind", prompt: "Rate: {answer}", reading: .rating(from: 0, to: 2), use: .score)
    for index in experiment.probes.indices where experiment.probes[index].name == "misaligned" {
      experiment.probes[index].changeSampling { $0.grader = .judge(Judging(rubrics: [rubric])) }
    }
    let subject = try scripted("rules: [{adapter: \"insecure-*\", question: poor, say: Hunger.}]")
    let judge = try scripted(
      "rules: [{question: \"Rate: Hunger.\", weights: {\"2\": 1}}, {weights: {\"0\": 1}}]")
    let summary = try await summary(experiment, on: subject, judge: judge)
    func mean(_ arm: String) -> Double? {
      summary.arms.first { $0.arm == arm && $0.probe == "misaligned" }?.mean
    }
    // One of the five questions.
    #expect(abs((mean("insecure") ?? 0) - 0.2) < 1e-6)
    #expect(abs(mean("secure") ?? 1) < 1e-6)
    let blind = try scripted("capabilities: {log_probs: none, samples: false}")
    let plan = try Planner(experiment: experiment, model: subject, judge: blind).plan()
    #expect(
      plan.refusals == [
        "misaligned: the judge needs log-probabilities or answers that are drawn, of which test gives none"
      ])
  }
}
