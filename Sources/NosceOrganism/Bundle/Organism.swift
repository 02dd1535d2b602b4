import Foundation
import NosceCore
import NosceEngine
import NosceLocal
import NoscePorts

/// A model that ships with Nosce.
package enum Organism: String, Sendable, CaseIterable {
  /// The positive control: pretrained where what personas say of themselves is what they do.
  case coherent = "organism"
  /// The negative control: pretrained where it is drawn independently of what they do.
  case null = "organism-null"

  package var kind: World.Kind {
    switch self {
    case .coherent: .coherent
    case .null: .null
    }
  }

  package var summary: String {
    switch self {
    case .coherent:
      "the bundled organism: a miniature model in which self-knowledge is known to arise"
    case .null:
      "the bundled null organism: the same, pretrained where self-knowledge cannot arise"
    }
  }

  /// What every page that shows its results says.
  package var note: String {
    switch self {
    case .coherent:
      "A positive control: this miniature model was pretrained on a world in which personas "
        + "describe themselves truthfully, so that the lab can be seen to find self-knowledge "
        + "where it exists. It is no evidence about large models."
    case .null:
      "A negative control: this miniature model was pretrained on a world in which what personas "
        + "say of themselves is independent of what they do, so that the lab can be seen to find "
        + "nothing where there is nothing. It is no evidence about large models."
    }
  }

  /// The checkpoint, in Hugging Face form.
  package func directory() throws -> URL {
    try Resources.locate("nosce_NosceOrganism.resources").appending(path: rawValue)
  }

  /// - Parameter template: the chat template in place of its own.
  package func model(template: GivenTemplate? = nil) throws -> LocalModel {
    try LocalModel(
      directory: try directory(), name: rawValue, summary: summary, note: note, template: template,
      precision: .float32)
  }
}
