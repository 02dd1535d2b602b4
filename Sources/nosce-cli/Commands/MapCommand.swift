import ArgumentParser
import NosceResults

/// Writes which experiments could be read, learnt and decided on which models.
struct MapCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map",
    abstract: "Write a table of experiments and models: what could be read, learnt and found.")

  @OptionGroup var document: DocumentArguments

  func run() async throws {
    try await document.write { ResultsMap.render($0, stopped: $1) }
  }
}
