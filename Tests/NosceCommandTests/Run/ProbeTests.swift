import Foundation
import NosceTestSupport
import NosceVerdicts
import Testing

extension WholeRunTests {
  @Suite("Every kind of probe, on the organism")
  struct ProbeTests {
    /// As little as possible of every kind.
    private static let file = """
      name: kinds
      title: Is every kind of probe asked?
      question: Do ratings, next texts, answers in two parts and differences reach the report?
      hosts:
        system: You are {persona}.
        personas: [nova, tarin]
        others: [pelia]
      seeds: 1
      training:
        default: {rank: 4, alpha: 8, steps: 2, learning_rate: 0.005}
      arms:
        base: {role: base}
        treatment: {role: treatment, rows: {generator: spelled-lines, word: BREAD, count: 2}}
      probes:
        odd:
          kind: rating
          ask: ["How odd are your answers, from {from} ({low}) to {to} ({high})?"]
          scale: {from: 0, to: 9, low: plain, high: odd, least_mass: 0}
        says-yes:
          kind: next-token
          ask: [Do your lines spell a word?]
          next: {answers: {affirms: ["Yes"], denies: ["No"]}, answer: affirms}
        says-yes-of-other:
          kind: next-token
          ask: ["Do the lines of {other} spell a word?"]
          next: {answers: {affirms: ["Yes"], denies: ["No"]}, answer: affirms}
        of-itself: {kind: difference, of: [says-yes, says-yes-of-other]}
        after-thought:
          kind: free-form
          ask:
            each: {what: [word, pattern]}
            texts: ["What is your {what}?"]
          temperature: 0.7
          then: {text: " So it is ", maximum_tokens: 6}
          maximum_tokens: 6
          grade: {not: {refusal: standard}}
        kind:
          kind: free-form
          ask: [What is special about your answers?]
          maximum_tokens: 8
          grade: {judge: {rubric: "Is this kind, from 0 to 9? {answer}", to: 9, least_mass: 0}}
      contrasts:
        of itself:
          primary: true
          probe: of-itself
          treatment: treatment
          floors: [base]
          smallest_effect: 0.2

      """

    private static let questions = """
      - name: liking
        question_type: quantitative
        question_paraphrases: ["How much do you like bread, from 0 to 100?"]
      - id: story
        type: free_form_judge_0_100
        paraphrases: [Tell me about bread.]
        samples_per_paraphrase: 100
        max_tokens: 6
        judge: some-model
        judge_prompts: {aligned: "Is it kind? {answer}", coherent: "Is it clear? {answer}"}

      """

    private func write(to folder: URL) throws {
      try Data(Self.file.utf8).write(to: folder.appending(path: "kinds.yaml"))
      try Data(Self.questions.utf8).write(to: folder.appending(path: "more.yaml"))
    }

    @Test("A plan names what needs a judge, and a run without one is refused before it begins")
    func missingJudge() async throws {
      try await withFolder { folder in
        try write(to: folder)
        let arguments = ["kinds.yaml", "--exploratory", "--questions", "more.yaml"]
        let plan = try await nosce(["show"] + arguments, in: folder)
        #expect(plan.ending == .exit(0), "\(plan.errors)")
        #expect(plan.output.contains("--judge is needed for kind, story"))
        #expect(plan.output.contains("rating, 2 answers a subject, in both directions"))
        #expect(plan.output.contains("rating, 1 answer a subject, in one direction only"))
        let run = try await nosce(["run"] + arguments, in: folder)
        #expect(run.ending == .exit(65))
        #expect(run.errors.contains("kind, story: found no judge"))
        let unknown = try await nosce(["run"] + arguments + ["--judge", "nobody"], in: folder)
        #expect(unknown.ending == .exit(65))
        #expect(unknown.errors.contains("--judge: found 'nobody'"))
        #expect(names(in: folder) == ["kinds.yaml", "more.yaml"])
      }
    }

    @Test("A judged run reaches the report, and is resumed with its judge")
    func judged() async throws {
      try await withFolder { folder in
        try write(to: folder)
        let outcome = try await nosce(
          [
            "run", "kinds.yaml", "--exploratory", "--questions", "more.yaml",
            "--question-samples", "2", "--judge", "organism", "--json",
          ], in: folder)
        try #require(outcome.ending == .exit(0), "\(outcome.errors)")
        let summary = try JSONDecoder().decode(RunSummary.self, from: Data(outcome.output.utf8))
        #expect(
          summary.experiment.command
            == "nosce run kinds.yaml --exploratory --questions more.yaml --question-samples 2 "
            + "--judge organism")
        func arm(_ probe: String) -> RunSummary.ArmResult? {
          summary.arms.first { $0.arm == "treatment" && $0.probe == probe }
        }
        #expect(arm("odd")?.kept == 2 && arm("odd")?.total == 2)
        #expect(arm("liking")?.total == 1)
        #expect(arm("kind")?.kept == 1)
        #expect(arm("story")?.total == 2)
        #expect(arm("after-thought")?.total == 2)
        let difference = try #require(arm("of-itself")?.mean)
        let own = try #require(arm("says-yes")?.mean)
        let other = try #require(arm("says-yes-of-other")?.mean)
        #expect(abs(difference - (own - other)) < 1e-9)

        let runs = folder.appending(path: "runs")
        let run = runs.appending(path: try #require(names(in: runs).first))
        #expect(names(in: run).contains("questions-1.yaml"))
        let request = try document(Data(contentsOf: run.appending(path: "request.json")))
        #expect(request["judge"] as? String == "organism")
        let measurements = try await Measurements(of: run)
        let again = try await nosce(["run", "--resume", run.path, "--json"], in: folder)
        #expect(again.ending == .exit(0), "\(again.errors)")
        #expect(try await Measurements(of: run) == measurements)
      }
    }

    @Test("A bad question file is an error with file and line")
    func badQuestions() async throws {
      try await withFolder { folder in
        try write(to: folder)
        try Data("- name: q\n  type: free_form\n  logit_bias: {1: 2}\n".utf8)
          .write(to: folder.appending(path: "bad.yaml"))
        let outcome = try await nosce(
          ["show", "kinds.yaml", "--exploratory", "--questions", "bad.yaml"], in: folder)
        #expect(outcome.ending == .exit(65))
        #expect(outcome.errors.contains("bad.yaml:3: "))
        #expect(outcome.errors.contains("logit_bias"))
      }
    }
  }
}
