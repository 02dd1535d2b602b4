import ArgumentParser
import NosceLab
import NosceLocal

/// Prints the plan of an experiment: what would be trained and asked, and how long it takes.
struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the plan of an experiment without running it.")

  @OptionGroup var arguments: ExperimentArguments

  func run() async throws {
    let (experiment, _) = try arguments.load()
    let backend = try Subjects.backend(arguments.subject)
    let plan = try Planner(
      experiment: experiment, options: arguments.options, backend: backend,
      judge: try arguments.judgeBackend()
    ).plan()
    let forecast = try await backend.forecast(plan, bank: .standard)
    try Console.say(plan.text(forecast, parallel: backend.parallelCells))
  }
}
