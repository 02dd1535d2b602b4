import Foundation
import NosceCore
import NosceExperiment

/// Reads a recipe as a command line gives it, such as `steps=60,learning_rate=1e-3`.
///
/// Names and values are those of `training` in an experiment file.
package enum RecipeText {
  package static func overrides(_ text: String) throws -> TrainingOverrides {
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
