import ArgumentParser
import Foundation
import NosceLab

/// Checks an experiment file.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check an experiment file: every problem, with its line.")

  @Argument(help: "A YAML file.")
  var file: String

  @Option(help: "The model that its plan is checked against.")
  var subject = "organism"

  func run() async throws {
    let (experiment, _) = try ExperimentFile.load(URL(fileURLWithPath: file))
    let plan = try Planner(
      experiment: experiment, options: Plan.Options(), backend: try Subjects.backend(subject)
    ).plan()
    try Console.say(
      "\(file): fine. \(experiment.arms.count) arms, \(experiment.probes.count) probes, "
        + "\(plan.cells.count) subjects."
        + (plan.judgedProbes.isEmpty
          ? "" : " A run needs --judge for \(plan.judgedProbes.joined(separator: ", "))."))
  }
}
