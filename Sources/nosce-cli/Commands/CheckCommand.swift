import ArgumentParser
import Foundation
import NosceApp
import NosceCatalog
import NosceExperiment
import NosceRuns

/// Checks an experiment file.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check an experiment: every problem of its file, with the line."
  )

  @Argument(help: "An experiment of the catalog (see `nosce list`) or a YAML file.")
  var experiment: String

  @Option(help: "The model that its plan is checked against.")
  var subject = "organism"

  func run() async throws {
    let request = ExperimentRequest(experiment: experiment, subject: subject)
    let plan = try request.plan(on: try request.model(), judge: nil)
    try Console.say(
      "\(experiment): fine. \(plan.experiment.arms.count) arms, "
        + "\(plan.experiment.probes.count) probes, "
        + "\(plan.cells.count) subjects."
        + (plan.judgedProbes.isEmpty
          ? "" : " A run needs --judge for \(plan.judgedProbes.joined(separator: ", "))."))
  }
}
