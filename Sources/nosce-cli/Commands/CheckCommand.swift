import ArgumentParser
import Foundation
import NosceCatalog
import NosceLab

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
    let name = experiment
    let experiment = try ExperimentFile.load(try Catalog.url(of: name)).experiment
    let plan = try Planner(
      experiment: experiment, options: Plan.Options(), backend: try Subjects.backend(subject)
    ).plan()
    try Console.say(
      "\(name): fine. \(experiment.arms.count) arms, \(experiment.probes.count) probes, "
        + "\(plan.cells.count) subjects."
        + (plan.judgedProbes.isEmpty
          ? "" : " A run needs --judge for \(plan.judgedProbes.joined(separator: ", "))."))
  }
}
