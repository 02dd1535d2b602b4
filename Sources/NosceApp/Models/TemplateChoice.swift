import Foundation
import NosceCore
import NosceLocal
import NoscePorts
import NosceTokenizer

/// The chat templates that a command can be given for a model.
package enum TemplateChoice {
  package static let help =
    "A chat template in place of the model's own: plain, for models that have none "
    + "(docs/commands.md), or a Jinja file."

  /// Reads `plain` or a file, and finds out whether it is a template at all before any model is read.
  ///
  /// - Parameter option: what error messages call the place where it was named.
  package static func read(
    _ name: String, option: String = "--chat-template"
  ) throws -> GivenTemplate {
    let given = name == GivenTemplate.plain.name ? GivenTemplate.plain : try file(name, option)
    do {
      _ = try ChatTemplate(given)
    } catch {
      throw LabError(.backend, "\(option): \(error)", cause: error)
    }
    return given
  }

  private static func file(_ name: String, _ option: String) throws -> GivenTemplate {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), !isFolder.boolValue
    else {
      throw LabError(
        .backend,
        "\(option): found '\(name)', which is \(isFolder.boolValue ? "a folder" : "no file here"); "
          + "allowed: plain, or a Jinja file")
    }
    let data = try Storage.read(URL(fileURLWithPath: name))
    guard let source = String(validating: data, as: UTF8.self) else {
      throw LabError(.backend, "\(option): \(name): found no UTF-8 text; allowed: a Jinja file")
    }
    guard source.contains(where: { !$0.isWhitespace }) else {
      throw LabError(.backend, "\(option): \(name): found no text; allowed: a Jinja file")
    }
    return GivenTemplate(name: name, source: source)
  }

  /// Refuses to go on with a run through another template than it was begun with.
  ///
  /// - Parameter planned: that of the plan; nil for the model's own.
  package static func check(
    _ asked: GivenTemplate?, against planned: GivenTemplate?, in run: URL,
    option: String = "--chat-template"
  ) throws {
    guard let asked, !asked.isSame(as: planned) else { return }
    throw LabError(
      .version,
      "\(run.path): found a run through \(planned.map { "the chat template \($0.words)" } ?? "the model's own chat template"); "
        + "allowed: the same, which needs no \(option), not \(asked.words)")
  }
}
