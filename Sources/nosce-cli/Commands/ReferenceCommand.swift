import ArgumentParser
import NosceApp
import NosceReference

/// Prints what experiment and question files can say.
struct ReferenceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference",
    abstract: "Print every key of experiment and question files, as Markdown.",
    discussion: "docs/experiment-reference.md is this page; a test holds it to that.")

  func run() async throws {
    try Console.write(ReferencePage.markdown(materials: try MaterialChoice.miniatureWorld()))
  }
}
