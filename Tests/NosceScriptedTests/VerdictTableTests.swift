import NosceCore
import NosceExperiment
import NosceRuns
import NosceScripted
import NosceTestSupport
import NosceVerdicts
import Testing

/// Every experiment that ships can come out in every way that there is.
@Suite("Each experiment to each verdict")
struct VerdictTableTests {
  /// All but the one that says that a run is not at its end, which no script can write.
  private static let verdicts = Verdict.allCases.filter { $0 != .unfinished }

  @Test("The catalog has ten experiments, and there are seven verdicts of a run at its end")
  func table() {
    #expect(catalogNames.count == 10)
    #expect(Self.verdicts.count == 7)
  }

  @Test("A script drives it there", arguments: catalogNames, verdicts)
  func reached(_ name: String, _ verdict: Verdict) async throws {
    let options = Plan.Options(exploratory: verdict == .exploratory)
    let experiment = try catalogExperiment(name)
      .applying(seeds: verdict == .exploratory ? 2 : nil)
    let cells = try Planner(
      experiment: experiment, options: options, model: try scripted("name: written")
    ).plan().cells
    let text = try VerdictScript(experiment, to: verdict, cells: cells).text()
    let summary = try await summary(experiment, on: try scripted(text), options: options)
    let primary = try #require(summary.contrasts.first { $0.primary })
    #expect(primary.verdict == verdict, "\(summary.verdict.sentence)")
    #expect(summary.verdict.kind == verdict)
    #expect(summary.failures?.count ?? 0 == (verdict == .incomplete ? 1 : 0))
    #expect(primary.estimate != nil)
  }
}
