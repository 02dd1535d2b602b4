import ArgumentParser
import Foundation
import NosceApp
import NosceCatalog
import NosceCore
import NosceExperiment
import NosceFiles
import NosceRows
import NosceRuns

/// Checks an experiment file, and that its protocol and a set of materials fit.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check an experiment: every problem of its files, and whether they fit.",
    discussion: """
      Every problem of the protocol and of its materials with file and line; then what the rows and \
      probes of every task and seed show: words that must not leak, other system lines than in \
      training, questions that are taught and held out. Exit code 65 if anything is found.
      """)

  @Argument(
    help: "An experiment of the catalog (see `nosce list`) or a YAML file.",
    completion: Completions.experiments)
  var experiment: String

  @Option(
    help: "The model that its plan is checked against.",
    completion: Completions.modelsAndScripts)
  var subject = "organism"

  @OptionGroup var template: TemplateArguments

  @Option(
    help: "What the experiment is filled with: a set by name, or a folder (docs/materials.md).",
    completion: Completions.materials)
  var materials: String?

  func run() async throws {
    let request = ExperimentRequest(
      experiment: experiment, subject: subject, materials: materials,
      chatTemplate: template.chatTemplate)
    let loaded = try request.load()
    let problems = try MaterialsFit(loaded.experiment, materials: loaded.materials).problems()
    guard problems.isEmpty else {
      for problem in problems {
        let located = loaded.places.located(problem)
        try Console.say(located == problem ? "\(experiment): \(problem)" : located)
      }
      try Console.say(
        "\(experiment): \(Counted.text(problems.count, "problem")) with the materials "
          + "'\(loaded.materials.name)'.")
      throw ExitCode(Ending.Code.data.rawValue)
    }
    let plan = try RowOutline(request, on: try await request.provider()).plan
    try Console.say(
      "\(experiment): fine with the materials '\(loaded.materials.name)'. "
        + "\(Counted.text(plan.experiment.arms.count, "arm")), "
        + "\(Counted.text(plan.experiment.probes.count, "probe")), "
        + "\(Counted.text(plan.cells.count, "subject"))."
        + (plan.judgedProbes.isEmpty
          ? "" : " A run needs --judge for \(plan.judgedProbes.joined(separator: ", "))."))
  }
}
