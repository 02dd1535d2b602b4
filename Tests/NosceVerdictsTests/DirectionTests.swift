import NosceCore
import NosceExperiment
import NosceTestSupport
import NosceVerdicts
import Testing

/// What a run says of a treatment that is claimed to be below its floors.
@Suite("Contrasts of the direction less")
struct LessContrastTests {
  private func summary(
    _ treatment: String, floors: [String], _ change: (inout Contrast) -> Void = { _ in }
  ) async throws -> RunSummary {
    var experiment = try smallExperiment()
    experiment.contrasts[0].treatment = treatment
    experiment.contrasts[0].floors = floors.map { .init($0) }
    experiment.contrasts[0].direction = .less
    change(&experiment.contrasts[0])
    return try await NosceTestSupport.summary(experiment)
  }

  @Test(
    "A sham that names the word less often than the treatment is below it, in words and numbers")
  func supported() async throws {
    let summary = try await summary("sham", floors: ["treatment"])
    let contrast = try #require(summary.contrasts.first { $0.primary })
    #expect(contrast.direction == .less && contrast.verdict == .stronglySupported)
    #expect(contrast.estimate ?? 0 < -0.5)
    #expect(summary.verdict.sentence.hasPrefix("Sham is below every floor on choice (difference -"))
  }

  @Test("The hardest floor is the lowest, and a treatment above it is contrary")
  func hardest() async throws {
    let summary = try await summary("treatment", floors: ["sham", "base"])
    let contrast = try #require(summary.contrasts.first { $0.primary })
    #expect(contrast.verdict == .contrary)
    let estimates = contrast.floors.compactMap(\.estimate)
    #expect(contrast.hardestFloor?.estimate == estimates.max())
    #expect(contrast.estimate == estimates.max())
    #expect(summary.verdict.sentence.hasPrefix("Every floor is below treatment on choice"))
  }

  @Test("Where nothing differs, it is not below by the smallest effect")
  func notSupported() async throws {
    let summary = try await summary("sham", floors: ["twin"]) { $0.smallestEffect = 0.9 }
    let contrast = try #require(summary.contrasts.first { $0.primary })
    #expect(contrast.direction == .less)
    if contrast.verdict == .notSupported {
      #expect(
        summary.verdict.sentence.hasPrefix("Sham is not below every floor on choice by 0.90"))
    } else {
      #expect(contrast.verdict == .inconclusive)
    }
  }
}
