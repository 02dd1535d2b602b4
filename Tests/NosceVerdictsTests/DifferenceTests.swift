import NosceCore
import NosceExperiment
import NosceFiles
import NosceTestSupport
import NosceVerdicts
import Testing

@Suite struct DifferenceTests {
  @Test func aDifferenceIsTakenSubjectBySubject() async throws {
    let summary = try await summary(probesExperiment())
    let treated = try #require(
      summary.arms.first { $0.arm == "treatment" && $0.probe == "of itself" })
    let own = try #require(summary.arms.first { $0.arm == "treatment" && $0.probe == "choice" })
    let other = try #require(
      summary.arms.first { $0.arm == "treatment" && $0.probe == "choice-of-other" })
    for (difference, (a, b)) in zip(treated.perSeed, zip(own.perSeed, other.perSeed)) {
      let expected = try #require(a.mean) - #require(b.mean)
      #expect(abs(try #require(difference.mean) - expected) < 1e-12)
    }
    #expect(treated.probeKind == .difference)
    #expect(treated.kept == own.kept + other.kept && treated.total == own.total + other.total)
    #expect(summary.verdict.kind == .stronglySupported, "\(summary.verdict.sentence)")
    #expect(summary.gates.first?.passed == true)
    #expect(try #require(summary.contrasts[0].estimate) > 0.5)
  }

  @Test func aDifferenceMayBeBelowZero() async throws {
    let text = try probesFile(
      replacing: "of: [choice, choice-of-other]", with: "of: [choice-of-other, choice]")
    let summary = try await summary(ExperimentFile.decode(text, file: "kinds.yaml"))
    let treated = try #require(
      summary.arms.first { $0.arm == "treatment" && $0.probe == "of itself" })
    #expect(try #require(treated.mean) < -0.5)
    #expect(summary.contrasts[0].verdict == .notTestable)
  }

  @Test func whatIsKeptHasNoScore() async throws {
    let summary = try await summary(probesExperiment())
    #expect(!summary.arms.contains { $0.probe == "keeps" })
  }
}
