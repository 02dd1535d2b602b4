import ArgumentParser
import Foundation
import NosceApp
import NosceCatalog
import NosceCore
import NosceEngine
import NosceExperiment
import NosceFormats
import NosceLocal
import NosceReport
import NosceStudy

/// Measures the lab's own error rates against known truth.
struct ValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Measure the lab's own error rates against known truth.",
    discussion: """
      Four parts: an arm against itself (aa), simulated seeds (simulated), planted effects \
      (planted), and the catalog on the null organism (null). Everything is stored as it goes; \
      the same command goes on where it was stopped.
      """)

  @Flag(help: "Fewer of everything: a few minutes instead of about an hour.")
  var quick = false

  @Option(help: "Only these parts; may be given again.")
  var only: [LabValidation.Part] = []

  @Option(
    help: "The experiment whose arms are compared with themselves.",
    completion: Completions.experiments)
  var experiment = "hello"

  @Option(help: "The model that is trained.", completion: Completions.modelsAndScripts)
  var subject = "organism"

  @Option(
    help: "The model on which the catalog must find nothing.",
    completion: Completions.modelsAndScripts)
  var nullSubject = "organism-null"

  @Option(help: "Contrasts of an arm against itself.")
  var contrasts: Int?

  @Option(help: "Simulated contrasts of two arms; a quarter as many of each other design.")
  var simulated: Int?

  @Option(help: "Experiments for each number of planted rows.")
  var replicates: Int?

  @Option(help: "The master seed.")
  var seed: UInt64 = 1

  @Option(name: .customLong("out"), help: "Where runs and results go.", completion: .directory)
  var folder = "validation"

  @Flag(help: "Print one JSON document instead of the summary.")
  var json = false

  func validate() throws {
    for (name, value) in [
      ("--contrasts", contrasts), ("--simulated", simulated), ("--replicates", replicates),
    ] {
      if let value, value < 1 { throw ValidationError("\(name) must be at least 1.") }
    }
  }

  func run() async throws {
    var size = quick ? ValidationStudy.Size.quick : ValidationStudy.Size()
    size.contrasts = contrasts ?? size.contrasts
    size.simulated = simulated ?? size.simulated
    size.replicates = replicates ?? size.replicates
    let validation = LabValidation(
      experiment: experiment, subject: subject, nullSubject: nullSubject,
      parts: only.isEmpty ? LabValidation.Part.allCases : only, size: size, seed: seed,
      folder: URL(fileURLWithPath: folder))
    let result = try await Interruption.cleanly {
      do {
        return try await Console.following { try await validation.run($0) }
      } catch is CancellationError {
        Console.complain("Stopped. Everything measured is kept; the same command goes on.")
        throw CancellationError()
      }
    }
    if json {
      try Console.write(try SummaryJSON.text(result))
    } else {
      let style = Console.style(terminal: Console.outputIsTerminal)
      try Console.say(ValidationReport.text(result, style: style))
      try Console.say("\npage    \(validation.page.relativePath)")
    }
  }
}

extension LabValidation.Part: ExpressibleByArgument {}
