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
      Seven parts: simulated blocks (simulated), what simulations find (power), simulated squares \
      (squares), arms that are trained alike (aa), planted effects (planted), doing without saying \
      and saying without doing (told-apart), and the catalog on the null organism (null). \
      Everything is stored as it goes; the same command goes on where it was stopped.
      """)

  @Flag(help: "Fewer of everything: minutes instead of hours.")
  var quick = false

  @Option(help: "Only these parts; may be given again.")
  var only: [LabValidation.Part] = []

  @Option(
    help: "The experiment whose arms are trained alike; may be given again.",
    completion: Completions.experiments)
  var experiment: [String] = ["hello-word", "risk"]

  @Option(help: "The model that is trained.", completion: Completions.modelsAndScripts)
  var subject = "organism"

  @Option(
    help: "The model on which the catalog must find nothing.",
    completion: Completions.modelsAndScripts)
  var nullSubject = "organism-null"

  @Option(help: "Simulated contrasts of each row.")
  var simulated: Int?

  @Option(help: "Experiments in which arms are trained alike, of each experiment.")
  var alike: Int?

  @Option(help: "Experiments for each number of planted rows.")
  var replicates: Int?

  @Option(help: "Experiments on each model in which doing and saying are told apart.")
  var toldApart: Int?

  @Option(help: "The master seed.")
  var seed: UInt64 = 1

  @Option(name: .customLong("out"), help: "Where runs and results go.", completion: .directory)
  var folder = "validation"

  @Flag(help: "Print one JSON document instead of the summary.")
  var json = false

  func validate() throws {
    for (name, value) in [
      ("--simulated", simulated), ("--alike", alike), ("--replicates", replicates),
      ("--told-apart", toldApart),
    ] {
      if let value, value < 1 { throw ValidationError("\(name) must be at least 1.") }
    }
  }

  func run() async throws {
    var size = quick ? ValidationStudy.Size.quick : ValidationStudy.Size()
    size.simulated = simulated ?? size.simulated
    size.againstItself = alike ?? size.againstItself
    size.replicates = replicates ?? size.replicates
    size.toldApart = toldApart ?? size.toldApart
    let validation = LabValidation(
      experiments: experiment, subject: subject, nullSubject: nullSubject,
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
      try Console.say(try ValidationReport.text(result, style: style))
      try Console.say("\npage    \(validation.page.relativePath)")
    }
  }
}

extension LabValidation.Part: ExpressibleByArgument {}
