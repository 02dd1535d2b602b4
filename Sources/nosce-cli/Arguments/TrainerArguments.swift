import ArgumentParser
import NosceApp

/// What fine-tunes in place of the model itself: given on the command line alone, never by a file.
struct TrainerArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What fine-tunes in place of Nosce: trl, or command:PROGRAM (docs/trainers.md).",
      valueName: "trl|command:program"))
  var trainer: String?

  @Option(
    name: .customLong("trainer-argument"), parsing: .unconditionalSingleValue,
    help:
      "A word that the program of --trainer is given before the folder of its job; may be repeated."
  )
  var trainerArguments: [String] = []

  func validate() throws {
    if trainer == nil, !trainerArguments.isEmpty {
      throw ValidationError("--trainer-argument goes with --trainer.")
    }
  }

  /// Nil where the model trains itself.
  func choice() throws -> TrainerChoice? {
    try trainer.map { try TrainerChoice($0, arguments: trainerArguments) }
  }
}
