import ArgumentParser
import Foundation
import NosceApp
import NosceCore
import NosceFanOut
import NosceRuns

/// Carries out one line of a fan-out: what `job.sh` calls.
struct CellCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cell",
    abstract: "Carry out one line of a fan-out: what its job.sh calls.",
    discussion: "Exit code 0 where it is done, now or before; see docs/fan-out.md.")

  @Argument(help: "The folder that `nosce fan-out` has made.", completion: .directory)
  var folder: String

  @Option(help: "The line of cells.jsonl, counted from 0.")
  var line: Int

  @OptionGroup var trainer: TrainerArguments

  func run() async throws {
    let work = try CellCarryingOut(URL(fileURLWithPath: folder), line: line)
    let choice = try trainer.choice()
    let ending = try await Interruption.cleanly {
      do {
        return try await Console.following { try await work.run(trainer: choice, $0) }
      } catch is CancellationError {
        Console.complain("Stopped. What was answered is kept; the same command goes on.")
        throw CancellationError()
      }
    }
    switch ending {
    case .wasDone: try Console.say("line \(line): was done before")
    case .done: try Console.say("line \(line): done")
    case .failed(let failures):
      for failure in failures { Console.complain("nosce: \(failure.cell): \(failure.error)") }
      throw ExitCode.failure
    }
  }
}
