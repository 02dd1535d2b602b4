import Foundation
import NosceCore
import NosceReport
import NosceStudy
import NosceText
import NosceVerdicts
import Testing

@Suite struct ForecastReportTests {
  /// Forecasts as a document has them.
  static func forecasts() throws -> [RunSummary.ForecastResult] {
    let text = """
      [{"forecaster": "ada", "isSubject": false, "sealed": "2026-11-01T08:00:00Z",
        "seal": "00112233445566778899", "afterTheFact": false, "scored": 2, "brier": 0.4,
        "logScore": 1.75, "items": [
          {"contrast": "names the word", "probability": 0.25, "verdict": "supported",
           "happened": true, "brier": 0.5625, "surprise": 2},
          {"contrast": "claims a pattern", "probability": 0.5, "verdict": "inconclusive",
           "happened": false, "brier": 0.25, "surprise": 1},
          {"contrast": "describes the word", "probability": 0.5, "verdict": "not testable"}]},
       {"forecaster": "organism", "isSubject": true, "sealed": "2026-11-01T08:00:00Z",
        "seal": "aa", "afterTheFact": true, "scored": 0, "items": [
          {"contrast": "names the word", "probability": 0.01, "verdict": "supported",
           "happened": true}]},
       {"forecaster": "eve.json", "isSubject": false, "sealed": "", "seal": "",
        "afterTheFact": false, "scored": 0, "items": [],
        "problem": "forecasts/<eve>.json: the seal is broken"}]
      """
    return try JSONDecoder().decode([RunSummary.ForecastResult].self, from: Data(text.utf8))
  }

  static func summary() throws -> RunSummary {
    var summary = SampleRun.summary()
    summary.forecasts = try forecasts()
    return summary
  }

  @Test(arguments: [60, 80, 100]) func theTerminalHasALineForEachForecaster(width: Int) throws {
    let text = TerminalSummary.render(try Self.summary(), width: width, style: .plain)
    #expect(text.contains("forecasts  sealed before the run"))
    #expect(text.contains("ada       Brier 0.400, 1.75 bits, 2 contrasts (1 void)"))
    #expect(text.contains("organism  after the fact, not scored"))
    #expect(text.contains("not scored: forecasts/<eve>"))
    for line in text.split(separator: "\n") where !line.hasPrefix("again") {
      #expect(line.count <= width, "\(line)")
    }
  }

  @Test func thePageShowsProbabilitiesAndSurprise() throws {
    let page = try HTMLReport.render(Self.summary(), transcripts: [], trainingRows: [:])
    #expect(page.contains("<section id=\"forecasts\""))
    #expect(page.contains("Brier 0.400, log score 1.75 bits over 2 contrasts."))
    #expect(page.contains("seal 001122334455."))
    #expect(page.contains("AFTER THE FACT"))
    #expect(page.contains("forecasts/&lt;eve&gt;.json: the seal is broken"))
  }

  @Test func thePageSaysWhereNoForecastWasMade() throws {
    let page = try HTMLReport.render(SampleRun.summary(), transcripts: [], trainingRows: [:])
    #expect(page.contains("No forecast was sealed before this run."))
    let text = TerminalSummary.render(SampleRun.summary(), style: .plain)
    #expect(!text.contains("forecasts"))
  }

  @Test func theTableHasARowForEachItem() throws {
    let table = ResultExport(try Self.summary()).forecasts()
    #expect(table.rows.count == 4)
    #expect(table.csv().contains("ada,0,2026-11-01T08:00:00Z,0,names the word,0.25,supported"))
    #expect(ResultExport(SampleRun.summary()).forecasts().rows.isEmpty)
  }

  @Test func scoresAndCalibrationAreShown() throws {
    let book = try ForecastBook([try Self.summary(), SampleRun.summary()])
    #expect(book.runs == 1 && book.entries.count == 2)
    #expect(book.void == 1 && book.afterTheFact == 1 && book.problems.count == 1)
    let text = ForecastText.render(book, width: 80)
    #expect(text.contains("ada"))
    #expect(text.contains("0.2-0.3") && text.contains("0.5-0.6"))
    #expect(text.contains("1 void") && text.contains("1 after the fact"))
    #expect(text.contains("the seal is broken"))
    for line in text.split(separator: "\n") where !line.hasPrefix("Not scored") {
      #expect(line.count <= 92, "\(line)")
    }
    let page = try ForecastPage.render(book, version: "0.1.0")
    #expect(page.contains("<svg") && page.contains("Calibration of ada"))
    #expect(page.contains("said 0.25, happened 1 of 1"))
    #expect(!page.contains("<eve>"))
  }

  @Test func withoutForecastsItSaysHowToMakeOne() throws {
    let book = try ForecastBook([SampleRun.summary()])
    #expect(ForecastText.render(book).contains("nosce forecast"))
    #expect(try ForecastPage.render(book, version: "0").contains("No forecast has a score yet."))
    #expect(try SummaryJSON.text(book).contains("nosce-forecasts-1"))
  }
}
