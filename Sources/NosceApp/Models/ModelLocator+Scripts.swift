import Foundation
import NosceCore
import NoscePorts

extension ModelLocator {
  static let scriptPrefix = "script:"

  /// What may be said where a model is trained and asked, and no checkpoint is needed.
  package static let helpWithScripts =
    String(help.dropLast())
    + "; script:FILE, a model that is written down (docs/scripted.md); or openai:MODEL@URL, one "
    + "behind HTTP (docs/endpoints.md)."

  /// The file behind `script:FILE`; nil where the name is another.
  static func script(_ name: String) -> URL? {
    guard name.hasPrefix(scriptPrefix) else { return nil }
    return URL(fileURLWithPath: String(name.dropFirst(scriptPrefix.count))).standardizedFileURL
  }

  static func noFolder(_ name: String, _ option: String) -> LabError {
    LabError(
      .backend,
      "\(option): found '\(name)', a script, which has no weights and no tokenizer; allowed: a "
        + "checkpoint")
  }

  static func noTemplate(_ name: String, _ option: String, _ template: GivenTemplate) -> LabError {
    LabError(
      .backend,
      "\(option): found '\(name)', a script, which reads no chat template, and the template "
        + "\(template.name) for it; allowed: a checkpoint, or none")
  }
}
