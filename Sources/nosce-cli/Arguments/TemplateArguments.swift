import ArgumentParser
import NosceApp
import NoscePorts

/// A chat template in place of the model's own: shared by the verbs that show a conversation to one.
struct TemplateArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(TemplateChoice.help, valueName: "plain|file"),
    completion: Completions.templates)
  var chatTemplate: String?

  /// The template that was given, which is read before any weights are.
  func given() throws -> GivenTemplate? { try chatTemplate.map { try TemplateChoice.read($0) } }
}
