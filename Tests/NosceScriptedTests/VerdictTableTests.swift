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

  /// Claims against floors; those of a square have tests of their own (`SquareRunTests`). A script gives
  /// one text its probability, which makes no order (`OrderFileTests`, `OrderGradeTests`).
  private static let ofFloors = catalogNames.filter { name in
    guard let experiment = try? catalogExperiment(name) else { return true }
    let hasOrder = experiment.probes.contains { $0.choices?.scoring == .order }
    return !hasOrder && !experiment.contrasts.contains { $0.square != nil }
  }

  @Test("The catalog has thirteen experiments, and there are eight verdicts of a run at its end")
  func table() {
    #expect(catalogNames.count == 13 && Self.ofFloors.count == 9)
    #expect(Self.verdicts.count == 8)
  }

  @Test("A script drives it there", arguments: ofFloors, verdicts)
  func reached(_ name: String, _ verdict: Verdict) async throws {
    let options = Plan.Options(exploratory: verdict == .exploratory)
    // Hosts make base vary, and with the four floors of hello-word eight seeds can rule an effect out.
    var experiment = try catalogExperiment(name).applying(seeds: verdict == .exploratory ? 2 : 8)
    let cells = try Planner(
      experiment: experiment, options: options, model: try scripted("name: written")
    ).plan().cells
    let text = try VerdictScript(experiment, to: verdict, cells: cells).text()
    var result = try await summary(experiment, on: try scripted(text), options: options)
    if verdict == .supported {
      // What a script answers is all or nothing; an effect of just this size is not strongly there.
      let place = try #require(experiment.contrasts.firstIndex { $0.primary })
      experiment.contrasts[place].smallestEffect = abs(
        try #require(result.contrasts[place].estimate))
      result = try await summary(experiment, on: try scripted(text), options: options)
    }
    let primary = try #require(result.contrasts.first { $0.primary })
    #expect(primary.verdict == verdict, "\(result.verdict.sentence)")
    #expect(result.verdict.kind == verdict)
    #expect(result.failures?.count ?? 0 == (verdict == .incomplete ? 1 : 0))
    #expect(primary.estimate != nil)
  }
}
