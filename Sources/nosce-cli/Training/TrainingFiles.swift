import ArgumentParser
import NosceApp
import NosceFormats

/// What is trained on what, and where the results go.
struct TrainingFiles: ParsableArguments {
  @Option(
    help: ArgumentHelp("The model to train: " + ModelLocator.help), completion: Completions.models)
  var subject = "organism"

  @Option(
    help: ArgumentHelp(
      "JSON Lines of training rows; several files follow each other.", valueName: "rows.jsonl"),
    completion: Completions.rows)
  var data: [String] = []

  @Option(help: "The folder that the adapter goes to.", completion: .directory)
  var out: String?

  @Flag(help: "Replace the adapter in that folder.")
  var overwrite = false

  @Option(
    help: "A JSON Lines file: step, loss, gradient_norm, learning_rate, target_tokens, seconds.",
    completion: Completions.rows)
  var log: String?

  func validate() throws {
    if data.isEmpty { throw ValidationError("Give the training rows with --data FILE.") }
  }
}
