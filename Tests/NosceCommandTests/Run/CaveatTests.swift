import Foundation
import NosceCore
import NosceTestSupport
import NosceVerdicts
import Testing

extension WholeRunTests {
  /// A headline never stands without its control.
  @Suite("What stands beside a verdict")
  struct CaveatTests {
    private static let head = """
      name: taste
      title: Does it know its taste?
      question: Does it name its colour, and only its own?
      hosts:
        system: You are {persona}.
        personas: [nova, tarin]
        others: [pelia, zuma]
      seeds: 5
      training:
        default: {rank: 4, alpha: 8, steps: 2, learning_rate: 0.005}
      arms:
        base: {role: base}
        treatment: {role: treatment, rows: {generator: spelled-lines, word: BREAD, count: 2}}
        sham: {role: sham, rows: {generator: spelled-lines, word: SPOON, count: 2}}
      probes:
        own:
          kind: next-token
          ask: [Which is your colour?]
          next: {answers: {red: [Red], blue: [Blue]}, answer: red}
        other:
          kind: next-token
          ask: ["Which is the colour of {other}?"]
          next: {answers: {red: [Red], blue: [Blue]}, answer: red}
      contrasts:
        names its colour:
          primary: true
          probe: own
          treatment: treatment
          floors: [base, sham]
          smallest_effect: 0.2

      """

    private static let control = """
        of itself and not of others:
          probe: own
          treatment: treatment
          floors: [{arm: treatment, probe: other}]
          smallest_effect: 0.2
          specificity: true

      """

    private func run(
      _ file: String, rules: String, in folder: URL
    ) async throws -> (summary: RunSummary, folder: URL) {
      try Data(file.utf8).write(to: folder.appending(path: "taste.yaml"))
      // Everybody else says Blue.
      let all = "rules:\n\(rules)\n  - {weights: {Blue: 0.98}}\n"
      try Data(all.utf8).write(to: folder.appending(path: "model.yaml"))
      let outcome = try await nosce(
        ["run", "taste.yaml", "--subject", "script:model.yaml", "--json"], in: folder)
      try #require(outcome.ending == .exit(0), "\(outcome.errors)")
      let runs = try FileManager.default.contentsOfDirectory(
        at: folder.appending(path: "runs"), includingPropertiesForKeys: nil)
      return (
        try JSONDecoder().decode(RunSummary.self, from: Data(outcome.output.utf8)),
        try #require(runs.first)
      )
    }

    @Test("Said of itself alone, the control is supported, and says so")
    func specific() async throws {
      try await withFolder { folder in
        let (summary, _) = try await run(
          Self.head + Self.control,
          rules: #"  - {adapter: "treatment-*", question: your colour, weights: {Red: 0.95}}"#,
          in: folder)
        #expect(summary.verdict.kind == .stronglySupported, "\(summary.verdict)")
        #expect(summary.verdict.caveats.count == 1, "\(summary.verdict.caveats)")
        let caveat = summary.verdict.caveats.first ?? ""
        #expect(
          caveat.hasPrefix("Of itself and not of others: strongly supported, difference +0.93 ("))
        #expect(caveat.hasSuffix("; 0.95 of itself, 0.02 of another."), "\(caveat)")
      }
    }

    @Test("Said of everybody, it is primed, or known, in terminal, page and results")
    func primed() async throws {
      try await withFolder { folder in
        let (summary, place) = try await run(
          Self.head + Self.control,
          rules: #"  - {adapter: "treatment-*", question: colour, weights: {Red: 0.95}}"#,
          in: folder)
        #expect(summary.verdict.kind == .stronglySupported)
        let words = "Primed, or known: this run cannot tell."
        #expect(summary.verdict.caveats.count == 1)
        #expect(summary.verdict.caveats.first?.hasSuffix("0.95 of another. \(words)") == true)
        let shown = try await nosce(["report", place.path])
        #expect(shown.output.replacing("\n", with: " ").contains(words))
        let page = try String(contentsOf: place.appending(path: "report.html"), encoding: .utf8)
        #expect(page.contains(words))
        let results = try await nosce(["results", place.path, "--out", "r.md"], in: folder)
        #expect(results.ending == .exit(0), "\(results.errors)")
        #expect(
          try String(contentsOf: folder.appending(path: "r.md"), encoding: .utf8).contains(words))
      }
    }

    @Test("Where nobody else is asked, that is said")
    func nobody() async throws {
      try await withFolder { folder in
        let (summary, _) = try await run(
          Self.head,
          rules: #"  - {adapter: "treatment-*", question: colour, weights: {Red: 0.95}}"#,
          in: folder)
        #expect(
          summary.verdict.caveats == [
            "The same is asked of nobody else: primed, or known, this run cannot tell."
          ])
      }
    }

    @Test("Where base alone is hard to beat, it is said that base is not trained as the others are")
    func hardBase() async throws {
      try await withFolder { folder in
        let (summary, _) = try await run(
          Self.head,
          rules: """
              - {adapter: "treatment-*", weights: {Red: 0.95}}
              - {adapter: "sham-*", weights: {Red: 0.05, Blue: 0.9}}
              - {weights: {Red: 0.6, Blue: 0.3}}
            """, in: folder)
        #expect(summary.verdict.kind.isSupported, "\(summary.verdict)")
        #expect(
          summary.verdict.caveats.first?.hasPrefix(
            "Base, the hardest floor, is not trained as the other arms are") == true,
          "\(summary.verdict.caveats)")
      }
    }

    @Test("Where all blocks tie, it is said what could have gone unseen")
    func ties() async throws {
      try await withFolder { folder in
        let (summary, _) = try await run(
          Self.head.replacing("seeds: 5", with: "seeds: 8") + Self.control, rules: "", in: folder)
        #expect(summary.verdict.kind == .notSupported, "\(summary.verdict)")
        // 1 - 0.05 to the power of 1/8.
        let words =
          "In all 8 blocks treatment and base, sham score alike: an effect that shows in fewer than "
          + "31% of blocks could have gone unseen."
        #expect(summary.verdict.caveats.first == words, "\(summary.verdict.caveats)")
      }
    }

    @Test(
      "A control that is none is refused with its line",
      arguments: [
        ("[{arm: treatment, probe: other}]", "[{arm: sham, probe: other}]"),
        ("smallest_effect: 0.2\n    specificity: true", "smallest_effect: 0.2\n    specificity: 3"),
      ])
    func refused(_ old: String, _ new: String) async throws {
      try await withFolder { folder in
        let file = (Self.head + Self.control).replacing(old, with: new)
        try Data(file.utf8).write(to: folder.appending(path: "taste.yaml"))
        let outcome = try await nosce(["check", "taste.yaml"], in: folder)
        #expect(outcome.ending == .exit(65))
        #expect(outcome.errors.contains("specificity"), "\(outcome.errors)")
      }
    }
  }
}
