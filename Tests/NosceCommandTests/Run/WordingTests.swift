import Foundation
import NosceReport
import NosceTestSupport
import NosceText
import NosceVerdicts
import Testing

extension WholeRunTests {
  @Suite("Numbers in words")
  struct WordingTests {
    private static let things =
      "seeds|subjects|rows|steps|answers|arms|probes|trainings|texts|gates|contrasts|transcripts"
      + "|floors|experiments|problems|runs|processors|questions"

    /// What is said of one thing as of several, or of nothing as of a number.
    private func wrong(_ text: String) throws -> [String] {
      let one = try Regex(#"(^|[^0-9.,/+-])1 ("# + Self.things + #")\b"#)
      return text.matches(of: one).map { String(text[$0.range].drop { $0 != "1" }) }
        + text.matches(of: try Regex(#"\b0 seeds\b"#)).map { String(text[$0.range]) }
    }

    @Test("One is one, in the plan, the summary and the report, and base has no 0 seeds")
    func one() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder, replacing: "count: 4", with: "count: 1")
        let arguments = ["quick.yaml", "--seeds", "1", "--exploratory", "--recipe", "steps=1"]
        let shown = try await nosce(["show"] + arguments, in: folder)
        #expect(shown.ending == .exit(0), "\(shown.errors)")
        #expect(shown.output.contains("untrained, asked once"))
        #expect(shown.output.contains("1 subject, 1 row, 1 step"))
        #expect(try wrong(shown.output) == [])
        let run = try await nosce(["run"] + arguments, in: folder)
        #expect(run.ending == .exit(0), "\(run.errors)")
        // Base is asked as the seed's host, and is compared with it.
        #expect(run.output.contains("  1 seed, "))
        #expect(try wrong(run.output) == [])
        let report = try #require(QuickExperiment.begun(in: folder)).appending(path: "report.html")
        let page = try String(contentsOf: report, encoding: .utf8)
        let body = page.replacing(
          try Regex("<(style|script)[^>]*>[^<]*</(style|script)>"), with: "")
        let words = body.replacing(try Regex("<[^>]*>"), with: " ")
          .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(try wrong(words) == [])
      }
    }

    @Test("The pattern finds what it is for")
    func pattern() throws {
      #expect(
        try wrong("1 seeds; 11 seeds; 0 seeds; 1.1 rows; 10 seeds") == ["1 seeds", "0 seeds"])
    }

    @Test("The stages of a run take no longer than all of it, in numbers and as they are shown")
    func times() async throws {
      let finished = try await FinishedRun.get()
      let summary = try JSONDecoder().decode(RunSummary.self, from: Data(finished.json.utf8))
      let total = try #require(summary.seconds["total"])
      let parts = summary.seconds.filter { $0.key != "total" }
      #expect(parts.values.reduce(0, +) <= total * (1 + 1e-9))
      #expect(parts["train", default: 0] > 0)
      #expect(parts["ask", default: 0] > 0)
      let shown = parts.values.compactMap { Number.duration($0, within: total) }
      #expect(!shown.isEmpty)
      let report = try await nosce(["report", finished.run.path])
      for part in shown { #expect(report.output.contains(part), "\(part)") }
    }
  }
}
