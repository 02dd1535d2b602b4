import Foundation
import NosceCore
import NosceReport
import NosceStudy
import NosceText
import NosceVerdicts
import Testing

@Suite struct ValidationReportTests {
  static func result() throws -> ValidationResult {
    let contrasts = [0.02, 0.5, 0.9].map { p in
      RunSummary.ContrastResult(
        name: "choice", primary: true, probe: "choice", treatment: "treatment",
        verdict: p < 0.05 ? .supported : .inconclusive, estimate: 0.1,
        interval: .init(lower: -0.1, upper: 0.3, level: 0.9), p: p, seeds: 8, smallestEffect: 0,
        level: 0.05,
        floors: [
          .init(
            arm: "sham", estimate: 0.1, interval: .init(lower: -0.1, upper: 0.3, level: 0.9), p: p,
            test: "", seeds: 8),
          .init(
            arm: "base", estimate: 0.2, interval: .init(lower: 0.1, upper: 0.3, level: 0.9), p: p,
            test: "", seeds: 8),
        ])
    }
    let rates = try ErrorRates(contrasts, seeds: 8, level: 0.05, trained: ["sham"])
    var result = ValidationResult(version: "0.1.0", subject: "organism", seed: 1)
    result.againstItself = [
      .init(experiment: "hello", contrast: "names it", primary: true, rates: rates)
    ]
    result.null = [.init(contrasts[1], of: "a|b", isReport: true)]
    result.failed = ["risk: found <nothing>"]
    return result
  }

  static func simulated(supported: Int, covered: Int) throws -> SimulatedContrast.Row {
    SimulatedContrast.Row(
      contrast: SimulatedContrast(.oneFloorInBlocks, .skewed, blocks: 8), effect: 0,
      supported: try Rate(supported, of: 1_000), stronglySupported: try Rate(0, of: 1_000),
      contrary: try Rate(40, of: 1_000), notSupported: try Rate(0, of: 1_000),
      covered: try Rate(covered, of: 1_000), coveredLogOdds: try Rate(900, of: 1_000),
      coveredHardest: try Rate(900, of: 1_000))
  }

  @Test func everyFormHasTheSameFigures() throws {
    let result = try Self.result()
    let forms = [
      try ValidationReport.text(result, style: .plain), try ValidationReport.markdown(result),
      try ValidationReport.page(result),
    ]
    for form in forms {
      #expect(
        form.contains("Of 3 primary claims about arms trained alike on organism, 1 (33.3%, 95%"))
      #expect(form.contains("33.3 [0.8, 90.6]"))
      // Of three intervals of the sham; that of base is no matter of truth.
      #expect(form.contains("100.0 [29.2, 100.0]"))
      #expect(form.contains("0 of 1 contrasts of self-report that were judged ended as supported"))
      #expect(form.contains("by 97.5% (the upper end of the exact two-sided 95% interval), or by"))
    }
    #expect(forms[1].contains("| a\\|b | choice (primary) |"))
    #expect(forms[2].contains("risk: found &lt;nothing&gt;"))
    for address in ["http:", "https:"] { #expect(!forms[2].contains(address)) }
  }

  @Test func whatMissesItsPromiseIsMarkedInEveryForm() throws {
    var result = ValidationResult(version: "0.1.0", subject: "organism", seed: 1)
    // Of 1,000 at 5%, 73 are what chance exceeds once in a thousand.
    result.simulated = [try Self.simulated(supported: 99, covered: 850)]
    #expect(try ValidationReport.text(result, style: .plain).contains("9.9!"))
    let page = try ValidationReport.page(result)
    #expect(page.contains("<strong>9.9</strong>") && page.contains("<strong>85.0</strong>"))
    let missing = try ValidationReport.markdown(result)
    #expect(missing.contains("**9.9**") && missing.contains("**85.0**"))
    #expect(missing.contains("Of 1 simulated designs without an effect (1000 contrasts), 0 keep"))
    result.simulated = [try Self.simulated(supported: 73, covered: 880)]
    let kept = try ValidationReport.markdown(result)
    #expect(kept.contains("| 7.3 |") && kept.contains("| 88.0 |") && !kept.contains("**"))
  }

  @Test func theDocumentReadsBack() throws {
    let result = try Self.result()
    let text = try SummaryJSON.text(result)
    #expect(try JSONDecoder().decode(ValidationResult.self, from: Data(text.utf8)) == result)
  }
}
