import ArgumentParser
import NosceResults

/// Writes the figures of finished runs as a Markdown document.
struct ResultsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "results",
    abstract: "Write a Markdown document of the figures of finished runs, with intervals.")

  @OptionGroup var document: DocumentArguments

  func run() async throws {
    try await document.write { ResultsMarkdown.render($0, stopped: $1) }
  }
}
