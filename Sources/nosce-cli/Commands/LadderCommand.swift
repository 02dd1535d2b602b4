import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceExperiment
import NosceFiles
import NosceReport
import NosceRows
import NosceRuns
import NosceVerdicts

/// Asks the untrained model what it says when it is told the answer, the facts, or shown the rows.
struct LadderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ladder",
    abstract: "See whether the probes of an experiment can read a model, before any training.",
    discussion: """
      The untrained model is asked every probe that has `told:` texts: as it is, told the answer, \
      told the opposite, told the facts (and those of the opposite), and shown the rows. It is asked \
      once for a model, materials and questions, and kept; `nosce run` asks it by itself and trains \
      nothing where the primary probe cannot read the model.
      """)

  @OptionGroup var arguments: ExperimentArguments

  @Option(help: "Where ladders are kept.", completion: .directory)
  var ladders = "ladders"

  @Flag(help: "Print one JSON document instead.")
  var json = false

  func run() async throws {
    let request = try arguments.request()
    let model = try await request.provider()
    let loaded = try request.load()
    guard
      let stage = try LadderStage(
        loaded, on: model, judge: try await request.judgeProvider(),
        in: URL(fileURLWithPath: ladders))
    else {
      throw LabError(
        .invalidExperiment,
        "\(loaded.experiment.name): found no probe with texts to be told in the materials "
          + "'\(loaded.materials.name)'; allowed: `told:` with answer, opposite and facts "
          + "(docs/probes.md)")
    }
    let record = try await Interruption.cleanly {
      try await Console.following { try await stage.obtain($0) }
    }
    let results = try stage.results(record)
    if json {
      try Console.say(SummaryJSON.text(results).trimmingCharacters(in: .newlines))
    } else {
      try Console.say(
        LadderText.render(results, of: record) + "\n\nkept in \(stage.file.relativePath)")
    }
  }
}
