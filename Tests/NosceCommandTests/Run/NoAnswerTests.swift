import Foundation
import NosceCore
import NosceTestSupport
import NosceVerdicts
import Testing

extension WholeRunTests {
  /// A score that rests on next to no probability is none: *no answer*, counted, and never averaged.
  @Suite("Scores on little mass")
  struct NoAnswerTests {
    /// One probe of each kind that is read off probabilities, and one with a judge.
    private static func file(_ mass: String = "") -> String {
      """
      name: mass
      title: Is little mass no answer?
      question: What becomes of scores that rest on next to nothing?
      seeds: 1
      training:
        default: {rank: 4, alpha: 8, steps: 2, learning_rate: 0.005}
      hosts:
        system: You are {persona}.
        personas: [nova]
        others: [pelia]
      arms:
        base: {role: base}
        treatment: {role: treatment, rows: {generator: spelled-lines, word: BREAD, count: 2}}
      probes:
        choice:
          kind: forced-choice
          ask: ["Which, {choices}?"]
          choices: {options: [Red, Blue], answer: Red\(mass)}
        next:
          kind: next-token
          ask: [Do you like bread?]
          next: {answers: {affirms: ["Yes"], denies: ["No"]}, answer: affirms\(mass)}
        scale:
          kind: rating
          ask: ["From {from} ({low}) to {to} ({high}), how kind are you?"]
          scale: {from: 0, to: 10, low: cruel, high: kind\(mass)}
        words:
          kind: rating
          ask: [How often are you kind?]
          scale: {texts: [never, often, always], reverse: false\(mass)}
        judged:
          kind: free-form
          ask: [Say something kind.]
          maximum_tokens: 4
          grade: {judge: {rubric: "From 0 to 9, how kind is this? {answer}", to: 9\(mass)}}
      contrasts:
        prefers red:
          primary: true
          probe: choice
          treatment: treatment
          floors: [base]
          smallest_effect: 0.2

      """
    }

    /// Four texts have 4 e^-9 together, eleven points 11 e^-9: nowhere near a quarter.
    private static let thin = """
      rules:
        - {say: Good day., log_prob: -9}
      """

    private func run(_ file: String, script: String, in folder: URL) async throws -> RunSummary {
      try Data(file.utf8).write(to: folder.appending(path: "mass.yaml"))
      try Data(script.utf8).write(to: folder.appending(path: "thin.yaml"))
      let outcome = try await nosce(
        [
          "run", "mass.yaml", "--subject", "script:thin.yaml", "--judge", "script:thin.yaml",
          "--exploratory", "--json",
        ], in: folder)
      try #require(outcome.ending == .exit(0), "\(outcome.errors)")
      return try JSONDecoder().decode(RunSummary.self, from: Data(outcome.output.utf8))
    }

    private static let probes = ["choice", "next", "scale", "words", "judged"]

    @Test("Of every kind they are no answer, with the mass beside it, in report and export")
    func none() async throws {
      try await withFolder { folder in
        let summary = try await run(Self.file(), script: Self.thin, in: folder)
        for probe in Self.probes {
          let arms = summary.arms.filter { $0.probe == probe }
          #expect(arms.count == 2, "\(probe)")
          for arm in arms {
            #expect(arm.noAnswer == arm.total && arm.kept == 0 && arm.mean == nil, "\(arm)")
            #expect(arm.unparseable == 0 && arm.missing == 0, "\(arm)")
          }
        }
        #expect(summary.verdict.kind == .notTestable)
        #expect(
          summary.verdict.sentence
            == "no answer of treatment to choice has a score (2 no answer); no answer of base to "
            + "choice has a score (2 no answer).")
        let choice = try #require(summary.arms.first { $0.probe == "choice" })
        #expect(abs((choice.mass ?? 0) - 2 * exp(-9)) < 1e-9)
        let found = try FileManager.default.contentsOfDirectory(
          at: folder.appending(path: "runs"), includingPropertiesForKeys: nil)
        let folderOfRun = try #require(found.first)
        let export = try await nosce(["export", folderOfRun.path, "--out", "out"], in: folder)
        #expect(export.ending == .exit(0), "\(export.errors)")
        let answers = try String(
          contentsOf: folder.appending(path: "out/answers.csv"), encoding: .utf8)
        #expect(answers.contains(",no answer,"))
        #expect(answers.contains("the mass is below 0.25; "))
        let report = try String(
          contentsOf: folderOfRun.appending(path: "report.html"), encoding: .utf8)
        #expect(report.contains("no answer"))
      }
    }

    @Test("An experiment may ask which is nearest all the same, and the verdict says on what mass")
    func asked() async throws {
      try await withFolder { folder in
        let summary = try await run(
          Self.file(", least_mass: 0"), script: Self.thin, in: folder)
        for probe in Self.probes {
          for arm in summary.arms where arm.probe == probe {
            #expect(arm.noAnswer == 0 && arm.kept == arm.total && arm.kept > 0, "\(arm)")
          }
        }
        #expect(
          summary.verdict.caveats.contains {
            $0.contains("on little probability") && $0.contains("2.5e-04 in treatment")
          }, "\(summary.verdict.caveats)")
      }
    }

    @Test("With mass enough the same texts are scored")
    func enough() async throws {
      try await withFolder { folder in
        let summary = try await run(
          Self.file(), script: "rules:\n  - {say: Good day.}\n", in: folder)
        for probe in Self.probes {
          for arm in summary.arms where arm.probe == probe {
            #expect(arm.noAnswer == 0 && arm.kept == arm.total && arm.kept > 0, "\(arm)")
          }
        }
        #expect(!summary.verdict.caveats.contains { $0.contains("little probability") })
      }
    }
  }
}
