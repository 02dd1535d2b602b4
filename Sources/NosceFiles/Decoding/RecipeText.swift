import Foundation
import NosceCore
import NosceExperiment

/// Reads a recipe as a command line gives it, such as `steps=60,learning_rate=1e-3`.
///
/// Names and values are those of `training` in an experiment file.
package enum RecipeText {
  package static func recipe(_ text: String) throws -> TrainingRecipe.ByHand {
    // How many rows is no setting of a training, and yet a part of what was found.
    var parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    var rows: Int?
    if let place = parts.firstIndex(where: { $0.hasPrefix("rows=") }) {
      let value = parts.remove(at: place).dropFirst("rows=".count)
      guard let number = Int(value), (1...100_000).contains(number) else {
        throw LabError(
          .invalidExperiment, "--recipe: rows: found '\(value)'; allowed: 1 to 100000")
      }
      rows = number
    }
    let settings = parts.joined(separator: ",")
    let overrides =
      parts.isEmpty && rows != nil ? TrainingOverrides() : try self.overrides(settings)
    return .init(text: text, overrides: overrides, rows: rows)
  }

  private static func overrides(_ text: String) throws -> TrainingOverrides {
    let folder = URL(
      fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true)
    let source = YAMLSource(name: "--recipe", folder: folder)
    let problems = YAMLProblems(source)
    let node = YAMLText.compose(
      "{" + text.replacing("=", with: ": ") + "}", from: source, into: problems,
      allowed: "settings such as steps=60,learning_rate=1e-3")
    var overrides = TrainingOverrides()
    if let node {
      overrides = TrainingOverrides(YAMLValue(node: node, path: "", problems: problems))
    }
    if problems.list.isEmpty, overrides == TrainingOverrides() {
      problems.add(line: 1, "found no setting; allowed: such as steps=60,learning_rate=1e-3")
    }
    if !problems.list.isEmpty { throw problems.error }
    return overrides
  }
}
