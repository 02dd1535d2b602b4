import ArgumentParser
import NosceApp
import NosceLocal
import NosceRuns

/// Prints the plan of an experiment: what would be trained and asked, and how long it takes.
struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the plan of an experiment without running it.")

  @OptionGroup var arguments: ExperimentArguments

  func run() async throws {
    let request = try arguments.request()
    let backend = try request.backend()
    let (plan, materials) = try request.planned(
      on: backend, judge: try request.judgeBackend())
    let forecast = try await backend.forecast(try plan.workSample(materials: materials))
    try Console.say(plan.text(forecast, parallel: backend.parallelCells))
  }
}
