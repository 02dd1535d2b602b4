import Foundation
import NosceCore
import NosceStatistics
import NosceStudy
import NosceTestSupport
import NosceVerdicts
import Testing

extension WholeRunTests {
  @Suite("Forecasts")
  struct ForecastTests {
    @Test("Sealed before the run, scored after it, and part of the calibration")
    func sealedAndScored() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let ada = try await nosce(
          ["forecast", "quick.yaml", "--forecaster", "ada", "--set", "names it=0.2"], in: folder)
        #expect(ada.ending == .exit(0), "\(ada.errors)")
        #expect(ada.output.contains("0.200  names it"))
        #expect(ada.output.contains("Sealed ") && !ada.output.contains("AFTER"))
        let own = try await nosce(
          ["forecast", "quick.yaml", "--ask-subject", "--json"], in: folder)
        #expect(own.ending == .exit(0), "\(own.errors)")
        let sealed = try JSONDecoder().decode(SealedForecast.self, from: Data(own.output.utf8))
        #expect(sealed.forecaster == "organism" && sealed.isSubject)
        #expect(sealed.questions?.count == 10)
        #expect(sealed.probabilities.allSatisfy { (0...1).contains($0.probability) })
        #expect(names(in: folder.appending(path: "forecasts")).count == 2)

        let run = try await nosce(["run", "quick.yaml", "--json"], in: folder)
        #expect(run.ending == .exit(0), "\(run.errors)")
        let summary = try JSONDecoder().decode(RunSummary.self, from: Data(run.output.utf8))
        let forecasts = try #require(summary.forecasts)
        #expect(forecasts.map(\.forecaster).sorted() == ["ada", "organism"])
        let first = try #require(forecasts.first { $0.forecaster == "ada" })
        let item = try #require(first.items.first)
        #expect(item.happened == (item.verdict == .supported))
        #expect(abs((item.brier ?? -1) - (item.happened == true ? 0.64 : 0.04)) < 1e-12)
        #expect(first.scored == 1)

        let late = try await nosce(
          ["forecast", "quick.yaml", "--forecaster", "eve", "--set", "names it=0"], in: folder)
        #expect(late.ending == .exit(0))
        #expect(late.output.contains("AFTER THE FACT"))
        let book = try await nosce(["forecasts", "--json", "--html", "page.html"], in: folder)
        #expect(book.ending == .exit(0), "\(book.errors)")
        let read = try JSONDecoder().decode(ForecastBook.self, from: Data(book.output.utf8))
        #expect(read.runs == 1 && read.entries.count == 2)
        #expect(read.forecasters.map(\.name) == ["ada", "organism"])
        let page = try String(contentsOf: folder.appending(path: "page.html"), encoding: .utf8)
        #expect(page.contains("Calibration of ada"))
        let text = try await nosce(["forecasts"], in: folder)
        #expect(text.output.contains("ada") && text.output.contains("n 1"))
      }
    }

    @Test(
      "What is no forecast is refused, and nothing is written",
      arguments: [
        ("names it=1.2", "names it: found '1.2'; allowed: a probability, 0 to 1"),
        ("names it=-0.1", "found '-0.1'"), ("names it=", "found ''"),
        ("names it=likely", "found 'likely'"), ("names it=nan", "found 'nan'"),
        ("name it=0.5", "--set name it: found an unknown name; allowed: the contrasts names it"),
        ("word=", "--set word: found no value"),
      ])
    func refused(_ setting: String, _ message: String) async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let outcome = try await nosce(
          ["forecast", "quick.yaml", "--set", setting, "--set", "names it=0.5"], in: folder)
        #expect(outcome.ending == .exit(65))
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
        #expect(names(in: folder) == ["quick.yaml"])
      }
    }

    @Test("A second forecast, and one stated for a subject that is asked, are refused")
    func twice() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let command = [
          "forecast", "quick.yaml", "--forecaster", "ada", "--set", "names it=0.2",
        ]
        #expect(try await nosce(command, in: folder).ending == .exit(0))
        let again = try await nosce(command, in: folder)
        #expect(again.ending == .exit(65))
        #expect(again.errors.contains("allowed: one for each forecaster"))
        let stated = try await nosce(
          ["forecast", "quick.yaml", "--ask-subject", "--set", "names it=0.2"], in: folder)
        #expect(stated.ending == .exit(64))
        let unnamed = try await nosce(
          ["forecast", "quick.yaml", "--forecaster", " ", "--set", "names it=0.2"], in: folder)
        #expect(unnamed.ending == .exit(65))
        #expect(unnamed.errors.contains("--forecaster"))
      }
    }

    @Test("A changed file is told of when the run begins, and is not scored")
    func tampered() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let sealed = try await nosce(
          ["forecast", "quick.yaml", "--forecaster", "ada", "--set", "names it=0.2"], in: folder)
        #expect(sealed.ending == .exit(0))
        let forecasts = folder.appending(path: "forecasts")
        let file = forecasts.appending(path: try #require(names(in: forecasts).first))
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data(text.replacing("0.2", with: "0.9").utf8).write(to: file)
        try Data("{".utf8).write(to: forecasts.appending(path: "damaged.json"))
        let run = try await nosce(["run", "quick.yaml", "--json"], in: folder)
        #expect(run.ending == .exit(0))
        #expect(run.errors.contains("the seal is broken"))
        #expect(run.errors.contains("damaged.json: found no sealed forecast"))
        let summary = try JSONDecoder().decode(RunSummary.self, from: Data(run.output.utf8))
        #expect(summary.forecasts == nil)
      }
    }

    @Test("A terminal is asked for each contrast, and asked again after nonsense")
    func interactive() async throws {
      try await withFolder { folder in
        try QuickExperiment.write(to: folder)
        let terminal = try Terminal()
        let command = try RunningCommand(
          ["forecast", "quick.yaml", "--forecaster", "ada"], in: folder, typing: terminal.handle)
        try terminal.type("1.5\n0.3\n")
        let outcome = try await command.finish()
        #expect(outcome.ending == .exit(0), "\(outcome.errors)")
        #expect(outcome.errors.contains("Does the whole path work?"))
        #expect(outcome.errors.contains("found '1.5'; allowed: a probability, 0 to 1"))
        #expect(outcome.output.contains("0.300  names it"))
        _ = try await terminal.text()
      }
    }
  }
}
